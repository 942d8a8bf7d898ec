import { guardrailErrors } from '../errors.ts';

/** What is done with the texts of a call or of a result. */
export interface TextVisitor {
  text(text: string, place: string): Promise<string>;
  /** Of JSON as a text, and of a text that should be JSON. */
  json(json: string, place: string): Promise<string>;
}

/** A JSON value with its texts visited; the same object where nothing changed. */
export async function visitValue<Value>(visitor: TextVisitor, value: Value, place: string): Promise<Value> {
  const json = write(value);
  if (json === undefined) return value;
  const visited = await visitor.json(json, place);
  return visited === json ? value : (JSON.parse(visited) as Value);
}

function write(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    // A cycle, or deeper than the stack: what cannot be looked at does not go out.
    throw guardrailErrors.guardrail_over_budget(
      'A value of the call cannot be looked at by its guardrails: it is nested too deep.',
    );
  }
}

/** Each item of a list, one after the other. */
export async function visitEach<Item>(
  items: readonly Item[],
  visit: (item: Item, index: number) => Promise<Item>,
): Promise<Item[]> {
  const visited: Item[] = [];
  for (const [index, item] of items.entries()) visited.push(await visit(item, index));
  return visited;
}
