import { AsyncLocalStorage } from 'node:async_hooks';
import { expect, it } from 'vitest';
import { createMutex } from './mutex.ts';

function setUp(now?: () => number) {
  const mutex = createMutex(now ? { now } : {});
  const order: string[] = [];
  let held = 0;
  const run = (name: string, isPatient = false) =>
    mutex.run(async () => {
      held += 1;
      expect(held).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 1));
      order.push(name);
      held -= 1;
      if (name.startsWith('fail')) throw new Error(name);
      return name;
    }, isPatient);
  return { order, run };
}

it('serves one at a time, in order, whatever fails', async () => {
  const { order, run } = setUp();
  const ends = await Promise.allSettled(['a', 'fails', 'b'].map((name) => run(name)));
  expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(await run('c')).toBe('c');
  expect(order).toEqual(['a', 'fails', 'b', 'c']);
});

it('goes on behind work that fails before it has begun', async () => {
  const mutex = createMutex();
  const fails = mutex.run(() => {
    throw new Error('at once');
  });
  await expect(fails).rejects.toThrow('at once');
  expect(await mutex.run(async () => 'next')).toBe('next');
});

it('lets work see what whoever asked for it sees', async () => {
  const mutex = createMutex();
  const caller = new AsyncLocalStorage<string>();
  const seen = (name: string) => caller.run(name, () => mutex.run(async () => caller.getStore()));
  expect(await Promise.all(['a', 'b', 'c'].map(seen))).toEqual(['a', 'b', 'c']);
});

it('lets who has waited long go before the patient, turn by turn, however many there are of each', async () => {
  let time = 0;
  const { order, run } = setUp(() => time);
  const all = ['p1', 'p2', 'p3', 'p4'].map((name) => run(name, true));
  time = 1;
  all.push(...['a', 'b', 'c', 'd'].map((name) => run(name)));
  time = 40;
  all.push(run('p5', true));
  time = 100;
  await Promise.all(all);
  expect(order).toEqual(['p1', 'a', 'p2', 'b', 'p3', 'c', 'p4', 'd', 'p5']);
});

it('keeps to the order as long as nobody has waited long', async () => {
  let time = 0;
  const { order, run } = setUp(() => time);
  const all = ['p1', 'p2', 'p3'].map((name) => run(name, true));
  time = 1;
  all.push(run('a'));
  time = 2;
  all.push(run('p4', true));
  time = 40;
  await Promise.all(all);
  expect(order).toEqual(['p1', 'p2', 'p3', 'a', 'p4']);
});
