import { describe, expect, it } from 'vitest';
import { createAnnouncedLanes } from './announced-lanes.ts';

describe('announced lanes', () => {
  const none = () => 0;

  it('are those with little in flight, as many jobs of each as are missing', () => {
    const announced = createAnnouncedLanes();
    announced.announce(['busy', 'some', 'new']);
    const held = new Map([
      ['busy', 10],
      ['some', 4],
    ]);
    expect(announced.choose(50, (lane) => held.get(lane) ?? 0)).toEqual({ lanes: ['some', 'new'], limit: 16 });
    expect(announced.has()).toBe(false);
    expect(announced.choose(50, none)).toBeUndefined();
  });

  it('come latest first, and wait where there is no place for them', () => {
    const announced = createAnnouncedLanes();
    announced.announce(['first', 'second', 'third']);
    expect(announced.choose(0, none)).toMatchObject({ limit: 0 });
    expect(announced.choose(2, none)).toEqual({ lanes: ['second', 'third'], limit: 2 });
    expect(announced.choose(2, none)).toEqual({ lanes: ['first'], limit: 2 });
  });

  it('are remembered up to a hundred, the latest of them, and only those that may be claimed from', () => {
    const announced = createAnnouncedLanes();
    announced.announce(Array.from({ length: 150 }, (_, index) => `lane-${index}`));
    const chosen = [announced.choose(1_000, none), announced.choose(1_000, none)].flatMap((found) => found?.lanes ?? []);
    expect(chosen).toHaveLength(100);
    expect(chosen).not.toContain('lane-49');
    const own = createAnnouncedLanes(['mine']);
    own.announce(['mine', 'other']);
    expect(own.choose(10, none)?.lanes).toEqual(['mine']);
  });
});
