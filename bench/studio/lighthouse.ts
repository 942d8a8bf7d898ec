import { createServer } from 'node:net';
import { launchChromium, type StudioServer } from '../harness/studio.ts';

const METRICS = [
  'first-contentful-paint',
  'largest-contentful-paint',
  'total-blocking-time',
  'cumulative-layout-shift',
  'speed-index',
];

/** What the benchmark uses of Lighthouse. Written down here so that the types check where the peers are not installed. */
interface Lighthouse {
  default(
    url: string,
    flags: Readonly<Record<string, unknown>>,
    config: object | undefined,
  ): Promise<{ readonly lhr: { readonly categories: Judged; readonly audits: Judged } } | undefined>;
  readonly desktopConfig: object;
}
type Judged = Readonly<
  Record<string, { id: string; title: string; score: number | null; scoreDisplayMode?: string; displayValue?: string }>
>;

async function loadLighthouse(): Promise<Lighthouse> {
  const name: string = 'lighthouse';
  return (await import(name)) as Lighthouse;
}

/** Scores of a page, of 100. */
export interface Scores {
  readonly performance: number;
  readonly accessibility: number;
  readonly bestPractices: number;
  /** What the performance is made of, as people read it. */
  readonly metrics: string;
  /** Audits that are not met, a line each. */
  readonly failed: readonly string[];
}

/** Lighthouse's judgement of a page of the Studio, as its owner sees it. Loads it as a visitor who was never there. */
export async function audit({ url, cookie }: StudioServer, path: string, device: 'desktop' | 'mobile'): Promise<Scores> {
  const port = await freePort();
  const browser = await launchChromium('--disable-background-networking', `--remote-debugging-port=${port}`);
  try {
    const { default: lighthouse, desktopConfig } = await loadLighthouse();
    const flags = {
      port,
      output: 'json',
      logLevel: 'silent',
      onlyCategories: ['performance', 'accessibility', 'best-practices'],
      extraHeaders: { cookie },
    };
    const result = await lighthouse(`${url}/studio/${path}`, flags, device === 'desktop' ? desktopConfig : undefined);
    if (!result) throw new Error('Lighthouse says nothing');
    const { categories, audits } = result.lhr;
    const score = (name: string) => (categories[name]?.score ?? 0) * 100;
    return {
      performance: score('performance'),
      accessibility: score('accessibility'),
      bestPractices: score('best-practices'),
      metrics: METRICS.map((id) => `${id} ${audits[id]?.displayValue}`).join(', '),
      failed: Object.values(audits)
        .filter(({ score: one, scoreDisplayMode }) => scoreDisplayMode === 'binary' && one === 0)
        .map(({ id, title }) => `${id}: ${title}`),
    };
  } finally {
    await browser.close();
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
