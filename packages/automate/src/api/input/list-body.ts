import { z } from 'zod';
import { commonErrors, createPace, type InputIssue, invalidInput } from '../../kernel/index.ts';
import { toInputIssues } from './input-issues.ts';
import { parseJsonBody } from './json-body.ts';
import { jsonElements } from './json-elements.ts';

/** The schema of the elements of a body that may be a list, with how many there may be. */
export interface ListBody {
  readonly element: z.ZodType;
  readonly minimum: number;
  readonly maximum: number;
  /** Whether a single one may be sent too. */
  readonly isAlsoSingle: boolean;
}

/** What a body schema says of a list; undefined when it takes none. */
export function listBodyOf(schema: z.ZodType | undefined): ListBody | undefined {
  const isAlsoSingle = schema instanceof z.ZodUnion;
  const list = isAlsoSingle ? schema.options.find((option) => option instanceof z.ZodArray) : schema;
  if (!(list instanceof z.ZodArray)) return undefined;
  const checks = (list.def.checks ?? []).map(({ _zod }) => _zod.def as { minimum?: number; maximum?: number });
  const minimum = Math.max(0, ...checks.map((check) => check.minimum ?? 0));
  const maximum = Math.min(Number.POSITIVE_INFINITY, ...checks.map((check) => check.maximum ?? Number.POSITIVE_INFINITY));
  return { element: list.element as z.ZodType, minimum, maximum, isAlsoSingle };
}

const MAXIMUM_ISSUES = 20;

/**
 * Reads a long list element by element, each as a body of its own, so that everything else of the process has its turn.
 * @param options.elementBytes most bytes of an element
 * @throws as a body that is read at once
 */
export async function readListBody(
  bytes: Uint8Array,
  { element, minimum, maximum, elementBytes }: ListBody & { readonly elementBytes: number },
): Promise<unknown[]> {
  const pace = createPace();
  const values: unknown[] = [];
  const issues: InputIssue[] = [];
  let count = 0;
  const tooLarge = (place: number) =>
    commonErrors.payload_too_large(`Element ${place} of the list is larger than ${elementBytes.toLocaleString('en')} bytes.`);
  for await (const piece of jsonElements(bytes, { maximum: elementBytes, tooLarge })) {
    if (count === maximum)
      throw invalidInput([{ pointer: '', code: 'too_big', message: `must hold at most ${maximum} elements` }]);
    const parsed = element.safeParse(parseJsonBody(piece));
    if (parsed.success) values.push(parsed.data);
    else issues.push(...toInputIssues(parsed.error, `/${count}`));
    if (issues.length >= MAXIMUM_ISSUES) break;
    count += 1;
    await pace();
  }
  if (issues.length > 0) throw invalidInput(issues);
  if (count < minimum)
    throw invalidInput([{ pointer: '', code: 'too_small', message: `must hold at least ${minimum} elements` }]);
  return values;
}
