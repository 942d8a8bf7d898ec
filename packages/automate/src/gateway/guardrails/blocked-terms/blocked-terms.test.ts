import { describe, expect, test } from 'vitest';
import { answered, cuts, pieces, run, sent, streamed } from '../test-support.ts';

const terms = (list: string[], more: object = {}) => ({
  type: 'blocked_terms',
  on: 'both',
  action: 'mask',
  terms: list,
  ...more,
});

describe('what is found', () => {
  test.each([
    ['Top Secret', 'this is TOP  secret\nnow', 'this is [REMOVED]\nnow'],
    ['bad', 'bad badly un-bad _bad bad.', '[REMOVED] badly un-[REMOVED] _bad [REMOVED].'],
    ['bad', 'b\u200ba\u00add ｂａｄ 𝐛𝐚𝐝', '[REMOVED] [REMOVED] [REMOVED]'],
    ['café', 'CAFE\u0301 café cafe', '[REMOVED] [REMOVED] cafe'],
    ['cafe', 'café cafe\u0301 cafe', 'café cafe\u0301 [REMOVED]'],
    ['straße', 'STRASSE Straße', '[REMOVED] [REMOVED]'],
    ['bad*', 'badly bad notbad', '[REMOVED]ly [REMOVED] notbad'],
    ['*bad', 'badly bad notbad', 'badly [REMOVED] not[REMOVED]'],
    ['*bad*', 'xbadx', 'x[REMOVED]x'],
    ['c++', 'c++ c+++ xc++', '[REMOVED] [REMOVED]+ xc++'],
    ['机密', '这是机密文件', '这是[REMOVED]文件'],
    ['ạ\u0308', 'a\u0308\u0323', '[REMOVED]'],
    ['bad', String.raw`x\nbad \bad`, String.raw`x\n[REMOVED] \[REMOVED]`],
    ['a', 'a 😀a a😀 \ud83da', '[REMOVED] 😀[REMOVED] [REMOVED]😀 \ud83d[REMOVED]'],
  ])('%j in %j', async (term, text, wanted) => expect(await sent(run([terms([term])]), text)).toBe(wanted));

  test('of two that overlap the first, then the longest', async () => {
    const list = [terms(['top secret', 'secret plan', 'top secret plan b', 'top'])];
    expect(await sent(run(list), 'top secret plan c, top hat')).toBe('[REMOVED] plan c, [REMOVED] hat');
  });

  test('what stands for it can be chosen', async () => {
    expect(await sent(run([terms(['bad'], { replacement: '***' })]), 'so bad')).toBe('so ***');
  });
});

test('a blocked call says which guardrail it was and not what it saw', async () => {
  const guardrails = run([terms(['fine']), terms(['hush'], { action: 'block' })]);
  const refused = await sent(guardrails, 'hush').catch((error) => error);
  expect(refused).toMatchObject({ code: 'guardrail_blocked', status: 400 });
  expect(refused.message).toContain('"blocked_terms" (number 2 of the endpoint) refused what was sent');
  expect(JSON.stringify({ ...refused, message: refused.message, findings: guardrails.findings() })).not.toContain('hush');
  expect(guardrails.findings()).toEqual([
    {
      guardrail: 1,
      type: 'blocked_terms',
      action: 'block',
      side: 'input',
      kind: 'term_1',
      place: '/prompt/0/content/0',
      count: 1,
    },
  ]);
});

test('a flag changes nothing and is counted', async () => {
  const guardrails = run([terms(['bad'], { action: 'flag' })]);
  expect(await sent(guardrails, 'bad bad')).toBe('bad bad');
  expect(guardrails.findings()).toMatchObject([{ count: 2, action: 'flag' }]);
});

test('only on the side it stands on', async () => {
  const guardrails = run([terms(['bad'], { on: 'output' })]);
  expect(await sent(guardrails, 'bad')).toBe('bad');
  expect(await answered(guardrails, 'bad')).toBe('[REMOVED]');
});

describe('streams', () => {
  const text = 'It is TOP\u200b  se\u0301cret, tópsecret; top secre top secret plan bad😀bad \ud83dbad top  ';
  const list = [terms(['top secret', 'top séCret', 'bad', 'secret plan', 'top secret plan c'])];

  test('cut at any place it becomes what the whole text becomes', async () => {
    const wanted = await answered(run(list), text);
    expect(wanted).toContain('It is [REMOVED], tópsecret; top secre [REMOVED] plan [REMOVED]😀[REMOVED]');
    for (const texts of cuts(text)) expect(await streamed(run(list), texts)).toBe(wanted);
  });

  test('nothing of a blocked term is shown, wherever it is cut', async () => {
    for (const texts of cuts('All fine, then top secret words')) {
      let shown = '';
      const guardrails = run([terms(['top secret'], { action: 'block' })]);
      const read = async () => {
        for await (const part of guardrails.stream(pieces(texts))) if (part.type === 'text-delta') shown += part.delta;
      };
      await expect(read()).rejects.toMatchObject({ code: 'guardrail_blocked' });
      expect('All fine, then ').toContain(shown);
    }
  });
});
