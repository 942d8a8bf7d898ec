import type { Media } from './document.ts';
import { camelCase, pascalCase } from './names.ts';
import { type ClientOperation, isJson } from './operations.ts';
import { comment, toType } from './schema-types.ts';

const STREAM = 'text/event-stream';
const SENT = { prefix: 'schemas.' };

/** The types and the table of one resource, without imports. */
export function emitResource(resource: string, operations: readonly ClientOperation[]): string {
  const type = pascalCase(resource);
  const queries = operations.filter(({ query }) => query.length > 0).map((operation) => queryType(operation));
  const methods = operations.flatMap((operation) => [...overloads(operation), ...iterators(operation)]);
  const rows = operations.map((operation) => `${JSON.stringify(operation.name)}: ${tableRow(operation)},`);
  return [
    ...queries,
    `export interface ${type} {\n${methods.join('\n')}\n}`,
    `export const ${resource} = {\n${rows.join('\n')}\n} as const satisfies Readonly<Record<string, Operation>>;`,
  ].join('\n\n');
}

function queryType(operation: ClientOperation): string {
  const fields = operation.query.map(({ name, required, description, schema }) => {
    const type = toType(schema, { ...SENT, isQuery: true });
    return `${comment(description)}readonly ${JSON.stringify(name)}${required ? `: ${type}` : `?: ${type} | undefined`};`;
  });
  return `export type ${queryName(operation)} = {\n${fields.join('\n')}\n};`;
}

const queryName = ({ resource, name }: ClientOperation) => `${pascalCase(resource)}${capitalize(name)}Query`;

/** The special forms first: an error is told about the last, which is the plain one. */
function* overloads(operation: ClientOperation): Generator<string> {
  const about = comment(
    operation.source.summary,
    operation.source.description,
    `\`${operation.method} ${operation.path}\``,
    operation.source.deprecated && '@deprecated',
  );
  const types = Object.entries(operation.gives);
  const [first] = types;
  for (const [type, media] of types.slice(1)) {
    if (first && isJson(first[0]) && isJson(type)) continue;
    const accepting = `Accepting<${JSON.stringify(type)}>`;
    const base = type === STREAM ? 'StreamOptions' : operation.method === 'GET' ? 'CallOptions' : 'WriteOptions';
    yield comment(`As ${type}.`) +
      signature(operation, { base: `${base} & ${accepting}`, isRequired: true, ...returned(type, media) });
  }
  if (!first) {
    yield about + signature(operation, { base: baseOptions(operation), result: 'Call<undefined>' });
    return;
  }
  if (first[0] === STREAM) {
    yield about + signature(operation, { base: 'StreamOptions', ...returned(STREAM, first[1]) });
    return;
  }
  const { result } = returned(first[0], first[1], operation);
  if (operation.method === 'GET' && isJson(first[0])) {
    const conditional = `Call<${result.slice(5, -1)} | undefined>`;
    yield comment('Gives undefined when it still has this ETag.') +
      signature(operation, { base: 'ConditionalOptions', isRequired: true, result: conditional });
  }
  yield about + signature(operation, { base: baseOptions(operation), result });
}

function* iterators(operation: ClientOperation): Generator<string> {
  if (!operation.row) return;
  const suffix = operation.name === 'list' ? '' : capitalize(operation.name);
  const row = toType(operation.row, SENT);
  const base = { base: 'ReadOptions', isIterator: true };
  yield comment('The rows of all pages, asked for as they are needed.') +
    signature(operation, { ...base, name: `iterate${suffix}`, result: `AsyncGenerator<${row}, void, undefined>` });
  yield comment('The pages, asked for as they are needed.') +
    signature(operation, { ...base, name: `pages${suffix}`, result: `AsyncGenerator<PageOf<${row}>, void, undefined>` });
}

interface Form {
  readonly base: string;
  readonly result: string;
  readonly generics?: string;
  readonly name?: string;
  readonly isRequired?: boolean;
  readonly isIterator?: boolean;
}

