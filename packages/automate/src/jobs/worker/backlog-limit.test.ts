import { describe, expect, it } from 'vitest';
import { createBacklogLimit } from './backlog-limit.ts';

describe('the limit of a backlog', () => {
  const start = () => {
    let time = 0;
    const limit = createBacklogLimit(1_000, () => time);
    const pass = (milliseconds: number): void => {
      time += milliseconds;
    };
    return { limit, pass };
  };

  it('is all there is as long as nobody else comes, however slow claims are', () => {
    const { limit } = start();
    for (let claim = 0; claim < 100; claim += 1) limit.note(500, true);
    expect(limit.most()).toBe(1_000);
  });

  it('falls while claims are slow and somebody has come, but not below what shares a commit', () => {
    const { limit } = start();
    limit.welcome();
    limit.note(11, true);
    expect(limit.most()).toBe(850);
    for (let claim = 0; claim < 100; claim += 1) limit.note(11, true);
    expect(limit.most()).toBe(100);
    limit.note(3, true);
    expect(limit.most()).toBe(110);
  });

  it('takes for slow what takes twice as long as without a backlog', () => {
    const { limit } = start();
    for (let claim = 0; claim < 200; claim += 1) limit.note(40, false);
    limit.welcome();
    limit.note(75, true);
    expect(limit.most()).toBe(1_000);
    limit.note(85, true);
    expect(limit.most()).toBe(850);
  });

  it('is all there is again a second after the last of them', () => {
    const { limit, pass } = start();
    limit.welcome();
    limit.note(50, true);
    pass(999);
    expect(limit.most()).toBe(850);
    pass(1);
    expect(limit.most()).toBe(1_000);
    limit.welcome();
    expect(limit.most()).toBe(1_000);
  });
});
