import { type Redactor, toStorableJson } from '../../kernel/index.ts';
import type { CallColumns } from './call.store.ts';
import type { CallRow } from './call-row.ts';

const LONGEST_BODY = 65_536;

/** A call as it is stored: nothing secret, nothing without end. */
export function columnsOf(row: CallRow, redact: Redactor): CallColumns {
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
    step: row.step,
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
