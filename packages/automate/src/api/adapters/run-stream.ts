import type { Writable } from 'node:stream';
import { pumpEvents } from '../event-pump.ts';
import type { EventStream } from '../event-stream.ts';
import { toProblemReply } from '../problem.ts';
import { readmit } from '../readmission.ts';
import type { RequestContext } from '../request-context.ts';
import { streamHolder } from '../stream-holder.ts';
import { report } from './reply-parts.ts';

/** Writes the events of a reply until they end, the client goes away, or it would not be let in any more; never rejects. */
export async function runStream(options: {
  ctx: RequestContext;
  stream: EventStream;
  lastEventId: string | undefined;
  sink: Writable;
  /** Fires when the client has gone or the server stops. */
  signal: AbortSignal;
}): Promise<void> {
  const { ctx, stream, lastEventId, sink, signal } = options;
  const { streams, limits } = ctx.api;
  await pumpEvents({
    source: stream.source(signal, lastEventId),
    sink,
    signal,
    stallSeconds: limits.stallSeconds,
    describeError(error) {
      report(ctx.api, error, ctx.traceId, ctx);
      return toProblemReply(error, ctx.traceId, ctx.principal?.tenantId).body;
    },
    admission: (onRefused) =>
      streams.enter({ ...streamHolder(ctx), readmit: (isThorough) => readmit(ctx, isThorough), onRefused }),
  });
}
