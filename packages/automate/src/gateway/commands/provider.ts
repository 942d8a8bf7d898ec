import type { CommandInput } from '../../platform/index.ts';

interface Provider {
  readonly slug: string;
  readonly kind: string;
  readonly is_enabled: boolean;
  readonly missing: string | null;
}

interface Report {
  readonly ok: boolean;
  readonly checks: readonly {
    readonly name: string;
    readonly ok: boolean;
    readonly latency_ms: number;
    readonly detail: string;
  }[];
  readonly models: readonly { readonly id: string }[];
  readonly output: string | null;
}

const PATH = '/api/v1/providers/';
const MOST_SHOWN = 20;

export async function providerList({ call, print }: CommandInput): Promise<void> {
  const { results } = await call<{ results: Provider[] }>(`${PATH}?limit=200`);
  const lines = results.map(({ slug, kind, is_enabled: isOn, missing }) => {
    const state = isOn ? (missing ?? 'ready') : 'switched off';
    return `${slug.padEnd(24)} ${kind.padEnd(20)} ${state}`;
  });
  print(results, lines.length > 0 ? lines.join('\n') : 'There is no provider yet. Add one: POST /api/v1/providers/');
}

export async function providerTest({ arguments: [provider = ''], options, call, print, fail }: CommandInput): Promise<void> {
  const { model } = options as { model?: string };
  const body = model === undefined ? {} : { model };
  const report = await call<Report>(`${PATH}${encodeURIComponent(provider)}/test/`, { method: 'POST', body, seconds: 60 });
  const checks = report.checks.map(
    ({ name, ok, latency_ms: ms, detail }) => `${ok ? 'ok  ' : 'FAIL'} ${name.padEnd(8)} ${ms} ms  ${detail}`,
  );
  const models = report.models.slice(0, MOST_SHOWN).map(({ id }) => `  ${id}`);
  const more = report.models.length > MOST_SHOWN ? [`  and ${report.models.length - MOST_SHOWN} more`] : [];
  print(report, [...checks, ...models, ...more, ...(report.output === null ? [] : [`It said: ${report.output}`])].join('\n'));
  if (!report.ok) fail();
}
