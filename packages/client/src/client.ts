import { call, sortArguments } from './call.ts';
import { type AutomateClient, operations } from './generated/index.ts';
import type { Operation, OperationTable } from './operation.ts';
import type { ClientOptions } from './options.ts';
import { pagesOf, rowsOf } from './pagination.ts';
import { createTransport, type Transport } from './transport.ts';

/**
 * A client of the HTTP API. Every method takes the path parameters, then the query of a GET or the body of another
 * request, then options.
 * @example
 * const automate = createClient({ baseUrl: 'https://automate.example.com', token });
 * const { id } = await automate.workflows.create({ name: 'Orders', graph });
 * for await (const workflow of automate.workflows.iterate({ is_live: true })) console.log(workflow.name);
 */
export function createClient(options: ClientOptions = {}): AutomateClient {
  // The table and the type are generated from the same document.
  return bind(operations, createTransport(options)) as unknown as AutomateClient;
}

type Method = (...given: unknown[]) => unknown;

/** The methods of a table of operations. */
export function bind(table: OperationTable, transport: Transport): Record<string, Record<string, Method>> {
  return mapValues(table, (resource) => {
    const methods = mapValues<Operation, Method>(resource, (operation) => {
      return (...given) => call(transport, operation, sortArguments(operation, given));
    });
    for (const [name, operation] of Object.entries(resource)) {
      if (!operation.isPaged) continue;
      const suffix = name === 'list' ? '' : (name[0] ?? '').toUpperCase() + name.slice(1);
      methods[`iterate${suffix}`] = (...given) => rowsOf(transport, operation, given);
      methods[`pages${suffix}`] = (...given) => pagesOf(transport, operation, given);
    }
    return methods;
  });
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
