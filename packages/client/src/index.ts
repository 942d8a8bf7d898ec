export { createClient } from './client.ts';
export { AutomateError, type InputIssue, isAutomateError } from './errors.ts';
export { createEventParser, type EventParser, type ParsedEvent } from './event-parser.ts';
export type { EventMap, EventStream, ServerEvent } from './event-stream.ts';
export type { AutomateClient } from './generated/index.ts';
export type * from './generated/schemas.ts';
export type {
  Accepting,
  CallOptions,
  ClientOptions,
  ConditionalOptions,
  OutgoingRequest,
  ReadOptions,
  StreamOptions,
  WriteOptions,
} from './options.ts';
export type { Call, IterateQuery, PageOf, Reply, Upload } from './reply.ts';
export { createRequester, type Requester, type RequestOptions } from './request.ts';
export type { StudioHost, StudioModule } from './studio-module.ts';
