export { type Batcher, type BatcherOptions, createBatcher } from './batcher.ts';
export { type Clock, systemClock } from './clock.ts';
export {
  AppError,
  type AppErrorOptions,
  commonErrors,
  defineErrors,
  errorMessage,
  type InputIssue,
  invalidInput,
} from './errors.ts';
export { isUuid, newId } from './ids.ts';
export { estimateSize, findUnstorable, type Json, type JsonLimits, type JsonObject, toPointer, toStorableJson } from './json.ts';
export { createLogger, type Logger, type LogLevel } from './logger.ts';
export {
  defineModel,
  type Filter,
  type FilterDefinition,
  type FilterOperator,
  type ListQuery,
  type Model,
  type ModelStore,
  type OrderTerm,
  type Row,
  type Scope,
} from './model.ts';
export { hasScope, type Principal } from './principal.ts';
export { createRedactor, probeRedact, type Redactor } from './redaction.ts';
export { Timestamp, TraceId } from './schemas.ts';
export { type ApiSettings, loadSettings, type Settings } from './settings.ts';
export { newTraceId, traceIdFrom, traceparentOf } from './trace.ts';
