import { callServer } from '../client.ts';
import { readJson } from '../read-json.ts';
import { fetchTrace, isSettled, printTrace } from './trace.ts';

export interface TriggerOptions {
  readonly data: string;
  readonly source?: string;
  readonly key?: string;
  readonly wait?: boolean;
  readonly json?: boolean;
}

interface Receipt {
  readonly event_id: string;
  readonly status: string;
  readonly trace_id: string;
}

const WAIT_MS = 60_000;

/** Sends one event. */
export async function trigger(type: string, options: TriggerOptions): Promise<void> {
  const body = {
    ...eventOf(readJson(options.data, '--data')),
    event_type: type,
    ...(options.source === undefined ? {} : { source: options.source }),
    ...(options.key === undefined ? {} : { idempotency_key: options.key }),
  };
  const { reply } = await callServer<Receipt>('/api/v1/events/', { method: 'POST', body });
  if (options.wait) {
    const deadline = Date.now() + WAIT_MS;
    let found = await fetchTrace(reply.trace_id);
    while (!isSettled(found) && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      found = await fetchTrace(reply.trace_id);
    }
    printTrace(found, options);
    process.exitCode = isSettled(found) && found.executions.every(({ status }) => status === 'succeeded') ? 0 : 1;
  } else if (options.json) process.stdout.write(`${JSON.stringify(reply)}\n`);
  else
    process.stdout.write(
      `${reply.status}  event ${reply.event_id}\ntrace     ${reply.trace_id}\n\nFollow it: automate trace ${reply.trace_id}\n`,
    );
}

/** A file may hold the payload alone, or a whole event as the API takes it. */
function eventOf(value: unknown): object {
  if (typeof value === 'object' && value !== null && 'event_type' in value && 'payload' in value) {
    return value;
  }
  return { payload: value };
}
