/** What the generated code says about an operation. */
export interface Operation {
  /** `basename.action`, as in the OpenAPI document. */
  readonly id: string;
  readonly method: string;
  /** With `{name}` for parameters. */
  readonly path: string;
  /** Media types of the body, JSON first; missing when there is no body. */
  readonly takes?: readonly string[];
  /** Media types of a good reply, JSON first; missing when it has no content. */
  readonly gives?: readonly string[];
  /** Whether the server answers a repeated `Idempotency-Key` with the first reply. */
  readonly hasKey?: boolean;
  /** Whether the reply is a page of a list. */
  readonly isPaged?: boolean;
}

/** Operations by resource and name. */
export type OperationTable = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

/** Whether a media type is one JSON document. */
export function isJson(type: string): boolean {
  return /^application\/(?:[^;]+\+)?json\b/.test(type);
}
