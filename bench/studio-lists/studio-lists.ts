import type { BrowserContext, CDPSession } from 'playwright-core';
import { percentile, report, say } from '../harness/figures.ts';
import { TOKEN } from '../harness/product.ts';
import { launchChromium, openWindow, type StudioServer, withStudio } from '../harness/studio.ts';
import { fill } from './fill.ts';

const EXECUTIONS = 100_000;
const ROUNDS = 3;
const SCROLL_SECONDS = 15;
/** As a wheel that is turned without a pause: three rows a frame. */
const PX_A_FRAME = 108;
/** What the list asks for, by what it is called in a figure. */
const QUERIES: Readonly<Record<string, string>> = {
  first_page: '',
  failed: '&status=failed',
  error_code: '&error_code=http_status',
  no_such_code: '&error_code=nothing',
};

/** A list of 100,000 executions: its first page, and its frames while one scrolls. */
export function run({ profileDirectory }: { profileDirectory: string | undefined }): Promise<void> {
  return withStudio(new URL('./server-process.ts', import.meta.url), profileDirectory, measure);
}

async function measure(studio: StudioServer): Promise<void> {
  const browser = await launchChromium();
  try {
    await fill(studio.databaseUrl, EXECUTIONS);
    say(`${EXECUTIONS.toLocaleString('en')} executions`);
    for (const [figure, query] of Object.entries(QUERIES)) await reportReply(studio.url, figure, query);
    const [shown, frames, work, cpu, rows]: [number[], number[], number[], number[], number[]] = [[], [], [], [], []];
    for (let round = 0; round < ROUNDS; round += 1) {
      const context = await openWindow(browser, studio, 900);
      const measured = await look(context);
      await context.close();
      shown.push(measured.shown);
      frames.push(percentile(measured.frames, 0.95));
      work.push(percentile(measured.work, 0.95));
      cpu.push(measured.cpu);
      rows.push(measured.rows);
      say(
        `round ${round + 1}: ${measured.frames.length} frames over ${measured.rows} rows, p50 ${percentile(measured.frames, 0.5)} ms`,
      );
    }
    const common = { bench: 'studio-lists', unit: 'ms' };
    report({ ...common, figure: 'list_shown', values: shown, note: 'nothing cached; from navigation until rows show' });
    const smooth = { of: 'value', atMost: 33 } as const;
    report({
      ...common,
      figure: 'scroll_p95',
      values: frames,
      target: smooth,
      note: `${PX_A_FRAME} px a frame, pages read meanwhile`,
    });
    report({ ...common, figure: 'scroll_work_p95', values: work, note: 'of a frame, what the page itself takes' });
    report({ ...common, figure: 'scroll_cpu', values: cpu, note: 'time of the processor that a frame takes, in the mean' });
    report({ ...common, unit: 'rows', figure: 'scrolled', values: rows });
  } finally {
    await browser.close();
  }
}

/** What the server takes for a page as the list asks for it. */
async function reportReply(url: string, figure: string, query: string): Promise<void> {
  const values: number[] = [];
  for (let round = 0; round < 15; round += 1) {
    const began = performance.now();
    const reply = await fetch(`${url}/api/v1/executions/?limit=100${query}`, { headers: { authorization: `Bearer ${TOKEN}` } });
    await reply.arrayBuffer();
    if (reply.status !== 200) throw new Error(`the list was answered with ${reply.status}`);
    values.push(performance.now() - began);
  }
  const target = { of: 'value', atMost: 300 } as const;
  report({ bench: 'studio-lists', unit: 'ms', figure, values, target, note: 'a page of 100 over HTTP' });
}

interface Scrolled {
  readonly frames: readonly number[];
  readonly work: readonly number[];
  readonly rows: number;
}

/** Scrolls for a while, a step each frame, and notes how long each frame took. */
const SCROLL = `new Promise((resolve) => {
  const list = document.querySelector('section.list');
  const frames = [];
  const work = [];
  const { port1, port2 } = new MessageChannel();
  let began = 0;
  // It comes when what the frame asked for is drawn.
  port1.onmessage = () => work.push(performance.now() - began);
  const end = performance.now() + ${SCROLL_SECONDS * 1_000};
  let last = performance.now();
  const step = (now) => {
    frames.push(now - last);
    last = now;
    began = performance.now();
    list.scrollTop += ${PX_A_FRAME};
    port2.postMessage(0);
    if (now < end) requestAnimationFrame(step);
    else resolve({ frames: frames.slice(2), work, rows: Math.round((list.scrollTop + list.clientHeight) / 36) });
  };
  requestAnimationFrame(step);
})`;

async function look(context: BrowserContext): Promise<Scrolled & { shown: number; cpu: number }> {
  const page = await context.newPage();
  const began = performance.now();
  await page.goto('/studio/executions/', { waitUntil: 'commit' });
  await page.locator('section.list tbody th a').first().waitFor();
  const shown = performance.now() - began;
  const session = await context.newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const before = await spent(session);
  const measured = await page.evaluate<Scrolled>(SCROLL);
  const after = await spent(session);
  const cpu = Object.fromEntries(
    Object.entries(after).map(([name, seconds]) => [name, (1_000 * (seconds - (before[name] ?? 0))) / measured.frames.length]),
  );
  say(
    `    a frame: ${Object.entries(cpu)
      .map(([name, ms]) => `${name} ${ms.toFixed(1)} ms`)
      .join(', ')}`,
  );
  return { shown, cpu: cpu.TaskDuration ?? 0, ...measured };
}

/** Seconds of the processor that the page has taken so far, whatever else runs on the machine. */
async function spent(session: CDPSession): Promise<Record<string, number>> {
  const { metrics } = await session.send('Performance.getMetrics');
  const wanted = ['TaskDuration', 'ScriptDuration', 'LayoutDuration', 'RecalcStyleDuration'];
  return Object.fromEntries(metrics.filter(({ name }) => wanted.includes(name)).map(({ name, value }) => [name, value]));
}
