import { setTimeout as wait } from 'node:timers/promises';
import { commonErrors } from '../../kernel/index.ts';
import type { CommandInput } from '../../platform/index.ts';

interface Prompt {
  readonly id: string;
  readonly slug: string;
}

interface TestSet {
  readonly id: string;
  readonly name: string;
}

interface Run {
  readonly id: string;
  readonly version: number;
  readonly model: string;
  readonly status: string;
  readonly total: number;
  readonly passed: number;
  readonly failed: number;
  readonly cost_usd: string | null;
  readonly error_message: string | null;
}

interface Result {
  readonly name: string;
  readonly passed: boolean;
  readonly assertions: readonly { readonly type: string; readonly passed: boolean; readonly reason: string }[];
  readonly latency_ms: number | null;
  readonly cost_usd: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

const RUNS = '/api/v1/prompt-runs/';
const EVERY_MS = 500;

/** Puts a version of a prompt to a test set, waits, and says what came of each case. */
export async function promptTest({ arguments: [name = ''], options, call, print, fail }: CommandInput): Promise<void> {
  const { set, label, promptVersion, model } = options as Partial<Record<string, string>>;
  const prompt = await call<Prompt>(`/api/v1/prompts/${encodeURIComponent(name)}/`);
  const testSet = await setOf(prompt, set, call);
  const version = promptVersion === undefined ? undefined : Number(promptVersion);
  const body = { test_set_id: testSet.id, label, version, model };
  let run = await call<Run>(RUNS, { method: 'POST', body });
  while (run.status === 'queued' || run.status === 'running') {
    await wait(EVERY_MS);
    run = await call<Run>(`${RUNS}${run.id}/`);
  }
  const { results } = await call<{ results: Result[] }>(`${RUNS}${run.id}/results/`);
  const lines = results.flatMap(linesOf);
  const of = `${prompt.slug} v${run.version} · ${testSet.name} · ${run.model}`;
  const end = run.status === 'succeeded' ? '' : ` · the run ${run.status}${run.error_message ? `: ${run.error_message}` : ''}`;
  const cost = run.cost_usd === null ? 'cost unknown' : `$${run.cost_usd}`;
  lines.push(`${of}: ${run.passed} of ${run.total} passed · ${cost}${end}`);
  print({ ...run, results }, lines.join('\n'));
  if (run.status !== 'succeeded' || run.passed < run.total) fail();
}

async function setOf({ id, slug }: Prompt, name: string | undefined, call: CommandInput['call']): Promise<TestSet> {
  const { results } = await call<{ results: TestSet[] }>(`/api/v1/prompt-test-sets/?prompt_id=${id}&limit=200`);
  const found = name === undefined && results.length === 1 ? results[0] : results.find((each) => each.name === name);
  if (found) return found;
  const known = results.map((each) => `"${each.name}"`).join(', ') || 'none';
  throw commonErrors.not_found(
    name === undefined
      ? `Say which test set of the prompt "${slug}" is meant, with --set; it has: ${known}.`
      : `The prompt "${slug}" has no test set "${name}"; it has: ${known}.`,
  );
}

function linesOf({ name, passed, assertions, latency_ms: ms, cost_usd: cost, error }: Result): string[] {
  const facts = [...(ms === null ? [] : [`${ms} ms`]), ...(cost === null ? [] : [`$${cost}`])];
  const why = error
    ? [`     ${error.code}: ${error.message}`]
    : assertions.flatMap((each) => (each.passed ? [] : [`     ${each.type}: ${each.reason}`]));
  return [`${passed ? 'ok  ' : 'FAIL'} ${name}  ${facts.join('  ')}`.trimEnd(), ...why];
}
