import { expect, it } from 'vitest';
import { createTurns } from './turn.ts';

/** Turns by a clock that work moves on, and the turns of the event loop, counted. */
function start() {
  let time = 0;
  let turn = 0;
  let isCounting = true;
  const count = (): void => {
    turn += 1;
    if (isCounting) setImmediate(count);
  };
  setImmediate(count);
  return {
    turns: createTurns(() => time),
    work(milliseconds: number) {
      time += milliseconds;
    },
    turn: () => turn,
    stop() {
      isCounting = false;
    },
  };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 200));

it('does at once what is short, and lets the loop turn between what is long, in order', async () => {
  const { turns, work, turn, stop } = start();
  const done: [name: number, turn: number][] = [];
  for (let name = 0; name < 6; name += 1)
    turns.run(() => {
      work(name < 3 ? 10 : 50);
      done.push([name, turn()]);
    });
  expect(done).toEqual([0, 1, 2].map((name) => [name, 0]));
  await settled();
  stop();
  expect(done.map(([name]) => name)).toEqual([0, 1, 2, 3, 4, 5]);
  const [third, fourth, fifth] = done.slice(3).map(([, at]) => at) as [number, number, number];
  expect(third).toBeGreaterThan(0);
  expect(fourth).toBeGreaterThan(third);
  expect(fifth).toBeGreaterThan(fourth);
});

it('wakes those that wait one by one, when the work of each is long', async () => {
  const { turns, work, turn, stop } = start();
  turns.run(() => work(30));
  const woken: number[] = [];
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      const room = turns.wait();
      expect(room).toBeInstanceOf(Promise);
      await room;
      work(30);
      woken.push(turn());
    }),
  );
  stop();
  expect(new Set(woken).size).toBe(4);
  await settled();
  expect(turns.wait()).toBeUndefined();
});
