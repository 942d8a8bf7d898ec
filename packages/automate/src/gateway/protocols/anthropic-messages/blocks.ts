import { typedEvent } from '../sse.ts';

/** What a client sees of one block. */
interface Block {
  readonly key: string;
  readonly start: object;
  readonly deltas: object[];
  isOver: boolean;
}

/**
 * Writes the blocks of a message one after the other, since clients may take for granted that one stops before the next starts. A text that
 * is interrupted goes on in a block of its own; a call cannot be cut, so what comes beside it waits until it is whole.
 */
export function createBlocks() {
  let index = -1;
  let open: Block | undefined;
  let waiting: Block[] = [];

  const write = (event: { type: string }) => typedEvent(event);
  const startOf = (block: Block) => {
    index += 1;
    return write({ type: 'content_block_start', index, content_block: block.start } as { type: string });
  };
  const deltaOf = (delta: object) => write({ type: 'content_block_delta', index, delta } as { type: string });
  const stop = () => write({ type: 'content_block_stop', index } as { type: string });

  /** Writes out what waited, as far as it can be written. */
  const settle = (): string[] => {
    const events: string[] = [];
    while (open?.isOver) {
      events.push(stop());
      open = waiting.shift();
      if (open) events.push(startOf(open), ...open.deltas.splice(0).map(deltaOf));
    }
    return events;
  };

  const isCuttable = (block: Block) => !block.key.startsWith('tool:');

  return {
    /** Starts the block unless it is there already. */
    begin(key: string, start: object): string[] {
      if (open?.key === key || waiting.some((block) => block.key === key)) return [];
      const block: Block = { key, start, deltas: [], isOver: false };
      if (!open) {
        open = block;
        return [startOf(block)];
      }
      waiting.push(block);
      if (isCuttable(open)) open.isOver = true;
      return settle();
    },
    delta(key: string, delta: object): string[] {
      if (open?.key === key) return [deltaOf(delta)];
      waiting.find((block) => block.key === key)?.deltas.push(delta);
      return [];
    },
    finish(key: string): string[] {
      const block = open?.key === key ? open : waiting.find((other) => other.key === key);
      if (block) block.isOver = true;
      return settle();
    },
    /** Stops whatever is open. */
    finishAll(): string[] {
      for (const block of [...(open ? [open] : []), ...waiting]) block.isOver = true;
      const events = settle();
      waiting = [];
      return events;
    },
  };
}
