export { type Batcher, type BatcherOptions, createBatcher } from './batcher.ts';
export { type Clock, systemClock } from './clock.ts';
export { type Arithmetic, calculate, isExactNumber, isMultipleOf, wouldChange } from './decimal.ts';
export {
  AppError,
  type AppErrorOptions,
  commonErrors,
  defineErrors,
  errorMessage,
  type InputIssue,
  invalidInput,
  issuesOf,
} from './errors.ts';
export {
  type FieldOf,
  type Filter,
  type FilterDefinition,
  type FilterKind,
  type FilterOperator,
  type FilterSet,
  filterBy,
  filterOperators,
  type MemberValue,
  memberFilter,
  type RelatedValue,
} from './filters.ts';
export { type Halved, halve } from './halve.ts';
export type { HostSettings, SettingValue } from './host-settings.ts';
export {
  type IdempotencyClaim,
  type IdempotencyStore,
  type IdempotentRequest,
  keptReplies,
  roomFor,
  type StoredReply,
  sizeOfReply,
  withoutBody,
} from './idempotency.ts';
export { firstIdOf, isUuid, newId, timeOfId } from './ids.ts';
export { includesText } from './includes-text.ts';
export { every } from './interval.ts';
export {
  defaultJsonLimits,
  estimateSize,
  findUnstorable,
  type Json,
  type JsonLimits,
  type JsonObject,
  toPointer,
} from './json.ts';
export { MINIMUM_SECRET_LENGTH, secretsInUse } from './known-secrets.ts';
export { ensureSecretKey, localKeyFile, readLocalKey, writeLocalKey } from './local-secrets.ts';
export { createLogger, type Logger, type LogLevel } from './logger.ts';
export { defineModel, invalidModel, type Model, RAW_PAYLOAD_SCOPE, type Row, requireSound } from './model.ts';
export {
  type CalendarUnit,
  isUnchanged,
  type ListQuery,
  type ModelStore,
  type ModelTransaction,
  narrow,
  type OrderTerm,
  type RelatedQuery,
  type Scope,
  type Tally,
  type TallyQuery,
  type WriteOptions,
} from './model-store.ts';
export { createPace } from './pace.ts';
export { packageVersion } from './package-version.ts';
export { inexactNumberIssue, isJson, numberOutOfRange, parseJson, parseJsonWithTexts } from './parse-json.ts';
export { actorName, hasScope, intersectScopes, type Principal } from './principal.ts';
export { createRedactor, probeRedact, type Redactor } from './redaction.ts';
export { createSecretFinder, type HideSecrets, hideInJson, hideSecrets } from './redaction-secrets.ts';
export { DateTime, Timestamp, TraceId } from './schemas.ts';
export { setting } from './setting.ts';
export {
  type ApiSettings,
  defineSettings,
  Environment,
  featureNames,
  loadSettings,
  programFolders,
  type Settings,
  startingWith,
} from './settings.ts';
export { NotStorable, type Storable, type StorableFault, toStorable, toStorableJson } from './storable.ts';
export { findUnstorableValue, type Unstorable } from './storable-fault.ts';
export { createTenantRedactors } from './tenant-redactors.ts';
export { cutText, storableText } from './text.ts';
export type { ThrottleResult, ThrottleStore, ThrottleWindow } from './throttle.ts';
export { after, type Timer } from './timer.ts';
export { newTraceId, traceIdFrom, traceparentOf } from './trace.ts';
export { turns } from './turn.ts';
