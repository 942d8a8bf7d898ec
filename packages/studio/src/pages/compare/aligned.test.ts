import type { Step } from 'automate-client';
import { expect, it } from 'vitest';
import { aligned } from './aligned.ts';

const step = (node: string, more: Partial<Step> = {}) =>
  ({
    node,
    iteration: 0,
    seq: 1,
    status: 'succeeded',
    route: null,
    input: 1,
    output: 2,
    error: null,
    started_at: null,
    ...more,
  }) as Step;

it('steps stand beside their like, and what differs is told', () => {
  const pairs = aligned(
    [step('a'), step('b'), step('each/say', { iteration: 1 }), step('gone')],
    [step('new'), step('each/say', { iteration: 1, output: 3 }), step('b', { status: 'failed' }), step('a')],
  );
  expect(pairs.map(({ name, isDifferent }) => [name, isDifferent])).toEqual([
    ['a', false],
    ['b', true],
    ['each/say [1]', true],
    ['gone', true],
    ['new', true],
  ]);
});
