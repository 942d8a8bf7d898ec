import { describe, expect, it } from 'vitest';
import { defineFeature, type Feature, type ServiceName } from './feature.ts';
import { orderFeatures } from './order.ts';

const feature = (name: string, needs: string[] = [], provides: string[] = []): Feature =>
  defineFeature({ name, needs: needs as ServiceName[], provides: provides as ServiceName[] });
const namesOf = (...features: Feature[]) => orderFeatures(features).map(({ name }) => name);

describe('the order of features', () => {
  it('puts each behind those whose services it needs, and leaves the others as they are', () => {
    expect(namesOf(feature('a', ['z']), feature('b'), feature('c', [], ['z', 'y']), feature('d', ['y']))).toEqual([
      'c',
      'a',
      'b',
      'd',
    ]);
  });

  it.each<[string, Feature[], string]>([
    ['two of one name', [feature('a'), feature('a')], 'There are two features named "a".'],
    [
      'two that provide the same',
      [feature('a', [], ['x']), feature('b', [], ['x'])],
      'The service "x" is provided by both "a" and "b".',
    ],
    ['a service of nobody', [feature('a', ['x'])], 'The feature "a" needs the service "x", which no feature provides.'],
    [
      'a circle',
      [feature('a', ['y'], ['x']), feature('b', ['z'], ['y']), feature('c', ['x'], ['z'])],
      'Features need each other in a circle: a → b → c → a.',
    ],
  ])('refuses %s in a sentence', (_, features, sentence) => {
    expect(() => orderFeatures(features)).toThrow(new TypeError(sentence));
  });

  it('lets a feature need what it provides itself', () => {
    expect(namesOf(feature('a', ['x'], ['x']))).toEqual(['a']);
  });

  it('refuses a name that could not begin a variable', () => {
    expect(() => feature('CRM')).toThrow(TypeError);
    expect(() => feature('1st')).toThrow(TypeError);
  });
});
