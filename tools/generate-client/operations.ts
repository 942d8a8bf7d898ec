import type { Document, DocumentOperation, Media, Parameter, Schema } from './document.ts';
import { camelCase, resourceName } from './names.ts';

/** An operation as the client offers it. */
export interface ClientOperation {
  readonly id: string;
  readonly resource: string;
  readonly name: string;
  /** Upper case. */
  readonly method: string;
  readonly path: string;
  readonly source: DocumentOperation;
  readonly pathParameters: readonly string[];
  readonly query: readonly Parameter[];
  /** Headers that must be sent and that the client does not know by itself. */
  readonly requiredHeaders: readonly string[];
  readonly takes: Readonly<Record<string, Media>> | undefined;
  readonly gives: Readonly<Record<string, Media>>;
  /** Whether a good reply may have no content. */
  readonly mayBeEmpty: boolean;
  readonly hasKey: boolean;
  /** Schema of the rows when the reply is a page of a list. */
  readonly row: Schema | undefined;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
/** Set through options of their own, or by the client itself. */
const KNOWN_HEADERS = [
  'accept',
  'authorization',
  'content-type',
  'idempotency-key',
  'if-match',
  'if-none-match',
  'last-event-id',
  'x-api-key',
  'x-trace-id',
];

/** All operations of a document, sorted by resource; each resource in the order of the document. */
export function clientOperations(document: Document): ClientOperation[] {
  const all = Object.entries(document.paths).flatMap(([path, methods]) =>
    METHODS.flatMap((method) => (methods[method] ? [{ path, method, source: methods[method] }] : [])),
  );
  const pathsOf = Map.groupBy(all, ({ source }) => basenameOf(source.operationId));
  const operations = all.map(({ path, method, source }): ClientOperation => {
    const [basename = '', ...action] = source.operationId.split('.');
    const paths = (pathsOf.get(basename) ?? []).map((other) => other.path);
    const parameters = source.parameters ?? [];
    const good = Object.entries(source.responses).filter(([status]) => /^[23]/.test(status));
    const gives = sortMedia(Object.assign({}, ...good.map(([, response]) => response.content ?? {})));
    const isRedirect = good.length > 0 && good.every(([status]) => status.startsWith('3'));
    return {
      id: source.operationId,
      resource: resourceName(basename, paths),
      name: camelCase(...action),
      method: method.toUpperCase(),
      path,
      source,
      pathParameters: [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string),
      query: parameters.filter((parameter) => parameter.in === 'query' && !isStreamPosition(parameter, gives)),
      requiredHeaders: parameters.filter(isUnknownHeader).map(({ name }) => name),
      takes: source.requestBody && sortMedia(source.requestBody.content),
      // Where a redirect leads, anything may come.
      gives: isRedirect && Object.keys(gives).length === 0 ? { '*/*': {} } : gives,
      mayBeEmpty: good.some(([status, response]) => status.startsWith('2') && !response.content),
      hasKey: parameters.some(({ name, in: place }) => place === 'header' && name.toLowerCase() === 'idempotency-key'),
      row: method === 'get' ? rowOf(gives['application/json']?.schema, document) : undefined,
    };
  });
  requireUniqueNames(operations);
  return operations.toSorted((left, right) => (left.resource < right.resource ? -1 : left.resource > right.resource ? 1 : 0));
}

/** Whether a media type is one JSON document. */
export function isJson(type: string): boolean {
  return /^application\/(?:[^;]+\+)?json\b/.test(type);
}

function basenameOf(operationId: string): string {
  return operationId.split('.')[0] ?? '';
}

/** JSON first, since it is what a call gives unless it asks for something else; events last. */
function sortMedia(content: Readonly<Record<string, Media>>): Record<string, Media> {
  const rank = (type: string) => (isJson(type) ? 0 : type === 'text/event-stream' ? 2 : 1);
  return Object.fromEntries(Object.entries(content).toSorted(([left], [right]) => rank(left) - rank(right)));
}

/** `last_event_id` is an option of streams, which the client moves on. */
function isStreamPosition({ name }: Parameter, gives: Readonly<Record<string, Media>>): boolean {
  return name === 'last_event_id' && 'text/event-stream' in gives;
}

function isUnknownHeader({ name, in: place, required }: Parameter): boolean {
  return place === 'header' && required === true && !KNOWN_HEADERS.includes(name.toLowerCase());
}

/** A page has `results` and says what is `next`. */
function rowOf(schema: Schema | undefined, document: Document): Schema | undefined {
  if (typeof schema !== 'object') return undefined;
  if (typeof schema.$ref === 'string') {
    return rowOf(document.components?.schemas?.[schema.$ref.split('/').at(-1) ?? ''], document);
  }
  const { results, next } = (schema.properties ?? {}) as Record<string, { items?: Schema } | undefined>;
  return next && results ? results.items : undefined;
}

function requireUniqueNames(operations: readonly ClientOperation[]): void {
  const owners = new Map<string, string>();
  for (const { resource, name, id } of operations) {
    const place = `${resource}.${name}`;
    const owner = owners.get(place);
    if (owner) throw new Error(`${owner} and ${id} would both be ${place}: give one of them another basename or action.`);
    owners.set(place, id);
  }
}
