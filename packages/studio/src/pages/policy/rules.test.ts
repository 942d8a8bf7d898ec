import { expect, test } from 'vitest';
import { changedRules, type Rule, ruleValueOf, textOf } from './rules.ts';

const rule = (name: string, kind: Rule['kind']): Rule => ({
  name,
  kind,
  description: '',
  minimum: 0,
  maximum: 9,
  ceiling: null,
  maximum_items: null,
});
const [limit, list] = [rule('max_members', 'limit'), rule('allowed_hosts', 'allow')];

test('a field is a rule, none, or nothing at all', () => {
  expect(ruleValueOf(limit, ' 7 ')).toBe(7);
  expect(ruleValueOf(limit, '')).toBeNull();
  for (const wrong of ['seven', '-1', '1.5', '1e3', '9'.repeat(30)]) expect(ruleValueOf(limit, wrong)).toBeUndefined();
  expect(ruleValueOf(list, 'a.example, *.b.example\na.example')).toEqual(['a.example', '*.b.example']);
  expect(ruleValueOf(list, 'nothing')).toEqual([]);
  expect(textOf([])).toBe('nothing');
  expect(textOf(['a', 'b'])).toBe('a\nb');
});

test('only what is otherwise is changed', () => {
  const layer = { max_members: 7, allowed_hosts: null };
  expect(changedRules([limit, list], layer, { max_members: '7', allowed_hosts: ' ' })).toEqual([]);
  expect(changedRules([limit, list], layer, { max_members: '8' })).toEqual([limit]);
  expect(changedRules([limit, list], layer, { max_members: 'x', allowed_hosts: 'nothing' })).toEqual([limit, list]);
});
