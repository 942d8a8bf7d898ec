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
export { type Authenticator, apiKeyAuthenticator, badCredentials, type SecuritySchemes } from './access/authentication.ts';
export { MemoryThrottleStore } from './access/memory-throttle-store.ts';
export { AllowAny, allow, HasScope, IsAuthenticated, IsStaff, type Permission } from './access/permissions.ts';
export { addressKey, type RateKey, type RateRule, type RateText, rate } from './access/rate.ts';
export { createFastifyServer, type FastifyServerOptions } from './adapters/fastify.ts';
export { fastifyPlugin } from './adapters/fastify-plugin.ts';
export { createFetchHandler, type FetchHandler } from './adapters/fetch.ts';
export { createNodeHandler, type NodeHandler } from './adapters/node.ts';
export { type ApiOptions, createApi } from './create-api.ts';
export { DocsFileView, DocsView, documentationRouter, OpenAPIView } from './documentation/views.ts';
export { type HealthCheck, type HealthService, healthRouter, LiveView, ReadyView } from './health/health.ts';
export type { ApiFacts, Context, MaybePromise, RouteFacts } from './http/context.ts';
export { apiErrors, requirePrincipal } from './http/errors.ts';
export {
  type EventSource,
  type EventStream,
  eventStream,
  lastEventIdOf,
  SequenceId,
  type StreamEvent,
} from './http/event-stream.ts';
export { PROBLEM_CONTENT_TYPE, PROBLEM_TYPE_BASE, type Problem, toProblem, toProblemReply } from './http/problem.ts';
export { html, RawReply, type RawReplyOptions, type ReplyHead, raw, redirect, text } from './http/reply.ts';
export { type ApiRequest, headerOf, type RawQuery } from './http/request.ts';
// A star, since TypeScript merges augmentations of `AppServices` through a star only.
export * from './http/services.ts';
export { inputError, toInputIssues } from './input/input-issues.ts';
export {
  MAX_LIMIT,
  type Page,
  PageQuery,
  type PageWindow,
  type PaginateOptions,
  pageBehind,
  pageOf,
  paginate,
} from './lists/pagination.ts';
export { keysetPagination, type Pagination, pageNumberPagination, unpaginated } from './lists/pagination-styles.ts';
export { many, one, type Relation, type Relations, relation } from './lists/relations.ts';
export { requireScope } from './lists/requested-list.ts';
export { type Configurable, ConfigurableMixin } from './mixins/configurable.ts';
export type { Ctor } from './mixins/constructor.ts';
export { CORSMixin, type CORSPolicy } from './mixins/cors.ts';
export { type PublicAPI, PublicAPIMixin } from './mixins/public-api.ts';
export { type RateLimited, RateLimitMixin } from './mixins/rate-limit.ts';
export { StaffOnlyMixin } from './mixins/staff-only.ts';
export { type TenantFiltered, TenantFilterMixin } from './mixins/tenant-filter.ts';
export { listQueryOf, routesOf } from './models/list-query-of.ts';
export { BaseModelViewSet } from './models/model-viewset.ts';
export { BaseReadOnlyViewSet } from './models/read-only-viewset.ts';
export type { ClientOfApi } from './openapi/client-sample.ts';
export { buildOpenAPI, type OpenAPIOptions } from './openapi/document.ts';
export { type Operation, View } from './operations/base-view.ts';
// The first of these a host's declarations have to name, wherever it extends a viewset through a mixin.
export type {
  ActionOptions,
  ClassOf,
  ContextFor,
  Fits,
  HttpMethod,
  MethodName,
  OperationOptions,
  RowOf,
} from './operations/operation.ts';
export type { Api } from './requests/api.ts';
export { MemoryIdempotencyStore } from './requests/memory-idempotency-store.ts';

export type { Route } from './routing/route.ts';
export { ApiRouter, type RegisterOptions } from './routing/router.ts';
export { readSetting } from './settings/settings.ts';
export { type PolicyDirectives, pagePolicy, writePolicy } from './static/content-security-policy.ts';
export {
  type FileVariant,
  type StaticFile,
  type StaticFiles,
  type StaticFilesOptions,
  staticFiles,
} from './static/static-files.ts';
export { StaticView } from './static/static-view.ts';
export { exportQuerySchema, exportRows } from './transfer/export.ts';
export { ImportReport } from './transfer/import.ts';
export { mediaTypes as exportTypes } from './transfer/upload.ts';
export { type ActionDecorator, action } from './views/action.ts';
export { BaseAPIView } from './views/view.ts';
export { type ActionArguments, BaseViewSet, type StandardAction } from './views/viewset.ts';
