import type { z } from 'zod';
import type { Correlation } from '../../studio/index.ts';
import { callServer } from '../client.ts';
import { renderTrace } from '../render-trace.ts';

type Trace = z.output<typeof Correlation>;

/** Prints what one cause did. */
export async function trace(traceId: string, options: { json?: boolean }): Promise<void> {
  const found = await fetchTrace(traceId);
  printTrace(found, options);
  if (found.events.length + found.executions.length === 0) process.exitCode = 1;
}

export async function fetchTrace(traceId: string): Promise<Trace> {
  const { reply } = await callServer<Trace>(`/api/studio/correlation/?trace_id=${encodeURIComponent(traceId)}`);
  return reply;
}

export function printTrace(found: Trace, options: { json?: boolean }): void {
  process.stdout.write(options.json ? `${JSON.stringify(found)}\n` : renderTrace(found));
}

/** Whether every event was dispatched and every execution has ended. */
export function isSettled({ events, executions }: Trace): boolean {
  return events.every((event) => event.is_dispatched) && executions.every((execution) => execution.finished_at !== null);
}
