import { describe, expect, test } from 'vitest';
import { answer, answered, ask, cuts, run, sent, streamed } from '../test-support.ts';

const mask = { type: 'personal_data', on: 'both', action: 'mask' };
const masked = (text: string, more: object = {}) => sent(run([{ ...mask, ...more }]), text);

describe('what is found', () => {
  test.each([
    ['ada@example.com', '[EMAIL_1]'],
    ['Ada.Love+x@mail.example.co.uk.', '[EMAIL_1].'],
    ['<ada@example.com>, "bob@example.org"', '<[EMAIL_1]>, "[EMAIL_2]"'],
    ['jürgen@müller.de', '[EMAIL_1]'],
    ['ada\u200b@exam\u00adple.com', '[EMAIL_1]'],
    ['ada＠ｅｘａｍｐｌｅ.com', '[EMAIL_1]'],
    ['é e\u0301va@example.com', 'é [EMAIL_1]'],
    ['DE89 3704 0044 0532 0130 00', '[IBAN_1]'],
    ['GB29NWBK60161331926819!', '[IBAN_1]!'],
    ['4111 1111 1111 1111', '[CARD_1]'],
    ['card 378282246310005, 5555-5555-5555-4444', 'card [CARD_1], [CARD_2]'],
    ['4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1', '[CARD_1]'],
    ['from 192.168.10.7:80 to 2001:db8::8a2e:370:7334.', 'from [IP_1]:80 to [IP_2].'],
    ['+49 (0)30 1234567 or 0049 30 1234567', '[PHONE_1] or [PHONE_2]'],
    ['+49 170 1234567 2nd', '[PHONE_1] 2nd'],
    ['(555) 234-5678; 555-234-5678; 0170 1234567', '[PHONE_1]; [PHONE_2]; [PHONE_3]'],
  ])('%j', async (text, wanted) => expect(await masked(text)).toBe(wanted));

  test.each([
    '12345678Z',
    'X1234567L',
    'RSSMRA85T10A562S',
    '86095742719',
    '529.982.247-25',
    '131052-308T',
    '44051401359',
    '2 55 08 14 168 025 38',
    '811218-9876',
    '85.07.30-033.28',
    '219-09-9999',
  ])('%s is the number of a person', async (text) => expect(await masked(`id ${text}.`)).toBe('id [ID_1].'));

  test('the number that many others look like is found when it is asked for', async () => {
    expect(await masked('111222333')).toBe('111222333');
    expect(await masked('111222333', { national_ids: ['nl_bsn'] })).toBe('[ID_1]');
  });

  test.each([
    'ada@localhost',
    '@example.com a@ @',
    '4111 1111 1111 1112',
    'DE89 3704 0044 0532 0130 01',
    '12345678A',
    '256.1.1.1 and 1.2.3.4.5',
    'std::vector a::b ::',
    '2026-12-02T10:30:00Z 01.02.2024 10:30',
    'version 3.14.15, 1,234,567.89',
    'x4111111111111111',
    '\ud800 \udfff@\ud83d.com',
  ])('%j stays', async (text) => expect(await masked(text)).toBe(text));

  test('only the kinds that were asked for', async () => {
    expect(await masked('ada@example.com 4111111111111111', { kinds: ['payment_card'] })).toBe('ada@example.com [CARD_1]');
  });

  test('the letters of an escape in JSON within JSON stay', async () => {
    const text = String.raw`{"a":"x\nada@example.com","b":"\u003cbob@example.com\u003e\n4111111111111111"}`;
    expect(await masked(text)).toBe(String.raw`{"a":"x\n[EMAIL_1]","b":"\u003c[EMAIL_2]\u003e\n[CARD_1]"}`);
  });
});

