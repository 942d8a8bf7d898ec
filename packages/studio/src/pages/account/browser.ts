/** A browser and its system, as far as they are known. @param agent what it calls itself */
export function partsOf(agent: string): { readonly browser: string | undefined; readonly system: string | undefined } {
  const browser = BROWSERS.find(([, pattern]) => pattern.test(agent))?.[0] ?? (agent.split(/[\s/]/, 1)[0] || undefined);
  return { browser, system: SYSTEMS.find(([, pattern]) => pattern.test(agent))?.[0] };
}

const BROWSERS: readonly (readonly [string, RegExp])[] = [
  ['Edge', /Edg\//],
  ['Opera', /OPR\//],
  ['Firefox', /Firefox\//],
  ['Chrome', /(?:Chrome|CriOS)\//],
  ['Safari', /Safari\//],
];
const SYSTEMS: readonly (readonly [string, RegExp])[] = [
  ['Android', /Android/],
  ['iOS', /iPhone|iPad/],
  ['Windows', /Windows/],
  ['macOS', /Mac OS X/],
  ['ChromeOS', /CrOS/],
  ['Linux', /Linux/],
];
