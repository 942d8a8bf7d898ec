/** The style of the documentation page: light and dark by the reader's preference. */
export const styles = `:root {
  color-scheme: light dark;
  --back: light-dark(#fff, #14171c);
  --raised: light-dark(#f4f5f7, #1d2129);
  --line: light-dark(#d5d9e0, #343b47);
  --text: light-dark(#1a1f27, #e6e9ee);
  --soft: light-dark(#566072, #a3adbd);
  --link: light-dark(#0b57d0, #8ab4f8);
  --bad: light-dark(#b3261e, #ff8a80);
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 64rem; background: var(--back); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.5rem; }
h2 { margin: 2rem 0 .5rem; font-size: 1.15rem; }
h3 { margin: 1rem 0 .25rem; font-size: 1rem; }
a { color: var(--link); }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; }
header { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: end; border-bottom: 1px solid var(--line); padding-bottom: 1rem; }
header p { margin: 0; }
label { display: block; color: var(--soft); font-size: .875rem; }
input, textarea, button { font: inherit; color: var(--text); background: var(--back); border: 1px solid var(--line); border-radius: .375rem; padding: .375rem .5rem; max-width: 100%; }
textarea { width: 100%; min-height: 8rem; font-family: ui-monospace, monospace; font-size: .875rem; }
button { background: var(--link); color: var(--back); border-color: transparent; padding: .375rem 1rem; cursor: pointer; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .5rem 0; background: var(--raised); }
summary { cursor: pointer; padding: .5rem .75rem; }
details > div { padding: 0 .75rem .75rem; }
.verb { display: inline-block; min-width: 4.5rem; font-weight: 600; }
.path { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
.soft { color: var(--soft); }
.bad { color: var(--bad); }
.fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); gap: .5rem; margin: .5rem 0; }
.fields input { width: 100%; }
pre { overflow: auto; max-height: 24rem; margin: .25rem 0; padding: .5rem; background: var(--back); border: 1px solid var(--line); border-radius: .375rem; font-size: .8125rem; }
`;
