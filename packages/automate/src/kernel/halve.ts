/** What became of the items of a batch: those that went through with their results, those at fault with their errors. */
export interface Halved<Item, Result> {
  readonly done: Result[];
  readonly refused: { readonly item: Item; readonly error: unknown }[];
}

/**
 * Works on a batch; when it fails by what may be the fault of a single item, on its halves, until that item stands alone: one item
 * takes nobody with it. Each call of `work` has to be a transaction of its own.
 * @param isolates whether an error may be the fault of an item; any other error is thrown
 * @example
 * const { refused } = await halve(rows, (part) => db.transaction((transaction) => insert(transaction, part)), isBadStatement);
 */
export async function halve<Item, Result>(
  items: readonly Item[],
  work: (items: readonly Item[]) => Promise<Result>,
  isolates: (error: unknown) => boolean,
): Promise<Halved<Item, Result>> {
  if (items.length === 0) return { done: [], refused: [] };
  try {
    return { done: [await work(items)], refused: [] };
  } catch (error) {
    if (!isolates(error)) throw error;
    if (items.length === 1) return { done: [], refused: [{ item: items[0] as Item, error }] };
    const middle = Math.ceil(items.length / 2);
    const first = await halve(items.slice(0, middle), work, isolates);
    const second = await halve(items.slice(middle), work, isolates);
    return { done: [...first.done, ...second.done], refused: [...first.refused, ...second.refused] };
  }
}
