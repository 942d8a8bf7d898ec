import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseJson, parseJsonWithTexts } from './parse-json.ts';

const refusal = (pointer: string) =>
  expect.objectContaining({
    status: 400,
    code: 'number_out_of_range',
    errors: [expect.objectContaining({ pointer, code: 'number_out_of_range' })],
  });

describe('parseJson', () => {
  it.each([
    '0',
    '-0.5',
    '9007199254740991',
    '-9007199254740992',
    '9007199254740992',
    '9007199254740992.0',
    '1e23',
    '100000000000000000000000',
    '1.7976931348623157e308',
    '5e-324',
    '1e-400',
    '0e999',
    '0.1',
    '3.141592653589793238462643383279',
    '"7615917337495251231"',
    '{"9007199254740993": "1e999"}',
    '"\\"7615917337495251231"',
    '["\\\\", 12345678901234567]'.replace('12345678901234567', '12345678901234568'),
  ])('takes %s as it is', (text) => {
    expect(parseJson(text)).toEqual(JSON.parse(text));
    expect(parseJsonWithTexts(text)).toEqual(JSON.parse(text));
  });

  it.each([
    ['9007199254740993', ''],
    ['-9007199254740993', ''],
    ['7615917337495251231', ''],
    ['9007199254740993.0', ''],
    ['9007199254740991.5', ''],
    ['123456789012345678.5', ''],
    ['900719925474099.3e1', ''],
    ['90071992547409930e-1', ''],
    ['1e400', ''],
    ['-1E+400', ''],
    ['1'.repeat(400), ''],
    ['{"a": [1, {"b": 7615917337495251231}]}', '/a/1/b'],
    ['{"a/b": {"~": [[], [0, 7615917337495251231]]}}', '/a~1b/~0/1/1'],
    ['[{"x": "]"}, {"q\\"": "\\\\", "y": 1e999}]', '/1/y'],
    ['{"a": 7615917337495251231, "a": 1}', '/a'],
  ])('refuses %s', (text, pointer) => {
    expect(() => parseJson(text)).toThrow(refusal(pointer));
  });

  it('leaves what is no JSON to the one who asked', () => {
    for (const text of ['', '{', '01', '9007199254740993x', '[7615917337495251231'])
      expect(() => parseJson(text)).toThrow(SyntaxError);
  });

  it('says of a number that is deep where its beginning is, and at once', () => {
    const text = `${'['.repeat(100_000)}1e999${']'.repeat(100_000)}`;
    expect(() => parseJson(text)).toThrow(refusal('/0'.repeat(20)));
  });

  it('takes a megabyte of digits and zeros in linear time', () => {
    for (const text of [`1.${'0'.repeat(1_000_000)}1e20`, `1.${'01'.repeat(500_000)}`, '9'.repeat(1_000_000)]) {
      const start = performance.now();
      try {
        parseJson(text);
      } catch (error) {
        expect(error).toEqual(refusal(''));
      }
      expect(performance.now() - start).toBeLessThan(2_000);
    }
  });

  it('hands such numbers on as texts with all digits where that is wanted', () => {
    expect(parseJsonWithTexts('{"id": 7615917337495251231, "n": [1, -1e400, "9007199254740993"]}')).toEqual({
      id: '7615917337495251231',
      n: [1, '-1e400', '9007199254740993'],
    });
    expect(parseJsonWithTexts('9007199254740993')).toBe('9007199254740993');
  });
});

/** Each has a reason: it reads what the product itself has written, or checks and does not use what it reads. */
const OWN_TEXT = [
  'accounts/pages/browser/api.js', // replies of the server
  'accounts/pages/browser/schema-form.js', // looks at each number itself
  'accounts/single-sign-on/flow.ts', // a cookie sealed by the server
  'api/openapi/schemas.ts', // copies what zod made
  'db/pglite/directory-lock.ts', // the lock file of a data directory
  'engine/builder/flow.ts', // copies what the host made
  'engine/catalog/catalog.ts', // copies what the steps declare
  'engine/events/event-wait.ts', // a list of its own
  'engine/interpreter/frozen.ts', // a list of its own
  'engine/programmatic/define.ts', // copies what the host made
  'engine/steps/core-code/child/main.ts', // requests of the process above
  'engine/steps/core-code/messages-read.ts', // answers of its own process
  'gateway/calls/count-tokens.ts', // one count of a provider
  'gateway/calls/embed.ts', // what the cache kept
  'gateway/calls/model-calls.ts', // what the cache kept
  'gateway/calls/native-chat.ts', // the bytes are passed on, and counts are read
  'gateway/calls/native-media.ts', // the bytes are passed on, and counts are read
  'gateway/commands/gateway-call.ts', // pieces of the server, to be shown
  'gateway/guardrails/call/text-visitor.ts', // copies what was parsed already
  'gateway/guardrails/text/json-literals.ts', // one text, to be looked at
  'gateway/prompts/assertions/llm-judge.ts', // a score and a sentence
  'gateway/protocols/openai-audio/watch-transcript.ts', // the bytes are passed on, and counts are read
  'gateway/protocols/sniffing/sniffer.ts', // the bytes are passed on, and counts are read
  'gateway/providers/kinds/bedrock-key.ts', // a key that holds no numbers
  'gateway/providers/kinds/list-models.ts', // names of models
  'gateway/providers/kinds/stream-end.ts', // whether it is the last event
  'gateway/providers/kinds/vendor-error.ts', // a sentence to be shown
  'gateway/providers/local/ffmpeg/media.ts', // a program of this machine
  'kernel/package-version.ts', // the manifest of the package
  'kernel/parse-json.ts',
];

it('nothing but parseJson reads JSON that comes from outside', () => {
  const root = new URL('..', import.meta.url);
  const files = globSync('**/*.{ts,js}', { cwd: root, exclude: ['**/*.test.ts', '**/test-support.ts', 'testing/**'] });
  const reading = files.filter((file) => readFileSync(new URL(file, root), 'utf8').includes('JSON.parse('));
  expect(reading.sort()).toEqual([...OWN_TEXT].sort());
});
