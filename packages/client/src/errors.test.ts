import { describe, expect, it } from 'vitest';
import { AutomateError, isAutomateError, replyError, retryAfterOf } from './errors.ts';

describe('the error of a reply', () => {
  it('carries the problem', async () => {
    const issue = { pointer: '/graph/nodes', code: 'too_small', message: 'must not be empty' };
    const problem = {
      type: 'x',
      title: 'Bad input',
      status: 400,
      detail: 'Look.',
      code: 'invalid_input',
      trace_id: 't',
      errors: [issue],
    };
    const error = await replyError(
      new Response(JSON.stringify(problem), { status: 400, headers: { 'retry-after': '7' } }),
      'workflow.create',
    );
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: 'AutomateError',
      message: 'Look.',
      status: 400,
      code: 'invalid_input',
      title: 'Bad input',
      detail: 'Look.',
      traceId: 't',
      errors: [issue],
      retryAfter: 7,
      operation: 'workflow.create',
      body: problem,
    });
  });

  it.each([
    ['<html>bad gateway</html>', '<html>bad gateway</html>'],
    ['', ''],
    ['null', null],
    ['[1]', [1]],
    ['{"code":5,"errors":"no"}', { code: 5, errors: 'no' }],
  ])('makes do with %j of a proxy', async (text, body) => {
    const reply = new Response(text, { status: 502, statusText: 'Bad Gateway', headers: { 'x-trace-id': 'abc' } });
    const error = await replyError(reply, 'job.list');
    expect(error).toMatchObject({
      status: 502,
      code: 'http_502',
      title: 'Bad Gateway',
      message: 'Bad Gateway',
      traceId: 'abc',
      errors: [],
      body,
    });
  });

  it('is known by its brand, whichever copy of the package made it', () => {
    const error = new AutomateError({ status: 0, code: 'timeout', title: 'T', detail: '', operation: 'a.b', cause: 'why' });
    expect(isAutomateError(error)).toBe(true);
    expect(isAutomateError(Object.assign(new Error(), { [Symbol.for('automate.client.error')]: true }))).toBe(true);
    for (const other of [new Error('x'), null, undefined, 'text', {}]) expect(isAutomateError(other)).toBe(false);
    expect(error.cause).toBe('why');
    expect(Object.keys(error)).not.toContain('cause');
  });
});

describe('Retry-After', () => {
  const of = (headers: Record<string, string>) => retryAfterOf(new Headers(headers));

  it('is a number of seconds or a date by the clock of the server', () => {
    expect(of({ 'retry-after': '120' })).toBe(120);
    expect(of({ 'retry-after': 'Wed, 21 Oct 2015 07:28:30 GMT', date: 'Wed, 21 Oct 2015 07:28:00 GMT' })).toBe(30);
    expect(of({ 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' })).toBe(0);
    expect(of({ 'retry-after': new Date(Date.now() + 10_000).toUTCString() })).toBeGreaterThan(8);
  });

  it('is nothing when it is missing or neither', () => {
    expect(of({})).toBeUndefined();
    expect(of({ 'retry-after': 'soon' })).toBeUndefined();
  });
});
