import { z } from 'zod';

export type JsonSchema = Readonly<Record<string, unknown>>;
/** Whether what is sent is described, or what is returned. */
export type Direction = 'input' | 'output';

/**
 * Collects JSON Schemas and their named parts (`.meta({ id })`). A name stands for what is returned; where what is sent
 * differs (defaults make a field optional), the sent form is `<name>Input`.
 */
export class SchemaCollector {
  readonly #parts: Readonly<Record<Direction, Map<string, JsonSchema>>> = { input: new Map(), output: new Map() };

  /** The schema as it stands in a document, to be passed to `resolve` once all are collected. */
  add(schema: z.ZodType, direction: Direction): JsonSchema {
    const { $schema: _, $defs, ...root } = toJsonSchema(schema, direction);
    for (const [name, part] of Object.entries(($defs ?? {}) as Record<string, JsonSchema>)) this.#put(name, part, direction);
    return mark(root, direction);
  }

  /** What a marked reference stands for. */
  find(reference: string): JsonSchema | undefined {
    const [, direction, name = ''] = /^#(input|output)\/(.+)$/.exec(reference) ?? [];
    const part = direction && this.#parts[direction as Direction].get(name);
    return part ? mark(part, direction as Direction) : undefined;
  }

  /** All named parts, under the names that `resolve` gives them. */
  components(): Record<string, JsonSchema> {
    const components: Record<string, JsonSchema> = {};
    for (const direction of ['output', 'input'] as const) {
      for (const [name, part] of this.#parts[direction]) {
        components[this.#nameOf(name, direction)] ??= this.resolve(mark(part, direction));
      }
    }
    return Object.fromEntries(Object.entries(components).toSorted(([left], [right]) => left.localeCompare(right)));
  }

  /** Turns the marked references of a document into references to its components. */
  resolve<Value>(document: Value): Value {
    const text = JSON.stringify(document);
    const resolved = text.replaceAll(/"#(input|output)\/([^"]+)"/g, (_, direction: Direction, name: string) => {
      return `"#/components/schemas/${this.#nameOf(name, direction)}"`;
    });
    return JSON.parse(resolved) as Value;
  }

  #put(name: string, part: JsonSchema, direction: Direction): void {
    const known = this.#parts[direction].get(name);
    if (known && JSON.stringify(known) !== JSON.stringify(part)) {
      throw new Error(`Two different schemas have the id "${name}": give one of them another id.`);
    }
    this.#parts[direction].set(name, part);
  }

  #nameOf(name: string, direction: Direction): string {
    return direction === 'input' && this.#differs(name, new Set()) ? `${name}Input` : name;
  }

  /** Whether the two forms of a part differ, in itself or in a part it refers to. */
  #differs(name: string, visited: Set<string>): boolean {
    if (visited.has(name)) return false;
    visited.add(name);
    const sent = this.#parts.input.get(name);
    const returned = this.#parts.output.get(name);
    if (!sent || !returned) return false;
    const text = JSON.stringify(sent);
    if (text !== JSON.stringify(returned)) return true;
    return [...text.matchAll(/"#\/\$defs\/([^"]+)"/g)].some(([, other]) => this.#differs(other as string, visited));
  }
}

function toJsonSchema(schema: z.ZodType, io: Direction): Record<string, unknown> {
  return z.toJSONSchema(schema, {
    io,
    // What JSON Schema cannot say is left open rather than guessed.
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      // zod marks every returned object as closed; clients must be able to live with fields that come later.
      const { def } = zodSchema._zod as { def: { type: string; catchall?: unknown } };
      if (def.type === 'object' && !def.catchall) delete jsonSchema.additionalProperties;
    },
  }) as Record<string, unknown>;
}

function mark(schema: JsonSchema, direction: Direction): JsonSchema {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', `"#${direction}/`)) as JsonSchema;
}
