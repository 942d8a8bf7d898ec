import type { Db } from '../../db/index.ts';
import { errorMessage, firstIdOf, type Logger, type Redactor, toStorableJson } from '../../kernel/index.ts';
import type { CallColumns } from './call.store.ts';
import { deleteCallsBefore, insertCalls, tenantsThere } from './call.store.ts';
import type { CallRow } from './call-row.ts';

/** Keeps every call, in batches, so that no call waits for it. */
export interface CallLog {
  add(row: CallRow): void;
  /** Resolves when all that was added is stored, or given up. */
  flush(): Promise<void>;
  /** Deletes what is older than is kept. */
  sweep(): Promise<void>;
  close(): Promise<void>;
}

export interface CallLogOptions {
  readonly db: Db;
  readonly logger: Logger;
  readonly redactFor: (tenantId: string) => Redactor;
  /** 0 is for ever. */
  readonly retentionDays: number;
}

const EVERY_MS = 200;
const BATCH = 500;
/** More than the database takes for long is dropped rather than kept in memory. */
const MOST_WAITING = 20_000;
const LONGEST_BODY = 65_536;
const DELETE_BATCH = 5_000;
const DAY_MS = 86_400_000;

export function createCallLog({ db, logger, redactFor, retentionDays }: CallLogOptions): CallLog {
  let waiting: CallRow[] = [];
  let dropped = 0;
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH);
      waiting = waiting.slice(batch.length);
      await store(batch);
    }
    if (dropped > 0) logger.error({ dropped }, 'calls of models were not logged: the database did not take them in time');
    dropped = 0;
  }

  async function store(batch: readonly CallRow[]): Promise<void> {
    try {
      await insertCalls(
        db,
        batch.map((row) => columnsOf(row, redactFor(row.tenantId))),
      );
    } catch (error) {
      await storeOneByOne(batch, error);
    }
  }

  /** What cannot be stored costs nobody else's row. */
  async function storeOneByOne(batch: readonly CallRow[], cause: unknown): Promise<void> {
    const there = new Set(await tenantsThere(db, [...new Set(batch.map(({ tenantId }) => tenantId))]).catch(() => []));
    for (const row of batch) {
      if (!there.has(row.tenantId)) continue;
      try {
        await insertCalls(db, [columnsOf(row, redactFor(row.tenantId))]);
      } catch (error) {
        logger.error(
          { call: row.id, reason: errorMessage(error), first: errorMessage(cause) },
          'a call of a model was not logged',
        );
      }
    }
  }

  const flush = (): Promise<void> => {
    running ??= drain().finally(() => {
      running = undefined;
    });
    return running;
  };

  return {
    add(row) {
      if (waiting.length >= MOST_WAITING) {
        dropped += 1;
        return;
      }
      waiting.push(row);
      timer ??= setTimeout(() => {
        timer = undefined;
        void flush();
      }, EVERY_MS);
    },
    async flush() {
      await running;
      await flush();
    },
    async sweep() {
      if (retentionDays === 0) return;
      const first = firstIdOf(Date.now() - retentionDays * DAY_MS);
      while ((await deleteCallsBefore(db, first, DELETE_BATCH)) === DELETE_BATCH);
    },
    async close() {
      clearTimeout(timer);
      timer = undefined;
      await running;
      await flush();
    },
  };
}

function columnsOf(row: CallRow, redact: Redactor): CallColumns {
  return {
    id: row.id,
    tenant_id: row.tenantId,
    created_at: new Date(row.createdAt).toISOString(),
    task: row.task,
    model: cut(row.model),
    endpoint_id: row.endpointId,
    endpoint: row.endpoint,
    provider_id: row.providerId,
    provider: row.provider,
    provider_model: row.providerModel,
    protocol: row.protocol,
    is_streamed: row.isStreamed,
    is_cached: row.isCached,
    caller: row.caller,
    api_key_id: row.apiKeyId,
    execution_id: row.executionId,
    trace_id: row.traceId,
    prompt_id: row.promptId,
    prompt_version: row.promptVersion,
    status: row.status,
    http_status: row.httpStatus,
    error_code: row.errorCode,
    error_detail: row.errorDetail === null ? null : cut(String(redact(row.errorDetail)), 2_000),
    attempts: JSON.stringify(row.attempts),
    findings: JSON.stringify(row.findings),
    input_tokens: row.usage.input,
    cache_read_tokens: row.usage.cacheRead,
    cache_write_tokens: row.usage.cacheWrite,
    output_tokens: row.usage.output,
    reasoning_tokens: row.usage.reasoning,
    cost_nanos: row.costNanos,
    latency_ms: Math.round(row.latencyMs),
    first_byte_ms: row.firstByteMs === null ? null : Math.round(row.firstByteMs),
    request: bodyOf(row.request, redact),
    response: bodyOf(row.response, redact),
  };
}

/** NUL and halves of surrogate pairs, as they are written in JSON. */
const UNSTORABLE = /\\u(?:0000|d[89a-f])/;

/** A body as it may be shown, as JSON: redacted, storable, and not without end. */
function bodyOf(body: unknown, redact: Redactor): string | null {
  if (body === undefined || body === null) return null;
  const redacted = redact(typeof body === 'function' ? body() : body);
  const asIs = JSON.stringify(redacted);
  const text = UNSTORABLE.test(asIs) ? JSON.stringify(toStorableJson(redacted)) : asIs;
  return text.length <= LONGEST_BODY ? text : JSON.stringify({ truncated: true, beginning: cut(text, LONGEST_BODY) });
}

function cut(text: string, length = 300): string {
  return text.length <= length ? text.replaceAll('\u0000', '') : text.slice(0, length).toWellFormed().replaceAll('\u0000', '');
}
