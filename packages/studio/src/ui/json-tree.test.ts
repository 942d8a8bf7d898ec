import { describe, expect, it } from 'vitest';
import { cursorAt, readTree, textOf } from './json-tree.ts';

/** The cursor stands where `|` does. */
const at = (text: string) => {
  const { path, isKey, typed, isString } = cursorAt(text.replace('|', ''), text.indexOf('|'));
  return [isKey ? 'key' : 'value', path.join('/'), typed, isString];
};

describe('where somebody types', () => {
  it.each([
    ['{|}', ['key', '', '', false]],
    ['{"a|', ['key', '', 'a', true]],
    ['{"a": |}', ['value', 'a', '', false]],
    ['{"a": "b|"}', ['value', 'a', 'b', true]],
    ['{"a": tr|', ['value', 'a', 'tr', false]],
    ['{"a": 1, |}', ['key', '', '', false]],
    ['{"a": 1, "b|"}', ['key', '', 'b', true]],
    ['{"a": [1, {"c": "x|', ['value', 'a/1/c', 'x', true]],
    ['{"a": [|]}', ['value', 'a/0', '', false]],
    ['{"a": [1, |]}', ['value', 'a/1', '', false]],
    ['{"a": {"b": 1}, "c": {"d|": 1}}', ['key', 'c', 'd', true]],
    ['{"nodes": [{"type": "core.log", "config": {|}}]}', ['key', 'nodes/0/config', '', false]],
    ['|', ['value', '', '', false]],
  ])('%s', (text, expected) => {
    expect(at(text)).toEqual(expected);
  });

  it('is found in whatever is typed', () => {
    const text = '{"a": [1, {"b": "x\\"y", "c": {}}], "d": null}';
    for (let length = 0; length <= text.length; length++)
      for (let position = 0; position <= length; position++) cursorAt(text.slice(0, length), position);
    expect(textOf(readTree('"x'))).toBe('x');
    expect(cursorAt(`${'['.repeat(5_000)}`, 5_000).path.length).toBeLessThan(200);
  });
});
