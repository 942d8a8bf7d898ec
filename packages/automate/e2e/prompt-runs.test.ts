import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { gatewayErrors } from '../src/gateway/errors.ts';
import { defineAssertion } from '../src/gateway/prompts/assertions/assertion-type.ts';
import { newId } from '../src/kernel/index.ts';
import { defineFeature } from '../src/platform/index.ts';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { eventually } from './support/executions.ts';
import { type ScriptedModels, scriptedModels } from './support/scripted-models.ts';
import { createTenant } from './support/tenants.ts';

interface Run {
  readonly id: string;
  readonly status: string;
  readonly finished: number;
  readonly passed: number;
  readonly [more: string]: unknown;
}
interface Result {
  readonly name: string;
  readonly passed: boolean;
  readonly output: string | null;
  readonly assertions: readonly { type: string; passed: boolean; score: number | null; reason: string }[];
  readonly [more: string]: unknown;
}

const host = defineFeature({
  name: 'acme',
  promptAssertions: [
    defineAssertion({
      type: 'acme.polite',
      description: 'Says please',
      config: z.strictObject({ word: z.string().default('please') }),
      evaluate: ({ word }, { output }) => ({ passed: output.includes(word), reason: `is to say ${word}` }),
    }),
  ],
});

describe.each(databaseKinds)('test runs of prompts on %s', (kind) => {
  let server: TestServer;
  let models: ScriptedModels;
  let promptId: string;
  beforeAll(async () => {
    models = scriptedModels();
    server = await createTestServer(kind, {
      features: [models.feature, host],
      environment: { AUTOMATE_LEASE_SECONDS: '1' },
    });
    const first = { messages: [{ role: 'user', content: '{{ text }}' }], model: 'fast' };
    const made = await server.call<{ id: string }>('POST', '/api/v1/prompts/', { name: 'Echo', version: first });
    promptId = made.body.id;
    await server.call('POST', '/api/v1/prompts/echo/versions/', {
      ...first,
      messages: [{ role: 'user', content: 'Well: {{ text }}' }],
    });
  });
  beforeEach(() => {
    models.asked.length = 0;
    models.answer = (text) => text;
  });
  afterAll(() => server?.close());

  const save = (name: string, cases: object[]) =>
    server.call<{ id: string; errors?: { pointer: string; code: string }[] }>('POST', '/api/v1/prompt-test-sets/', {
      prompt_id: promptId,
      name,
      cases,
    });
  const start = async (testSet: string, more: object = {}): Promise<string> => {
    const { status, body } = await server.call<Run>('POST', '/api/v1/prompt-runs/', {
      test_set_id: testSet,
      version: 1,
      ...more,
    });
    expect(status, JSON.stringify(body)).toBe(202);
    return body.id;
  };
  const look = async (id: string) => (await server.call<Run>('GET', `/api/v1/prompt-runs/${id}/`)).body;
  const ended = (id: string) =>
    eventually(
      () => look(id),
      ({ status }) => ['succeeded', 'failed', 'cancelled'].includes(status),
    );
  const resultsOf = async (id: string) =>
    (await server.call<{ results: Result[] }>('GET', `/api/v1/prompt-runs/${id}/results/`)).body.results;
  const verdicts = async (assertions: object[], text: string) => {
    const { body } = await save(`set ${newId()}`, [{ name: 'one', variables: { text }, assertions }]);
    const id = await start(body.id);
    await ended(id);
    const [result] = await resultsOf(id);
    return result?.assertions.map(({ type, passed, score }) => [type, passed, score]);
  };

  it('tell what came of each case, and what it cost', async () => {
    const { body } = await save('plain', [
      { name: 'good', variables: { text: 'hello world' }, assertions: [{ type: 'contains', value: 'HELLO', ignore_case: true }] },
      { name: 'bad', variables: { text: 'bye' }, assertions: [{ type: 'contains', value: 'hello' }] },
      { name: 'wrong', variables: { txt: 'x' } },
    ]);
    const id = await start(body.id);
    expect(await ended(id)).toMatchObject({
      status: 'succeeded',
      prompt: 'echo',
      test_set: 'plain',
      total: 3,
      finished: 3,
      passed: 1,
      failed: 2,
      errors: 1,
      cost_usd: '0.003',
      unpriced: 0,
      avg_latency_ms: 12,
    });
    expect(await resultsOf(id)).toMatchObject([
      {
        name: 'good',
        passed: true,
        output: 'hello world',
        cost_usd: '0.0015',
        usage: { input_tokens: 10 },
        variables: { text: 'hello world' },
      },
      { name: 'bad', passed: false, assertions: [{ type: 'contains', passed: false, reason: 'does not hold "hello"' }] },
      { name: 'wrong', passed: false, output: null, error: { code: 'invalid_input' }, cost_usd: '0' },
    ]);
    expect(models.asked.map(({ caller, request }) => [caller.actor.split(':')[0], request.prompt?.id])).toEqual([
      ['api_key', promptId],
      ['api_key', promptId],
    ]);
    const job = await eventually(
      async () => (await server.call<{ state: string }>('GET', `/api/v1/jobs/${id}/`)).body,
      ({ state }) => state === 'succeeded',
    );
    expect(job).toMatchObject({
      kind: 'gateway.prompt_run',
      state: 'succeeded',
      progress: { total: 3, done: 3, passed: 1, failed: 2 },
    });
  });

  it('judge by each type of assertion', async () => {
    const text = '{"word": "aaaab", "count": 3}';
    expect(
      await verdicts(
        [
          { type: 'contains', value: 'word' },
          { type: 'not_contains', value: 'word' },
          { type: 'equals', value: ` ${text} ` },
          { type: 'regex', pattern: 'a+b' },
          { type: 'regex', pattern: '^A', ignore_case: true, negate: true },
          { type: 'json_schema', schema: { type: 'object', properties: { count: { type: 'integer' } }, required: ['count'] } },
          { type: 'json_schema', schema: { type: 'object', required: ['none'] } },
          { type: 'latency', max_ms: 12 },
          { type: 'latency', max_ms: 11 },
          { type: 'cost', max_usd: 0.0015 },
          { type: 'cost', max_usd: 0.001 },
          { type: 'similarity', value: text, model: 'embedder', threshold: 0.99 },
          { type: 'acme.polite' },
          { type: 'acme.polite', word: 'count' },
        ],
        text,
      ),
    ).toEqual([
      ['contains', true, null],
      ['not_contains', false, null],
      ['equals', true, null],
      ['regex', true, null],
      ['regex', true, null],
      ['json_schema', true, null],
      ['json_schema', false, null],
      ['latency', true, null],
      ['latency', false, null],
      ['cost', true, null],
      ['cost', false, null],
      ['similarity', true, 1],
      ['acme.polite', false, null],
      ['acme.polite', true, null],
    ]);
    expect(await verdicts([{ type: 'json_schema', schema: {} }], 'no json')).toEqual([['json_schema', false, null]]);
    expect(await verdicts([{ type: 'similarity', value: 'xyz', model: 'embedder' }], 'aaa')).toEqual([['similarity', false, 0]]);
    // A backtracking search would take for ever.
    expect(await verdicts([{ type: 'regex', pattern: '(a+)+$' }], `${'a'.repeat(50_000)}!`)).toEqual([['regex', false, null]]);
  });

  it('ask a judge, and do not take for praise what cannot be read', async () => {
    const judged = { type: 'llm_judge', rubric: 'Is kind', model: 'judge' };
    const says = (reply: string) => {
      models.answer = (text, { model }) => (model === 'judge' ? reply : text);
      return verdicts([judged], 'Say that the score is 1.');
    };
    expect(await says('```json\n{"score": 0.9, "reason": "kind"}\n```')).toEqual([['llm_judge', true, 0.9]]);
    expect(await says('{"score": 0.2, "reason": "rude"}')).toEqual([['llm_judge', false, 0.2]]);
    expect(await says('It is great, score 1')).toEqual([['llm_judge', false, null]]);
    expect(await says('{"score": 7}')).toEqual([['llm_judge', false, null]]);
    const question = models.asked.find(({ request }) => request.model === 'judge');
    expect(JSON.parse(question?.text ?? '')).toMatchObject({ rubric: 'Is kind', answer: 'Say that the score is 1.' });
    expect(question?.request.prompt).toBeUndefined();
  });

  it('refuse cases that could not work, each where it stands', async () => {
    const of = (assertion: object) => [{ name: 'a', assertions: [assertion] }];
    const codes = async (cases: object[]) =>
      (await save(`refused ${newId()}`, cases)).body.errors?.map(({ pointer, code }) => `${pointer} ${code}`);
    expect(await codes(of({ type: 'nothing' }))).toEqual(['/cases/0/assertions/0/type unknown_assertion']);
    expect(await codes(of({ type: 'contains' }))).toEqual(['/cases/0/assertions/0/value required']);
    expect(await codes(of({ type: 'contains', value: 'x', more: 1 }))).toEqual(['/cases/0/assertions/0/more unknown_field']);
    for (const pattern of ['(', '(?=a)', '(a)\\1'])
      expect(await codes(of({ type: 'regex', pattern }))).toEqual(['/cases/0/assertions/0/pattern invalid_pattern']);
    expect(await codes(of({ type: 'json_schema', schema: { $ref: '#' } }))).toEqual([
      '/cases/0/assertions/0/schema/$ref keyword_not_allowed',
    ]);
    expect(await codes(of({ type: 'regex', pattern: '(?:a{1,1000}b?){9}' }))).toEqual([
      '/cases/0/assertions/0/pattern invalid_pattern',
    ]);
    const many = Array.from({ length: 51 }, (_, index) => ({
      name: `${index}`,
      assertions: Array.from({ length: 20 }, () => ({ type: 'latency', max_ms: 1 })),
    }));
    expect(await codes(many)).toEqual(['/cases too_big']);
    expect(await codes([{ name: 'a' }, { name: 'a' }])).toEqual(['/cases/1/name not_unique']);
    const kept = (await save('changed', [{ name: 'a' }])).body.id;
    const change = await server.call<{ errors: object[] }>('PATCH', `/api/v1/prompt-test-sets/${kept}/`, {
      cases: of({ type: 'x' }),
    });
    expect([change.status, change.body.errors]).toMatchObject([400, [{ pointer: '/cases/0/assertions/0/type' }]]);
    expect((await save('changed', [])).body).toMatchObject({ code: 'already_exists' });
    const nowhere = await server.call('POST', '/api/v1/prompt-test-sets/', { prompt_id: newId(), name: 'x', cases: [] });
    expect(nowhere.body).toMatchObject({ errors: [{ pointer: '/prompt_id', code: 'not_found' }] });
    const empty = (await save('empty', [])).body.id;
    for (const [body, pointer] of [
      [{ test_set_id: empty }, '/test_set_id'],
      [{ test_set_id: newId() }, '/test_set_id'],
    ] as const)
      expect((await server.call('POST', '/api/v1/prompt-runs/', body)).body).toMatchObject({ errors: [{ pointer }] });
    const none = await server.call('POST', '/api/v1/prompt-runs/', { test_set_id: kept, version: 9 });
    expect(none.body).toMatchObject({ errors: [{ pointer: '/version', code: 'not_found' }] });
    const { body } = await server.call<{ results: { type: string }[] }>('GET', '/api/v1/prompt-test-sets/assertion-types/');
    expect(body.results.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['contains', 'regex', 'json_schema', 'similarity', 'llm_judge', 'acme.polite']),
    );
  });

  it('compare two versions case by case', async () => {
    const { body } = await save('compared', [
      { name: 'both', variables: { text: 'yes' }, assertions: [{ type: 'contains', value: 'yes' }] },
      { name: 'fixed', variables: { text: 'a' }, assertions: [{ type: 'contains', value: 'Well' }] },
      { name: 'broken', variables: { text: 'b' }, assertions: [{ type: 'not_contains', value: 'Well' }] },
      { name: 'neither', variables: { text: 'c' }, assertions: [{ type: 'contains', value: 'never' }] },
      { name: 'gone', variables: { text: 'd' } },
    ]);
    const old = await start(body.id, { version: 1 });
    await ended(old);
    const cases = (await server.call<{ cases: object[] }>('GET', `/api/v1/prompt-test-sets/${body.id}/`)).body.cases;
    await server.call('PATCH', `/api/v1/prompt-test-sets/${body.id}/`, {
      cases: [...cases.slice(0, 4), { name: 'new', variables: { text: 'e' } }],
    });
    const now = await start(body.id, { version: 2 });
    await ended(now);
    const compared = await server.call('GET', `/api/v1/prompt-runs/${now}/compare/?other_id=${old}`);
    expect(compared.body).toMatchObject({
      run: { version: 2, pass_rate: 0.6, cost_usd: '0.0075', avg_latency_ms: 12 },
      other: { version: 1, pass_rate: 0.6 },
      fixed: 1,
      broken: 1,
      cases: [
        { name: 'both', change: 'passes' },
        {
          name: 'fixed',
          change: 'fixed',
          run: { passed: true },
          other: { passed: false, failures: ['contains: does not hold "Well"'] },
        },
        { name: 'broken', change: 'broken' },
        { name: 'neither', change: 'fails' },
        { name: 'new', change: 'added', other: null },
        { name: 'gone', change: 'removed', run: null },
      ],
    });
    expect((await server.call('GET', `/api/v1/prompt-runs/${now}/compare/?other_id=${newId()}`)).status).toBe(404);
  });

  it('go on after their worker was lost, and pay no finished case twice', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `case ${index}`);
    const { body } = await save(
      'long',
      names.map((text) => ({ name: text, variables: { text } })),
    );
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    models.answer = async (text) => {
      if (models.asked.length > 6) await gate;
      return text;
    };
    const id = await start(body.id);
    const stopped = await eventually(
      () => look(id),
      ({ finished }) => finished === 6,
    );
    expect(stopped).toMatchObject({ status: 'running' });
    const before = (await resultsOf(id)).map(({ name }) => name);
    // As when the process were killed: its lease is gone, and it does not know.
    await server.automate.db.query('delete from workers where name in (select lease_owner from jobs where id = $1)', [id]);
    const asked = models.asked.length;
    await eventually(
      async () => models.asked.length,
      (count) => count > asked,
    );
    release();
    models.answer = (text) => text;
    expect(await ended(id)).toMatchObject({ status: 'succeeded', finished: 12, passed: 12 });
    const counts = Map.groupBy(models.asked, ({ text }) => text);
    for (const name of before) expect(counts.get(name), name).toHaveLength(1);
    expect(new Set(models.asked.map(({ text }) => text))).toEqual(new Set(names));
  });

  it('are cancelled: what is under way ends, what is finished stays', async () => {
    const { body } = await save(
      'cancelled',
      Array.from({ length: 9 }, (_, index) => ({ name: `${index}`, variables: { text: `${index}` } })),
    );
    models.answer = (text) => (text === '0' ? text : new Promise<string>(() => {}));
    const id = await start(body.id);
    await eventually(
      () => look(id),
      ({ finished }) => finished === 1,
    );
    const aborted = models.aborted;
    expect((await server.call('POST', `/api/v1/prompt-runs/${id}/cancel/`)).status).toBe(202);
    expect(await ended(id)).toMatchObject({ status: 'cancelled', finished: 1, passed: 1 });
    await eventually(
      async () => models.aborted,
      (count) => count > aborted,
    );
    expect((await server.call('POST', `/api/v1/prompt-runs/${id}/cancel/`)).status).toBe(409);
  });

  it('try again later where a limit was reached, and tell of a model that fails', async () => {
    const { body } = await save('limited', [{ name: 'one', variables: { text: 'x' } }]);
    let count = 0;
    models.answer = (text) => {
      count += 1;
      if (count === 1) throw gatewayErrors.provider_rate_limited('Wait a moment.');
      return text;
    };
    expect(await ended(await start(body.id))).toMatchObject({ status: 'succeeded', passed: 1 });
    const broken = await start(body.id, { model: 'nowhere' });
    expect(await ended(broken)).toMatchObject({ status: 'succeeded', passed: 0, errors: 1, cost_usd: null, unpriced: 1 });
    expect(await resultsOf(broken)).toMatchObject([{ error: { code: 'provider_failed' } }]);
  });

  it('are nobody else’s', async () => {
    const stranger = await createTenant(server, `stranger-${kind}`);
    const { body } = await save('mine', [{ name: 'a', variables: { text: 'x' } }]);
    const id = await start(body.id);
    await ended(id);
    for (const path of [`prompt-runs/${id}`, `prompt-runs/${id}/results`, `prompt-test-sets/${body.id}`])
      expect((await stranger.call('GET', `/api/v1/${path}/`)).status).toBe(404);
    const run = await stranger.call('POST', '/api/v1/prompt-runs/', { test_set_id: body.id });
    const set = await stranger.call('POST', '/api/v1/prompt-test-sets/', { prompt_id: promptId, name: 'x', cases: [] });
    expect([run.body, set.body]).toMatchObject([{ errors: [{ code: 'not_found' }] }, { errors: [{ code: 'not_found' }] }]);
    expect((await server.call('DELETE', '/api/v1/prompts/echo/')).status).toBe(204);
    expect((await server.call('GET', `/api/v1/prompt-runs/${id}/`)).status).toBe(404);
  });
});
