import { expect, test } from 'vitest';
import { dataOf, fieldsOf, presetsOf } from './fields.ts';

const schema = {
  type: 'object',
  required: ['amount', 'colour', 'gone'],
  properties: {
    note: { type: 'string', default: 'n' },
    colour: { enum: ['red', 2, null], default: 2 },
    amount: { type: 'number' },
    isGift: { type: 'boolean', default: true },
    tags: { type: 'array' },
  },
};

test('what is required stands first, in its order', () => {
  expect(fieldsOf(schema).map(({ name, isRequired }) => [name, isRequired])).toEqual([
    ['amount', true],
    ['colour', true],
    ['note', false],
    ['isGift', false],
    ['tags', false],
  ]);
});

test('what was filled in keeps its type, and what is empty is left out', () => {
  const fields = fieldsOf(schema);
  expect(dataOf(fields, presetsOf(fields))).toEqual({ colour: 2, note: 'n', isGift: true });
  expect(dataOf(fields, { amount: '12.5', colour: 'null', tags: '["a"]', isGift: false, note: '' })).toEqual({
    amount: 12.5,
    colour: null,
    tags: ['a'],
    isGift: false,
  });
});

test.each(['12x', '9007199254740993', 'Infinity'])('the number %s is left for the server to refuse', (text) => {
  expect(dataOf(fieldsOf({ properties: { n: { type: 'number' } } }), { n: text })).toEqual({ n: text });
});
