import { afterAll, describe, expect, it } from 'vitest';
import type { Json } from '../../../kernel/index.ts';
import { createOutbound } from '../../../outbound/index.ts';
import { createStepHttp } from '../http/create-step-http.ts';
import type { StepContext } from '../step-context.ts';
import { realEffects } from '../step-effects.ts';
import type { StepScope } from '../step-scope.ts';
import { httpRequest } from './http-request.ts';

const asked: string[] = [];
const outbound = createOutbound({
  // Nothing is dialled: whoever comes so far was let through.
  resolve: async (host) => {
    asked.push(host);
    return ['10.0.0.1'];
  },
});
afterAll(() => outbound.close());

const scope = { event: { payload: {} }, steps: {}, execution: { id: 'x', trace_id: 'x' } } as unknown as StepScope;
const http = createStepHttp({
  effects: realEffects(outbound),
  path: 'call',
  tenantId: 'x',
  traceId: 'x',
  executionId: 'x',
  idempotencyKey: 'x:call:0',
  signal: new AbortController().signal,
  requireHost: undefined,
});

/** What becomes of a URL that is known only when the step runs. */
async function codeOf(url: string): Promise<string> {
  asked.length = 0;
  const runner = httpRequest.compile(httpRequest.config.parse({ url: '{{ event.payload.url }}', query: { a: 'b' } }));
  const seen = { ...scope, event: { payload: { url } } };
  try {
    await runner.run(runner.input(seen) as Json, { http, isUndoing: false } as StepContext);
    return 'sent';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('the URL of a request', () => {
  it.each([
    'http://public.example\\@inside.example/',
    'http:\\\\inside.example/',
    'http://in\tside.example/',
    'http://inside.example\n/',
    ' http://inside.example/',
    'http://inside.example/ ',
    'http:/inside.example/',
    'http:///inside.example/',
    'http:inside.example/',
    'http://user@inside.example/',
    'http://user:password@inside.example/',
    'http://inside%2eexample/',
    'http://ｉnside.example/',
    'http://inside\u00ad.example/',
    'http://inside.example\u200b/',
    'http://0x7f000001/',
    'http://2130706433/',
    'http://127.1/',
    'http://169.254.169.254/',
    'ftp://inside.example/',
  ])('%j is read as it was written, and refused', async (url) => {
    expect(await codeOf(url)).toBe('outbound_refused');
    expect(asked).toEqual([]);
  });

  it.each(['inside.example/', '', '//inside.example/', 'http://'])('%j is none', async (url) => {
    expect(await codeOf(url)).toBe('invalid_url');
  });

  it('goes to the guarded client when it is what it seems', async () => {
    expect(await codeOf('http://inside.example:8080/a?b=c#d')).toBe('outbound_refused');
    expect(asked).toEqual(['inside.example']);
  });
});
