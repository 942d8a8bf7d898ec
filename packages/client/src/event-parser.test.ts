import { describe, expect, it } from 'vitest';
import { createEventParser, type ParsedEvent } from './event-parser.ts';

type Bare = Omit<ParsedEvent, 'hasId'>;

const bytes = (text: string) => new TextEncoder().encode(text);
const parse = (...chunks: string[]) => parseBytes(chunks.map(bytes));

function withoutHasId({ hasId: _, ...parsed }: ParsedEvent): Bare {
  return parsed;
}

function parseBytes(chunks: Uint8Array[]): Bare[] {
  const parser = createEventParser();
  return chunks.flatMap((chunk) => parser.push(chunk).map(withoutHasId));
}

const event = (data: string, name = 'message', id = '') => ({ id, event: name, data });

describe('the parser of server-sent events (HTML Living Standard 9.2.6)', () => {
  it.each<[string, string, Bare[]]>([
    ['one event', 'data: hello\n\n', [event('hello')]],
    ['name and id', 'event: step\nid: 7\ndata: {}\n\n', [event('{}', 'step', '7')]],
    ['lines of data', 'data: YHOO\ndata: +2\ndata: 10\n\n', [event('YHOO\n+2\n10')]],
    ['CR', 'data: a\r\rdata: b\r\r', [event('a'), event('b')]],
    ['CRLF', 'data: a\r\ndata: b\r\n\r\n', [event('a\nb')]],
    ['mixed line ends', 'data: a\rdata: b\ndata: c\r\n\n', [event('a\nb\nc')]],
    ['a byte order mark', '\uFEFFdata: a\n\n', [event('a')]],
    ['a second byte order mark, which is text', '\uFEFF\uFEFFdata: a\n\n', []],
    ['comments', ': hi\n:\ndata: a\n: there\n\n', [event('a')]],
    [
      'the blocks of the standard',
      ': test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n',
      [event('first event', 'message', '1'), event('second event'), event(' third event')],
    ],
    ['empty data', 'data\n\ndata\ndata\n\ndata:', [event(''), event('\n')]],
    ['one space only is taken off', 'data:test\n\ndata: test\n\ndata:  test\n\n', [event('test'), event('test'), event(' test')]],
    ['an event without data is none, and its name is forgotten', 'event: lost\n\ndata: a\n\n', [event('a')]],
    [
      'the id stays until it is changed',
      'id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\n',
      [event('a', 'message', '1'), event('b', 'message', '1'), event('c')],
    ],
    [
      'an id with NUL is ignored',
      'id: 1\ndata: a\n\nid: 2\0\ndata: b\n\n',
      [event('a', 'message', '1'), event('b', 'message', '1')],
    ],
    ['unknown fields', 'foo: bar\n data: no\nDATA: no\ndata: a\n\n', [event('a')]],
    ['colons in values', 'data: a: b:c\n\n', [event('a: b:c')]],
    ['what is incomplete at the end', 'data: a\n\ndata: b\n', [event('a')]],
  ])('reads %s, however it is cut into chunks', (_, text, expected) => {
    expect(parse(text)).toEqual(expected);
    const whole = bytes(text);
    for (let size = 1; size <= 4; size += 1) {
      const chunks = Array.from({ length: Math.ceil(whole.length / size) }, (_, index) =>
        whole.subarray(index * size, (index + 1) * size),
      );
      expect(parseBytes(chunks)).toEqual(expected);
    }
  });

  it('does not see a blank line in a CRLF that is split over chunks', () => {
    expect(parse('data: a\r', '\ndata: b\r', '\n\r', '\n')).toEqual([event('a\nb')]);
    expect(parse('data: a\r', '\n', '\n')).toEqual([event('a')]);
  });

  it('puts characters together that are split over chunks, and replaces bytes that are not UTF-8', () => {
    const text = bytes('data: Größe 🎉\n\n');
    expect(parseBytes([...text].map((byte) => Uint8Array.of(byte)))).toEqual([event('Größe 🎉')]);
    expect(parseBytes([bytes('data: '), Uint8Array.of(0xff), bytes('\n\n')])).toEqual([event('\uFFFD')]);
  });

  it('reads the waiting time, of digits only', () => {
    const parser = createEventParser();
    parser.push(bytes('retry: 10s\n'));
    expect(parser.retryMs).toBeUndefined();
    parser.push(bytes('retry: 2500\n'));
    expect(parser.retryMs).toBe(2_500);
    parser.push(bytes('retry: -1\nretry\n'));
    expect(parser.retryMs).toBe(2_500);
  });

  it('says where to go on: behind the last complete block, with or without data', () => {
    const parser = createEventParser('5');
    expect(parser.push(bytes('data: a\n\n'))).toEqual([{ ...event('a', 'message', '5'), hasId: false }]);
    expect(parser.push(bytes('id: 5\ndata: a\n\n'))).toMatchObject([{ hasId: true }]);
    parser.push(bytes('id: 6\n'));
    expect(parser.lastEventId).toBe('5');
    expect(parser.push(bytes('\nid: 7\ndata: cut o'))).toEqual([]);
    expect(parser.lastEventId).toBe('6');
  });

  it('takes time in proportion to a long line', () => {
    const parser = createEventParser();
    const chunk = bytes('x'.repeat(64));
    parser.push(bytes('data: '));
    for (let index = 0; index < 50_000; index += 1) parser.push(chunk);
    expect(parser.push(bytes('\n\n'))[0]?.data).toHaveLength(3_200_000);
  });
});