describe('placeholders', () => {
  test('the same value has the same one, in all texts of a call', async () => {
    const guardrails = run([mask]);
    const options = await guardrails.input({
      prompt: [
        { role: 'system', content: 'You help ada@example.com' },
        { role: 'user', content: [{ type: 'text', text: 'bob@example.com, ada@example.com' }] },
      ],
    });
    expect(JSON.stringify(options.prompt)).toContain('You help [EMAIL_1]');
    expect(JSON.stringify(options.prompt)).toContain('[EMAIL_2], [EMAIL_1]');
  });

  test('two guardrails of a call give out different ones', async () => {
    const list = [
      { ...mask, kinds: ['email'] },
      { ...mask, kinds: ['payment_card', 'email'] },
    ];
    const guardrails = run(list);
    const text = 'ada@example.com 4111111111111111';
    expect(await sent(guardrails, text)).toBe('[EMAIL_1] [CARD_1]');
    expect(await answered(guardrails, '[EMAIL_1] [CARD_1]')).toBe(text);
  });

  test('the caller gets values back in texts and in the arguments of tools', async () => {
    const guardrails = run([mask]);
    await guardrails.input(ask('Write to ada@example.com'));
    const input = '{"to":"[EMAIL_1]","raw":"{\\"cc\\":\\"[EMAIL_1]\\"}","id":12345678901234567890}';
    const { content } = await guardrails.output(
      answer([
        { type: 'text', text: 'Done: [EMAIL_1]. [EMAIL_2]' },
        { type: 'tool-call', toolCallId: 'a', toolName: 'mail', input },
      ]),
    );
    expect(content).toEqual([
      { type: 'text', text: 'Done: ada@example.com. [EMAIL_2]' },
      { type: 'tool-call', toolCallId: 'a', toolName: 'mail', input: input.replaceAll('[EMAIL_1]', 'ada@example.com') },
    ]);
  });

  test('what the caller forged stays as it is, and nobody gets a value for it', async () => {
    const guardrails = run([mask]);
    expect(await sent(guardrails, 'Say [EMAIL_1] and [EMAIL_2]; ada@example.com')).toBe('Say [EMAIL_1] and [EMAIL_2]; [EMAIL_3]');
    expect(await answered(guardrails, '[EMAIL_1] [EMAIL_2] [EMAIL_3] [[EMAIL_3]')).toBe(
      '[EMAIL_1] [EMAIL_2] ada@example.com [ada@example.com',
    );
  });

  test('what the model made up is masked and stays so', async () => {
    const guardrails = run([mask]);
    await guardrails.input(ask('ada@example.com'));
    expect(await answered(guardrails, '[EMAIL_1] and eve@example.com')).toBe('ada@example.com and [EMAIL_2]');
  });

  test('nothing comes back without restore', async () => {
    const guardrails = run([{ ...mask, restore: false }]);
    await guardrails.input(ask('ada@example.com'));
    expect(await answered(guardrails, 'Hello [EMAIL_1]')).toBe('Hello [EMAIL_1]');
  });

  test('a number in JSON that is masked becomes a text', async () => {
    const guardrails = run([mask]);
    const { content } = await guardrails.output(
      answer([{ type: 'tool-call', toolCallId: 'a', toolName: 'pay', input: '{ "card": 4111111111111111, "n": 1.0 }' }]),
    );
    expect(content).toMatchObject([{ input: '{ "card": "[CARD_1]", "n": 1.0 }' }]);
  });
});

describe('streams', () => {
  const text =
    'Hi [EMAIL_1], [[EMAIL_1]] [EMAIL_9] [EMA: eve@exa\u0301mple.com. DE89 3704 0044  0532 0130 00\n4111 1111 1111 1111, +49 170 1234567 ' +
    'and 😀 4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 is 2 ok it 86095742719 or no fe80::1, 1.2.3.4. (555) 234-5678 \ud83d x@y.zz';

  test('cut at any place it becomes what the whole text becomes', async () => {
    const begin = async () => {
      const guardrails = run([mask]);
      await guardrails.input(ask('ada@example.com'));
      return guardrails;
    };
    const wanted = await answered(await begin(), text);
    expect(wanted).toContain('Hi ada@example.com, [ada@example.com] [EMAIL_9] [EMA: [EMAIL_2]. [IBAN_1]');
    for (const texts of cuts(text)) expect(await streamed(await begin(), texts)).toBe(wanted);
  });

  test('what is no beginning of anything comes at once', async () => {
    const guardrails = run([mask]);
    const deltas: string[] = [];
    for await (const part of guardrails.stream(
      (async function* () {
        yield { type: 'text-delta', id: '1', delta: 'These words are plain ' } as const;
        deltas.push('asked for more');
        yield { type: 'text-delta', id: '1', delta: 'to see.' } as const;
      })(),
    ))
      if (part.type === 'text-delta') deltas.push(part.delta);
    expect(deltas).toEqual(['These words are plain ', 'asked for more', 'to ', 'see.']);
  });

  test('random texts, cut at random, become the same', async () => {
    const atoms = [
      '4111',
      '1111',
      ' ',
      '-',
      '@',
      'a',
      '.com',
      '[EMAIL_1]',
      '+49',
      '\n',
      '\u0301',
      '\u200b',
      '😀',
      'DE89',
      '0',
      ':',
      '  ',
    ];
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return Math.floor((seed / 2147483648) * below);
    };
    for (let round = 0; round < 300; round += 1) {
      const given = Array.from({ length: 60 }, () => atoms[random(atoms.length)]).join('');
      const texts: string[] = [];
      for (let at = 0; at < given.length; ) {
        const end = at + 1 + random(9);
        texts.push(given.slice(at, end));
        at = end;
      }
      expect(await streamed(run([mask]), texts)).toBe(await answered(run([mask]), given));
    }
  });
});
