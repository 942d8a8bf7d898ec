import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Reply, TestServer } from '../../src/testing/index.ts';

/** A JSON Schema as far as the tests look into one. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly propertyNames?: Schema;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly description?: string;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'query' | 'path' | 'header';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

type Content = Readonly<Record<string, { readonly schema?: Schema }>>;

interface Described {
  readonly operationId: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content; readonly headers?: object }>>;
  readonly security: readonly object[];
}

export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** One operation of the document. */
export interface Operation extends Described {
  readonly method: string;
  readonly path: string;
}

/** The document of a server, ready to hold requests and replies against it. */
export interface Contract {
  readonly document: Document;
  readonly operations: readonly Operation[];
  /** @throws Error when the reply is not as documented; unknown paths and methods are passed over. */
  check(method: string, path: string, reply: Reply): void;
  /** The operation that a request is for. */
  operationAt(method: string, path: string): Operation | undefined;
  /** Whether a body is one that the operation's schema allows. */
  accepts(operation: Operation, body: unknown): boolean;
}

export async function contractOf(server: TestServer): Promise<Contract> {
  const document = (await server.call<Document>('GET', '/api/openapi.json')).body;
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ $id: 'openapi', ...document });
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]): Operation => ({ ...described, path, method: method.toUpperCase() })),
  );
  const matchers = Object.keys(document.paths).map((path) => ({
    path,
    pattern: new RegExp(`^${path.replace(/\/$/, '').replace(/\{\w+\}/g, '[^/]+')}/?$`),
    parameters: (path.match(/\{/g) ?? []).length,
  }));
  // `/notes/stats/` is meant before `/notes/{id}/`.
  matchers.sort((left, right) => left.parameters - right.parameters);

  function validator(...keys: readonly string[]): ValidateFunction {
    const pointer = keys.map((key) => encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
    const validate = ajv.getSchema(`openapi#/${pointer}`);
    if (!validate) throw new Error(`no schema at ${pointer}`);
    return validate;
  }

  return {
    document,
    operations,
    operationAt(method, path) {
      const at = matchers.find(({ pattern }) => pattern.test(new URL(path, server.url).pathname))?.path;
      return operations.find((operation) => operation.path === at && operation.method === method);
    },
    check(method, path, reply) {
      const { pathname } = new URL(path, server.url);
      const match = matchers.find(({ pattern }) => pattern.test(pathname));
      const operation = match && document.paths[match.path]?.[method.toLowerCase()];
      if (!match || !operation) return; // an unknown path or method: there is nothing documented to compare with
      const response = operation.responses[reply.status] ? String(reply.status) : 'default';
      const type = (reply.headers.get('content-type') ?? '').split(';')[0] ?? '';
      const content = operation.responses[response]?.content;
      if (reply.body === '' && !content) return;
      // Bytes of whatever type are no value that a schema could check.
      if (content?.['*/*'] && reply.status < 300) return;
      const media = content?.[type];
      if (!media) throw new Error(`${method} ${pathname}: ${reply.status} ${type || 'without content'} is not documented`);
      if (!media.schema || !/json/.test(type)) return;
      const validate = validator('paths', match.path, method.toLowerCase(), 'responses', response, 'content', type, 'schema');
      if (!validate(reply.body)) {
        throw new Error(
          `${method} ${pathname}: the ${reply.status} reply does not match its schema: ${ajv.errorsText(validate.errors)}`,
        );
      }
    },
    accepts({ path, method }, body) {
      const keys = ['paths', path, method.toLowerCase(), 'requestBody', 'content', 'application/json', 'schema'];
      return validator(...keys)(body) === true;
    },
  };
}

/** Wraps a server's `call` so that every reply is checked against the server's own OpenAPI document. */
export async function withContract(server: TestServer): Promise<TestServer> {
  const { check } = await contractOf(server);
  return {
    ...server,
    async call<Body>(...args: Parameters<TestServer['call']>) {
      const reply = await server.call<Body>(...args);
      check(args[0], args[1], reply);
      return reply;
    },
  };
}
