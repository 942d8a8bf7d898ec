import type { Step } from 'automate-client';
import { describe, expect, it } from 'vitest';
import { axisOf, rowsOf } from './timeline-rows.ts';

const BEGIN = Date.parse('2026-12-02T10:00:00Z');
const at = (seconds: number) => new Date(BEGIN + seconds * 1_000).toISOString();

function step(node: string, from: number | undefined, to: number | undefined, more: Partial<Step> = {}): Step {
  return {
    node,
    iteration: 0,
    seq: 1,
    type: 'core.log',
    status: 'succeeded',
    route: null,
    input: null,
    output: null,
    error: null,
    attempts: 1,
    resume_at: null,
    waits_for: null,
    started_at: from === undefined ? null : at(from),
    finished_at: to === undefined ? null : at(to),
    ...more,
  };
}

describe('rows', () => {
  const loop = [
    step('last', 9, 10),
    step('each/inner/say', 5, 6, { iteration: 1 }),
    step('each/inner/say', 3, 4),
    step('each', 2, 8, { type: 'flow.foreach' }),
    step('first', 0, 1),
    step('never', undefined, undefined, { status: 'skipped' }),
  ];
  const shown = (isClosed: (key: string) => boolean) =>
    rowsOf(loop, { isClosed }).map(({ name, level, isGroup }) => [name, level, isGroup]);

  it('stand in the order in which they began, items below their loop', () => {
    expect(shown(() => false)).toEqual([
      ['first', 1, false],
      ['each', 1, true],
      ['inner/say [0]', 2, false],
      ['inner/say [1]', 2, false],
      ['last', 1, false],
      ['never', 1, false],
    ]);
  });

  it('leave out what is below one that is closed', () => {
    expect(shown((key) => key === 'each').map(([name]) => name)).toEqual(['first', 'each', 'last', 'never']);
  });

  it('stand below the turn of the loop that their loop stands in', () => {
    const nested = [
      step('outer', 0, 9),
      step('outer/inner', 1, 3),
      step('outer/inner', 4, 8, { iteration: 1 }),
      step('outer/inner:1/say', 5, 6),
      step('outer/inner:0/say', 2, 3),
      step('outer/inner:1/say', 6, 7, { iteration: 1 }),
    ];
    expect(rowsOf(nested, { isClosed: () => false }).map(({ name, level }) => `${level} ${name}`)).toEqual([
      '1 outer',
      '2 inner [0]',
      '3 say [0]',
      '2 inner [1]',
      '3 say [0]',
      '3 say [1]',
    ]);
  });

  it('say where more steps are than there are here', () => {
    const rows = rowsOf([step('each', 0, 9)], { isClosed: () => false, holdsSteps: () => true, hasMore: () => true });
    expect(rows.map(({ key, isGroup }) => [key, isGroup])).toEqual([
      ['each', true],
      ['each …', false],
    ]);
  });

  it('name each step by one key, as long as its loop has not been stored', () => {
    const keys = rowsOf([step('each/say', 1, 2, { iteration: 4 }), step('each/say', 1, 2, { iteration: 5 })], {
      isClosed: () => false,
    }).map(({ key }) => key);
    expect(keys).toEqual(['each/say@4', 'each/say@5']);
  });
});

describe('axis', () => {
  const ends = { begin: BEGIN, end: BEGIN + 100_000 };

  it('gives equal times equal widths where nothing is closed', () => {
    const axis = axisOf([step('a', 0, 100)], { ...ends, closesGaps: true });
    expect(axis.gaps).toEqual([]);
    expect([0, 25_000, 100_000].map((ms) => axis.at(BEGIN + ms))).toEqual([0, 25, 100]);
  });

  it('draws short what is idle for long, and a pause as idle', () => {
    const steps = [step('a', 0, 5), step('nap', 5, 95, { type: 'core.sleep' }), step('b', 95, 100)];
    const axis = axisOf(steps, { ...ends, closesGaps: true });
    expect(axis.gaps).toMatchObject([{ width: 7, milliseconds: 90_000 }]);
    expect(axis.at(BEGIN + 5_000)).toBeCloseTo(46.5);
    expect(axis.at(BEGIN + 50_000)).toBeCloseTo(50);
    expect(axis.at(BEGIN + 95_000)).toBeCloseTo(53.5);
    expect(axisOf(steps, { ...ends, closesGaps: false }).gaps).toEqual([]);
  });

  it('never leaves its bounds, however many gaps there are', () => {
    const steps = Array.from({ length: 200 }, (_, index) => step(`s${index}`, index * 60, index * 60 + 1));
    const axis = axisOf(steps, { begin: BEGIN, end: BEGIN + 12_000_000, closesGaps: true });
    const places = steps.map(({ started_at }) => axis.at(Date.parse(started_at ?? '')));
    expect(places.every((place, index) => place >= (places[index - 1] ?? 0) && place <= 100)).toBe(true);
    expect(axis.at(BEGIN - 5_000)).toBe(0);
    expect(axis.at(BEGIN + 13_000_000)).toBe(100);
  });
});
