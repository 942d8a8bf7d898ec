import { createApi } from '../../packages/automate/src/api/index.ts';
import { createRegistry } from '../../packages/automate/src/platform/index.ts';
import { builtInFeatures, routerOf } from '../../packages/automate/src/server/index.ts';

/** A JSON Schema, as far as types can say it. */
export type Schema = boolean | { readonly [keyword: string]: unknown };

export interface Media {
  readonly schema?: Schema;
  /** Of a stream: the schema of each event's data, by the event's name. */
  readonly 'x-events'?: Readonly<Record<string, Schema>>;
}

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

export interface DocumentOperation {
  readonly operationId: string;
  readonly summary?: string;
  readonly description?: string;
  readonly deprecated?: boolean;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Media>> }>>;
}

export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentOperation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

/** The document of every built-in route, made without a server: no service is asked for a description. */
export async function builtInDocument(): Promise<Document> {
  const router = await routerOf(createRegistry(builtInFeatures));
  const api = createApi({ router, services: {} as never });
  return JSON.parse(api.openapi()) as Document;
}
