import type { z } from 'zod';
import type { CommandInput } from '../../platform/index.ts';
import type { Correlation } from '../correlation/schemas.ts';
import { renderTrace } from './render-trace.ts';

type Trace = z.output<typeof Correlation>;

/** Prints what one cause did. Ends with 1 when nothing is known of it. */
export async function trace({ arguments: [traceId = ''], call, print, fail }: CommandInput): Promise<void> {
  const found = await fetchTrace(call, traceId);
  print(found, renderTrace(found));
  if (found.events.length + found.executions.length === 0) fail();
}

export function fetchTrace(call: CommandInput['call'], traceId: string): Promise<Trace> {
  return call<Trace>(`/api/studio/correlation/?trace_id=${encodeURIComponent(traceId)}`);
}

/** Whether every event was dispatched and every execution has ended. */
export function isSettled({ events, executions }: Trace): boolean {
  return events.every((event) => event.is_dispatched) && executions.every((execution) => execution.finished_at !== null);
}
