import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createMutex } from './mutex.ts';
import { createSelfWait } from './self-wait.ts';

function setUp() {
  const mutex = createMutex();
  const selfWait = createSelfWait({ patienceMs: 20 });
  return <T>(work: () => Promise<T>) => selfWait.run((inTurn) => mutex.run(() => inTurn(work)));
}

it('ends a wait of a holder for itself, and what waited is not done later', async () => {
  const run = setUp();
  let isDone = false;
  const inner = async () => {
    isDone = true;
  };
  await expect(run(() => run(inner))).rejects.toThrow('hand the transaction on');
  await run(async () => undefined);
  expect(isDone).toBe(false);
});

it('lets others wait as long as it takes, and what a holder started and did not wait for', async () => {
  const run = setUp();
  let later: Promise<string> | undefined;
  const holder = run(async () => {
    later = run(async () => 'later');
    await sleep(5);
  });
  const other = run(async () => sleep(60, 'other'));
  const third = run(async () => 'third');
  await holder;
  expect(await Promise.all([later, other, third])).toEqual(['later', 'other', 'third']);
});
