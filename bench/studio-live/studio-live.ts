import type { BrowserContext } from 'playwright-core';
import { percentile, report, say } from '../harness/figures.ts';
import { TOKEN } from '../harness/product.ts';
import { launchChromium, openWindow, type StudioServer, withStudio } from '../harness/studio.ts';

const ROUNDS = 3;
/** All steps of a round are in sight. */
const HEIGHT = 2_800;
/** With the loop itself, 20,000 steps. */
const ITEMS = 19_999;
/** Each takes a tenth of a second. */
const CHANGES = 60;

/** How soon an execution of 20,000 steps can be used, and how soon the end of a step is on screen. */
export function run({ profileDirectory }: { profileDirectory: string | undefined }): Promise<void> {
  return withStudio(new URL('./server-process.ts', import.meta.url), profileDirectory, measure);
}

async function measure(studio: StudioServer): Promise<void> {
  const { server, url } = studio;
  const browser = await launchChromium();
  try {
    const large = await server.call<string>('start', { slug: 'large', items: ITEMS });
    say(`20,000 steps: ${await server.call<string>('end', { id: large })}`);
    const small = await server.call<string>('start', { slug: 'large', items: 3 });
    await server.call<string>('end', { id: small });
    const [first, peers, again]: [Opened[], Opened[], Opened[]] = [[], [], []];
    for (let round = 0; round < ROUNDS; round += 1) {
      const [one, other] = [await openWindow(browser, studio, HEIGHT), await openWindow(browser, studio, HEIGHT)];
      peers.push(await open(one, small));
      first.push(await open(other, large));
      again.push(await open(other, large));
      await one.close();
      await other.close();
    }
    reportOpened(first, peers, again);
    await reportReply(url, large, small);
    const common = { bench: 'studio-live', unit: 'ms' };
    const rounds: (readonly number[])[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const id = await server.call<string>('start', { slug: 'paused', items: CHANGES });
      rounds.push(await follow(await openWindow(browser, studio, HEIGHT), url, id));
      say(`round ${round + 1}: ${rounds.at(-1)?.length} ends of steps`);
    }
    report({ ...common, figure: 'screen_p50', values: rounds.map((latencies) => percentile(latencies, 0.5)) });
    const soon = { of: 'value', atMost: 500 } as const;
    report({ ...common, figure: 'screen_p95', values: rounds.map((latencies) => percentile(latencies, 0.95)), target: soon });
  } finally {
    await browser.close();
  }
}

/** Beside an execution of four steps, opened in the same round: what both take is the page itself, and the machine. */
function reportOpened(first: readonly Opened[], others: readonly Opened[], again: readonly Opened[]): void {
  const of = (key: keyof Opened) => ({ values: first.map((one) => one[key]), peers: others.map((one) => one[key]) });
  const common = { bench: 'studio-live', unit: 'ms' };
  const note = '20,000 steps, nothing cached; peer: 4 steps';
  report({ ...common, figure: 'large_rows', ...of('rows'), note: `${note}; from navigation until rows show` });
  const target = { of: 'value', atMost: 1_500 } as const;
  report({ ...common, figure: 'large_usable', ...of('panel'), target, note: `${note}; until the panel of a step is open` });
  report({
    ...common,
    figure: 'large_usable_cached',
    values: again.map(({ panel }) => panel),
    target,
    note: 'opened once more by the same browser, which keeps files of the Studio',
  });
  report({
    ...common,
    figure: 'large_loop',
    values: of('loop').values,
    note: 'from the click that opens the loop until its items show',
  });
}

/** What the server takes of it. */
async function reportReply(url: string, large: string, small: string): Promise<void> {
  const time = async (id: string) => {
    const began = performance.now();
    const reply = await fetch(`${url}/api/studio/explorer/${id}/`, { headers: { authorization: `Bearer ${TOKEN}` } });
    await reply.arrayBuffer();
    return performance.now() - began;
  };
  const [values, peers]: [number[], number[]] = [[], []];
  for (let round = 0; round < 9; round += 1) {
    peers.push(await time(small));
    values.push(await time(large));
  }
  report({ bench: 'studio-live', unit: 'ms', figure: 'large_reply', values, peers, note: 'the reply alone; peer: 4 steps' });
}

/** Milliseconds from navigation. */
interface Opened {
  readonly rows: number;
  readonly panel: number;
  /** From the click that opens a loop. */
  readonly loop: number;
}

async function open(context: BrowserContext, id: string): Promise<Opened> {
  const page = await context.newPage();
  const began = performance.now();
  await page.goto(`/studio/executions/${id}/`, { waitUntil: 'commit' });
  const row = page.locator('.g-row[aria-level="1"]').first();
  await row.waitFor();
  const rows = performance.now() - began;
  await row.click();
  await page.locator('aside.step-pane').waitFor();
  const panel = performance.now() - began;
  const opened = performance.now();
  const inner = page.locator('.g-row[aria-level="2"]').first();
  // A loop with few items is open from the start.
  if ((await inner.count()) === 0) await row.locator('.twist').click();
  await inner.waitFor();
  const loop = performance.now() - opened;
  await page.close();
  return { rows, panel, loop };
}

/** Notes in the page when it first shows each step as done. */
const WATCH = `(() => {
  const seen = (window.seen = {});
  const look = () => {
    for (const row of document.querySelectorAll('.g-row[aria-level="2"]'))
      if (row.querySelector('.g-status[data-s="succeeded"]')) seen[row.id.slice(4)] ??= Date.now();
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
})()`;

/** Milliseconds from the end of each step to its showing; what was over when the page was opened is left out. */
async function follow(context: BrowserContext, url: string, id: string): Promise<number[]> {
  const page = await context.newPage();
  await page.addInitScript(WATCH);
  await page.goto(`/studio/executions/${id}/`);
  await page.locator('.g-row').nth(1).waitFor();
  const began = Date.now();
  await page.locator('.xhead .status[data-s="succeeded"]').waitFor();
  const seen = await page.evaluate<Record<string, number>>('window.seen');
  const reply = await fetch(`${url}/api/v1/executions/${id}/`, { headers: { authorization: `Bearer ${TOKEN}` } });
  const { steps } = (await reply.json()) as { steps: { node: string; iteration: number; finished_at: string }[] };
  await context.close();
  return steps
    .filter(({ node, finished_at }) => node === 'each/pause' && Date.parse(finished_at) > began)
    .map(({ node, iteration, finished_at }) => {
      const at = seen[`${node}@${iteration}`];
      if (at === undefined) throw new Error(`step ${iteration} was never shown`);
      return at - Date.parse(finished_at);
    });
}
