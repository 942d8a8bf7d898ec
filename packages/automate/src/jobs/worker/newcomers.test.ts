import { describe, expect, it } from 'vitest';
import { createNewcomers } from './newcomers.ts';

describe('newcomers', () => {
  const none = () => 0;

  it('are those with little in hand, as many jobs of each as are missing', () => {
    const newcomers = createNewcomers();
    newcomers.announce(['busy', 'some', 'new']);
    const held = new Map([
      ['busy', 10],
      ['some', 4],
    ]);
    expect(newcomers.choose(50, (lane) => held.get(lane) ?? 0)).toEqual({ lanes: ['some', 'new'], limit: 16 });
    expect(newcomers.has()).toBe(false);
    expect(newcomers.choose(50, none)).toBeUndefined();
  });

  it('come latest first, and wait where there is no place for them', () => {
    const newcomers = createNewcomers();
    newcomers.announce(['first', 'second', 'third']);
    expect(newcomers.choose(0, none)).toMatchObject({ limit: 0 });
    expect(newcomers.choose(2, none)).toEqual({ lanes: ['second', 'third'], limit: 2 });
    expect(newcomers.choose(2, none)).toEqual({ lanes: ['first'], limit: 2 });
  });

  it('are remembered up to a hundred, the latest of them, and only those that may be claimed from', () => {
    const newcomers = createNewcomers();
    newcomers.announce(Array.from({ length: 150 }, (_, index) => `lane-${index}`));
    const chosen = [newcomers.choose(1_000, none), newcomers.choose(1_000, none)].flatMap((found) => found?.lanes ?? []);
    expect(chosen).toHaveLength(100);
    expect(chosen).not.toContain('lane-49');
    const own = createNewcomers(['mine']);
    own.announce(['mine', 'other']);
    expect(own.choose(10, none)?.lanes).toEqual(['mine']);
  });
});