function signature(operation: ClientOperation, form: Form): string {
  const { options, isRequired } = optionsType(operation, form);
  const given = operation.pathParameters.map((name) => `${camelCase(name)}: string`);
  const input = inputType(operation, form.isIterator === true);
  if (input)
    given.push(
      input.isRequired ? `input: ${input.type}` : isRequired ? `input: ${input.type} | undefined` : `input?: ${input.type}`,
    );
  given.push(`options${isRequired ? '' : '?'}: ${options}`);
  const named = operation.method === 'GET' ? 'query' : 'body';
  const list = given.join(', ').replace(/\binput(\??): /, `${named}$1: `);
  return `${form.name ?? operation.name}${form.generics ?? ''}(${list}): ${form.result};`;
}

function inputType(operation: ClientOperation, isIterator: boolean): { type: string; isRequired: boolean } | undefined {
  if (operation.method === 'GET') {
    if (operation.query.length === 0) return { type: 'NoQuery', isRequired: false };
    const type = isIterator ? `IterateQuery<${queryName(operation)}>` : queryName(operation);
    return { type, isRequired: operation.query.some(({ required }) => required) };
  }
  if (!operation.takes) return undefined;
  const parts = Object.entries(operation.takes).map(([type, media]) =>
    isJson(type) ? toType(media.schema ?? true, SENT) : 'Upload',
  );
  return { type: [...new Set(parts)].join(' | '), isRequired: operation.source.requestBody?.required !== false };
}

function optionsType(operation: ClientOperation, form: Form): { options: string; isRequired: boolean } {
  const parts = [form.base];
  let isRequired = form.isRequired === true;
  if (operation.method !== 'GET' && operation.query.length > 0) {
    const mustQuery = operation.query.some(({ required }) => required);
    parts.push(`{ readonly query${mustQuery ? '' : '?'}: ${queryName(operation)} }`);
    isRequired ||= mustQuery;
  }
  const takes = Object.keys(operation.takes ?? {});
  if (takes.length > 1) parts.push(`{ readonly contentType?: ${takes.map((type) => JSON.stringify(type)).join(' | ')} }`);
  if (operation.requiredHeaders.length > 0) {
    parts.push(
      `{ readonly headers: { ${operation.requiredHeaders.map((name) => `readonly ${JSON.stringify(name)}: string`).join('; ')} } }`,
    );
    isRequired = true;
  }
  return { options: parts.join(' & '), isRequired };
}

const baseOptions = ({ method }: ClientOperation) => (method === 'GET' ? 'ReadOptions' : 'WriteOptions');

/** What a method gives for a media type. */
function returned(type: string, media: Media, operation?: ClientOperation): { result: string; generics?: string } {
  if (type === STREAM) {
    const events = media['x-events'];
    if (!events) return { result: 'EventStream<Events>', generics: '<Events extends EventMap = EventMap>' };
    const kinds = Object.entries(events).map(([name, schema]) => `${JSON.stringify(name)}: ${toType(schema, SENT)}`);
    return { result: `EventStream<{ ${kinds.join('; ')} }>` };
  }
  if (!isJson(type)) return { result: 'Call<Response>' };
  if (operation?.row) return { result: `Call<PageOf<${toType(operation.row, SENT)}>>` };
  // Of other JSON types the document only says that they are text, which they are on the wire.
  const isText = type !== 'application/json' && JSON.stringify(media.schema) === '{"type":"string"}';
  const json = isText ? 'unknown' : toType(media.schema ?? true, SENT);
  return { result: `Call<${json}${operation?.mayBeEmpty && json !== 'unknown' ? ' | undefined' : ''}>` };
}

function tableRow(operation: ClientOperation): string {
  const gives = Object.keys(operation.gives);
  return JSON.stringify({
    id: operation.id,
    method: operation.method,
    path: operation.path,
    ...(operation.takes && { takes: Object.keys(operation.takes) }),
    ...(gives.length > 0 && { gives }),
    ...(operation.hasKey && operation.method === 'POST' && { hasKey: true }),
    ...(operation.row && { isPaged: true }),
  });
}

function capitalize(word: string): string {
  return (word[0] ?? '').toUpperCase() + word.slice(1);
}
