import type { Writable } from 'node:stream';
import type { EventStream } from '../http/event-stream.ts';
import { toProblemReply } from '../http/problem.ts';
import { readmit } from '../requests/readmission.ts';
import type { RequestContext } from '../requests/request-context.ts';
import { pumpEvents } from '../streams/event-pump.ts';
import { streamHolder } from '../streams/stream-holder.ts';
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
