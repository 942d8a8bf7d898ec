import type { Json } from '../../kernel/index.ts';
import type { StepType } from '../steps/step-type.ts';

/** What the input of a step depends on, as far as its configuration tells. */
export interface StepReads {
  /** Whether the same scope always gives the same input. */
  readonly isRepeatable: boolean;
  /** Ids of the steps whose outputs it may read; undefined: of any. */
  readonly steps: ReadonlySet<string> | undefined;
}

/** The filters that know what time it is: `date`, and those whose names begin so. */
const TIME = /\|\s*date/;
const STEPS = /\bsteps\b/g;
const NAMED = /^\s*(?:\.\s*([\w-]+)|\[\s*["']([^"']+)["']\s*\])/;

/** Looks for what a configuration reads, once, when it is compiled: what is not understood counts as reading everything. */
export function readsOf(config: Json, kind: StepType['inputKind']): StepReads {
  const text = textsOf(config).join('\n');
  const steps = new Set<string>();
  let isOpen = kind !== 'rendered';
  for (const { index } of text.matchAll(STEPS)) {
    const [, dotted, quoted] = NAMED.exec(text.slice(index + 5, index + 300)) ?? [];
    const id = dotted ?? quoted;
    if (id === undefined) isOpen = true;
    else steps.add(id);
  }
  return { isRepeatable: kind !== 'unique' && !TIME.test(text), steps: isOpen ? undefined : steps };
}

/** Every text in a value, keys included. */
function textsOf(value: Json): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [key, ...textsOf(item as Json)]);
}
