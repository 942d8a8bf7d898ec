import { type CommandInput, readJson } from '../../platform/index.ts';
import { renderTrace } from './render-trace.ts';
import { fetchTrace, isSettled } from './trace.ts';

interface Options {
  readonly data: string;
  readonly source?: string;
  readonly key?: string;
  readonly wait?: boolean;
}

interface Receipt {
  readonly event_id: string;
  readonly status: string;
  readonly trace_id: string;
}

const WAIT_MS = 60_000;

/** Sends one event. With `--wait` it ends with 1 unless every execution succeeds. */
export async function trigger({ arguments: [type], options, call, print, fail }: CommandInput): Promise<void> {
  const { data, source, key, wait = false } = options as unknown as Options;
  const body = {
    ...eventOf(readJson(data, '--data')),
    event_type: type,
    ...(source === undefined ? {} : { source }),
    ...(key === undefined ? {} : { idempotency_key: key }),
  };
  const reply = await call<Receipt>('/api/v1/events/', { method: 'POST', body });
  if (!wait) {
    const text = `${reply.status}  event ${reply.event_id}\ntrace     ${reply.trace_id}\n\nFollow it: automate trace ${reply.trace_id}`;
    return print(reply, text);
  }
  const deadline = Date.now() + WAIT_MS;
  let found = await fetchTrace(call, reply.trace_id);
  while (!isSettled(found) && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    found = await fetchTrace(call, reply.trace_id);
  }
  print(found, renderTrace(found));
  if (!isSettled(found) || found.executions.some(({ status }) => status !== 'succeeded')) fail();
}

/** A file may hold the payload alone, or a whole event as the API takes it. */
function eventOf(value: unknown): object {
  if (typeof value === 'object' && value !== null && 'event_type' in value && 'payload' in value) return value;
  return { payload: value };
}
