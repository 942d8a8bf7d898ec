import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { errorText } from '../src/engine/dispatch/verdict.ts';
import { toRuleInput } from '../src/engine/events/event.ts';
import { operators } from '../src/engine/rules/operators.ts';
import { explainFilter, filterIssues } from '../src/engine/triggers/explain-filter.ts';
import type { Json } from '../src/kernel/index.ts';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { sized } from './support/lanes.ts';
import { createRandom } from './support/random-json.ts';

/** Workflows, each with as many triggers as it may have, and the events that each of these decides about. */
const [WORKFLOWS, TRIGGERS, EVENTS] = sized([4, 50, 4], [20, 50, 10]);
const SEED = 20_261_202;

interface Decided {
  readonly filter: Json;
  readonly is_match: boolean;
  readonly error: string | null;
  readonly id: string;
  readonly event_type: string;
  readonly source: string;
  readonly payload: Json;
  readonly occurred_at: string;
}

describe.each(databaseKinds)('explanations and verdicts on %s', (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await createTestServer(kind);
  });
  afterAll(() => server?.close());

  it('say the same of generated rules and events, errors included', async () => {
    const random = createRandom(SEED);
    for (let index = 0; index < WORKFLOWS; index++) {
      const { status } = await server.call('POST', '/api/v1/workflows/', {
        name: `Generated ${index}`,
        graph: { nodes: [{ id: 'say', type: 'core.log', config: { message: 'x' } }] },
        triggers: Array.from({ length: TRIGGERS }, () => ({
          type: 'event',
          event_type: `generated.${index}`,
          filter: randomFilter(random),
        })),
      });
      expect(status).toBe(201);
      const events = Array.from({ length: EVENTS }, () => ({
        event_type: `generated.${index}`,
        source: 'shop',
        payload: { ...randomEvent(random) },
      }));
      expect((await server.call('POST', '/api/v1/events/', events)).status).toBe(202);
    }
    const decided = await vi.waitFor(
      async () => {
        const { rows } = await server.automate.db.query<Decided>(
          `select filter, is_match, error, events.id, event_type, source, payload, occurred_at
           from verdicts join events on events.id = event_id
           join (select id as trigger_id, filter from triggers) as given using (trigger_id)
           where event_type like 'generated.%'`,
        );
        expect(rows).toHaveLength(WORKFLOWS * TRIGGERS * EVENTS);
        return rows;
      },
      { timeout: 150_000, interval: 500 },
    );
    const outcomes = { match: 0, none: 0, error: 0 };
    for (const verdict of decided) {
      const said = explained(verdict);
      expect([said, verdict.filter]).toEqual([{ match: verdict.is_match, error: verdict.error }, verdict.filter]);
      outcomes[verdict.error !== null ? 'error' : verdict.is_match ? 'match' : 'none'] += 1;
    }
    // Rules that all say the same would prove nothing.
    for (const count of Object.values(outcomes)) expect(count).toBeGreaterThan(decided.length / 50);
  });
});

function explained({ filter, event_type: eventType, occurred_at: occurredAt, ...event }: Decided) {
  try {
    const { match } = explainFilter({ rule: filter, event: toRuleInput({ ...event, eventType, occurredAt }) });
    return { match, error: null };
  } catch (error) {
    return { match: false, error: errorText(error) };
  }
}

const SCALARS: readonly Json[] = [null, true, false, 0, 1, -2, 3.5, 9_007_199_254_740_992, '', '0', '7', 'a', 'abc', 'shop'];
const PATHS: readonly Json[] = [
  '',
  'payload',
  'payload.a',
  'payload.a.b',
  'payload.list',
  'payload.list.0',
  'type',
  'source',
  'a',
  'b',
];
const INNER: readonly Json[] = ['', 'a', 'current', 'accumulator'];

/** A rule that a trigger may have: an operation of any kind, as deep as four. */
function randomFilter(random: () => number): Json {
  for (;;) {
    const rule = operation(random, 4, PATHS);
    if (filterIssues(rule).length === 0) return rule;
  }
}

function operation(random: () => number, depth: number, paths: readonly Json[]): Json {
  const names = [...operators.keys()];
  const name = names[Math.floor(random() * names.length)] as string;
  const [minimum, maximum] = operators.get(name)?.arity ?? [1, 1];
  const count = minimum + Math.floor(random() * (Math.min(maximum, minimum + 3) - minimum + 1));
  const isIterator = ['map', 'filter', 'all', 'some', 'none', 'reduce'].includes(name);
  return {
    [name]: Array.from({ length: count }, (_, index) => operand(random, depth - 1, isIterator && index === 1 ? INNER : paths)),
  };
}

function operand(random: () => number, depth: number, paths: readonly Json[]): Json {
  const pick = <T>(items: readonly T[]) => items[Math.floor(random() * items.length)] as T;
  if (depth > 0 && random() < 0.55) return operation(random, depth, paths);
  if (depth > 0 && random() < 0.1)
    return Array.from({ length: Math.floor(random() * 4) }, () => operand(random, depth - 1, paths));
  return random() < 0.5 ? pick(SCALARS) : { var: pick(paths) };
}

function randomEvent(random: () => number, depth = 3): { [name: string]: Json } {
  const value = (): Json => {
    const kind = random();
    if (depth > 0 && kind < 0.3) return randomEvent(random, depth - 1);
    if (kind < 0.5)
      return Array.from({ length: Math.floor(random() * 4) }, () => SCALARS[Math.floor(random() * SCALARS.length)] as Json);
    return SCALARS[Math.floor(random() * SCALARS.length)] as Json;
  };
  return { a: value(), b: value(), list: [1, 2, value()] };
}
