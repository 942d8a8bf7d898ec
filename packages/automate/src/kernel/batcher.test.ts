import { describe, expect, it } from 'vitest';
import { createBatcher } from './batcher.ts';

describe('group commit', () => {
  it('shares a flush among calls that come while another one runs, in order', async () => {
    const flushes: number[][] = [];
    const save = createBatcher<number, number>({
      async flush(items) {
        flushes.push([...items]);
        await new Promise((resolve) => setTimeout(resolve, 5));
        return items.map((item) => item * 10);
      },
    });
    const first = save(1);
    await new Promise((resolve) => setTimeout(resolve, 2));
    const rest = [save(2), save(3), save(4)];
    expect(await Promise.all([first, ...rest])).toEqual([10, 20, 30, 40]);
    expect(flushes).toEqual([[1], [2, 3, 4]]);
    await save.idle();
  });

  it('bounds a flush by count and by weight', async () => {
    const sizes: number[] = [];
    const save = createBatcher<number, null>({
      maxItems: 3,
      weigh: (item) => item,
      maxWeight: 10,
      async flush(items) {
        sizes.push(items.length);
        return items.map(() => null);
      },
    });
    await Promise.all([1, 1, 1, 1, 9, 50, 1].map((item) => save(item)));
    expect(sizes).toEqual([3, 2, 1, 1]);
  });

  it('fails all that share a flush, or only the one at fault', async () => {
    const flush = async (items: readonly string[]) => {
      if (items.includes('bad')) throw new Error('bad');
      return items.map((item) => item);
    };
    const together = createBatcher({ flush });
    expect((await Promise.allSettled(['a', 'bad', 'b'].map((item) => together(item)))).map(({ status }) => status)).toEqual(
      Array(3).fill('rejected'),
    );
    const apart = createBatcher({ flush, isolates: () => true });
    const settled = await Promise.allSettled(['a', 'b', 'bad', 'c', 'd'].map((item) => apart(item)));
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  });
});
