import { describe, expect, it } from 'vitest';
import { createBacklogWindow } from './backlog-window.ts';

describe('the window of a backlog', () => {
  const start = () => {
    let time = 0;
    const window = createBacklogWindow(1_000, () => time);
    const pass = (milliseconds: number): void => {
      time += milliseconds;
    };
    return { window, pass };
  };

  it('is all there is as long as nobody else comes, however slow claims are', () => {
    const { window } = start();
    for (let claim = 0; claim < 100; claim += 1) window.observe(500, true);
    expect(window.limit()).toBe(1_000);
  });

  it('falls while claims are slow and somebody has come, but not below what shares a commit', () => {
    const { window } = start();
    window.contend();
    window.observe(11, true);
    expect(window.limit()).toBe(850);
    for (let claim = 0; claim < 100; claim += 1) window.observe(11, true);
    expect(window.limit()).toBe(100);
    window.observe(3, true);
    expect(window.limit()).toBe(110);
  });

  it('takes for slow what takes twice as long as without a backlog', () => {
    const { window } = start();
    for (let claim = 0; claim < 200; claim += 1) window.observe(40, false);
    window.contend();
    window.observe(75, true);
    expect(window.limit()).toBe(1_000);
    window.observe(85, true);
    expect(window.limit()).toBe(850);
  });

  it('is all there is again a second after the last of them', () => {
    const { window, pass } = start();
    window.contend();
    window.observe(50, true);
    pass(999);
    expect(window.limit()).toBe(850);
    pass(1);
    expect(window.limit()).toBe(1_000);
    window.contend();
    expect(window.limit()).toBe(1_000);
  });
});
