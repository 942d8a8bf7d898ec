// What a host needs of the kernel to write views.
export {
  AppError,
  commonErrors,
  DateTime,
  defineErrors,
  defineModel,
  type FilterSet,
  filterBy,
  invalidInput,
  isUuid,
  type Model,
  type ModelStore,
  narrow,
  newId,
  type Principal,
  type Row,
  type Scope,
  type SettingValue,
  Timestamp,
} from '../kernel/index.ts';
export { type ActionDecorator, action } from './action.ts';
export { createFastifyServer, type FastifyServerOptions } from './adapters/fastify.ts';
export { fastifyPlugin } from './adapters/fastify-plugin.ts';
export { createFetchHandler, type FetchHandler } from './adapters/fetch.ts';
export { createNodeHandler, type NodeHandler } from './adapters/node.ts';
export { type Api, type ApiOptions, createApi } from './api.ts';
export { type Authenticator, apiKeyAuthenticator, badCredentials } from './authentication.ts';
export { type Operation, View } from './base-view.ts';
export type { ApiFacts, Context, MaybePromise, RouteFacts } from './context.ts';
export {
  DocsScriptView,
  DocsStylesView,
  DocsView,
  documentationRouter,
  OpenAPIView,
} from './documentation/views.ts';
export { apiErrors, requirePrincipal } from './errors.ts';
export { type EventSource, type EventStream, eventStream, lastEventIdOf, SequenceId, type StreamEvent } from './event-stream.ts';
export { type HealthCheck, type HealthService, healthRouter, LiveView, ReadyView } from './health.ts';
export { MemoryIdempotencyStore } from './idempotency-store.ts';
export { inputError, toInputIssues } from './input-issues.ts';
export { type Configurable, ConfigurableMixin } from './mixins/configurable.ts';
export type { Ctor } from './mixins/constructor.ts';
export { CORSMixin, type CORSPolicy } from './mixins/cors.ts';
export { type PublicAPI, PublicAPIMixin } from './mixins/public-api.ts';
export { type RateLimited, RateLimitMixin } from './mixins/rate-limit.ts';
export { StaffOnlyMixin } from './mixins/staff-only.ts';
export { type TenantFiltered, TenantFilterMixin } from './mixins/tenant-filter.ts';
export { BaseModelViewSet } from './model-viewset.ts';
export { buildOpenAPI } from './openapi.ts';
// The first of these a host's declarations have to name, wherever it extends a viewset through a mixin.
export type { ActionOptions, ClassOf, ContextFor, Fits, HttpMethod, MethodName, OperationOptions, RowOf } from './operation.ts';
export {
  MAX_LIMIT,
  type Page,
  PageQuery,
  type PageWindow,
  type PaginateOptions,
  pageBehind,
  pageOf,
  paginate,
} from './pagination.ts';
export { keysetPagination, type Pagination, pageNumberPagination, unpaginated } from './pagination-styles.ts';
export { AllowAny, allow, HasScope, IsAuthenticated, IsStaff, type Permission } from './permissions.ts';
export { PROBLEM_CONTENT_TYPE, PROBLEM_TYPE_BASE, type Problem, toProblem, toProblemReply } from './problem.ts';
export { BaseReadOnlyViewSet, requireScope } from './read-only-viewset.ts';
export { many, one, type Relation, type Relations, relation } from './relations.ts';
export { html, RawReply, type RawReplyOptions, type ReplyHead, raw, redirect, text } from './reply.ts';
export { type ApiRequest, headerOf, type RawQuery } from './request.ts';
export type { Route } from './route.ts';
export { ApiRouter, type RegisterOptions } from './router.ts';
// A star, since TypeScript merges augmentations of `AppServices` through a star only.
export * from './services.ts';
export { readSetting } from './settings.ts';
export { MemoryThrottleStore } from './throttle-store.ts';
export { addressKey, type RateKey, type RateRule, type RateText, rate } from './throttling.ts';
export { exportQuerySchema, exportRows } from './transfer/export.ts';
export { ImportReport } from './transfer/import.ts';
export { mediaTypes as exportTypes } from './transfer/upload.ts';
export { BaseAPIView } from './view.ts';
export { type ActionArguments, BaseViewSet, type StandardAction } from './viewset.ts';
