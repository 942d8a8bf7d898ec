import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Reply, TestServer } from '../../src/testing/index.ts';

interface Operation {
  readonly responses: Record<string, { content?: Record<string, { schema?: object }> }>;
}
interface Document {
  readonly paths: Record<string, Record<string, Operation>>;
}

/** Wraps a server's `call` so that every reply is checked against the server's own OpenAPI document. */
export async function withContract(server: TestServer): Promise<TestServer> {
  const document = (await server.call<Document>('GET', '/api/openapi.json')).body;
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ $id: 'openapi', ...document });
  // What is spelled out goes before what a parameter could stand for, as in the router.
  const matchers = Object.entries(document.paths)
    .toSorted(([left], [right]) => left.split('{').length - right.split('{').length)
    .map(([path, operations]) => ({
      path,
      operations,
      pattern: new RegExp(`^${path.replace(/\/$/, '').replace(/\{\w+\}/g, '[^/]+')}/?$`),
    }));

  function check(method: string, path: string, reply: Reply): void {
    const { pathname } = new URL(path, server.url);
    const match = matchers.find(({ pattern }) => pattern.test(pathname));
    const operation = match?.operations[method.toLowerCase()];
    if (!match || !operation) return; // an unknown path or method: there is nothing documented to compare with
    const response = operation.responses[reply.status] ? String(reply.status) : 'default';
    const type = (reply.headers.get('content-type') ?? '').split(';')[0] ?? '';
    const content = operation.responses[response]?.content;
    if (reply.body === '' && !content) return;
    const media = content?.[type];
    if (!media) throw new Error(`${method} ${pathname}: ${reply.status} ${type || 'without content'} is not documented`);
    if (!media.schema || !/json/.test(type)) return;
    const pointer = ['paths', match.path, method.toLowerCase(), 'responses', response, 'content', type, 'schema']
      .map((key) => encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1')))
      .join('/');
    const validate = ajv.getSchema(`openapi#/${pointer}`);
    if (!validate) throw new Error(`${method} ${pathname}: no schema at ${pointer}`);
    if (!validate(reply.body)) {
      throw new Error(
        `${method} ${pathname}: the ${reply.status} reply does not match its schema: ${ajv.errorsText(validate.errors)}`,
      );
    }
  }

  return {
    ...server,
    async call<Body>(...args: Parameters<TestServer['call']>) {
      const reply = await server.call<Body>(...args);
      check(args[0], args[1], reply);
      return reply;
    },
  };
}
