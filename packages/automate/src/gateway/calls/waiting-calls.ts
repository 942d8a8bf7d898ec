import type { Redactor } from '../../kernel/index.ts';
import type { CallColumns } from './call.store.ts';
import { columnsOf } from './call-columns.ts';
import type { CallRow } from './call-row.ts';

/** Calls that are not stored yet. Of a call only what is stored is kept: what was sent and answered dies young. */
export interface WaitingCalls {
  add(row: CallRow): void;
  /** The oldest of them, which wait no more. */
  take(most: number): readonly CallColumns[];
  /** How many were given up since this was asked last, because too much waits. */
  takeDropped(): number;
}

/** Of one turn of the event loop: a long one is one that calls wait for. */
const TURN = 10;
const MOST = 20_000;
const MOST_BYTES = 64 * 1_048_576;

export function createWaitingCalls(redactFor: (tenantId: string) => Redactor): WaitingCalls {
  /** As they came, until their replies are on their way. */
  const fresh: CallRow[] = [];
  let ready: CallColumns[] = [];
  let bytes = 0;
  let dropped = 0;
  let hasTurn = false;

  function prepare(rows: readonly CallRow[]): void {
    for (const row of rows) {
      if (ready.length >= MOST || bytes >= MOST_BYTES) {
        dropped += 1;
        continue;
      }
      const columns = columnsOf(row, redactFor(row.tenantId));
      ready.push(columns);
      bytes += bytesOf(columns);
    }
  }

  function scheduleTurn(): void {
    hasTurn = true;
    setImmediate(() => {
      hasTurn = false;
      prepare(fresh.splice(0, TURN));
      if (fresh.length > 0) scheduleTurn();
    });
  }

  return {
    add(row) {
      fresh.push(row);
      if (!hasTurn) scheduleTurn();
    },
    take(most) {
      if (ready.length === 0) prepare(fresh.splice(0, most));
      const batch = ready.slice(0, most);
      ready = ready.slice(batch.length);
      for (const columns of batch) bytes -= bytesOf(columns);
      return batch;
    },
    takeDropped() {
      const count = dropped;
      dropped = 0;
      return count;
    },
  };
}

/** About; what is large of a row is its bodies. */
function bytesOf({ request, response }: CallColumns): number {
  return 1_000 + String(request ?? '').length + String(response ?? '').length;
}
