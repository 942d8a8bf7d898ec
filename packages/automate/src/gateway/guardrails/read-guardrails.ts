import { toInputIssues } from '../../api/index.ts';
import type { InputIssue } from '../../kernel/index.ts';
import type { GuardrailAction, GuardrailSettings, GuardrailType, Side } from './guardrail-type.ts';
import type { GuardrailTypes } from './guardrail-types.ts';

/** One guardrail of an endpoint. */
export interface ReadGuardrail {
  readonly type: GuardrailType;
  readonly settings: GuardrailSettings<unknown>;
}

const MAXIMUM_GUARDRAILS = 20;

/**
 * Reads the list `[{ type, on, action, … }]` of an endpoint. `on` and `action` may be left out where the type has only one.
 * @param pointer where the list stands
 */
export function readGuardrails(
  value: unknown,
  types: GuardrailTypes,
  pointer: string,
): { read: ReadGuardrail[]; issues: InputIssue[] } {
  const issues: InputIssue[] = [];
  if (!Array.isArray(value))
    return { read: [], issues: [{ pointer, code: 'invalid_type', message: 'must be a list of guardrails' }] };
  if (value.length > MAXIMUM_GUARDRAILS)
    return { read: [], issues: [{ pointer, code: 'too_big', message: `must have at most ${MAXIMUM_GUARDRAILS} guardrails` }] };
  const read = value.flatMap((entry, index) => readEntry(entry, types, `${pointer}/${index}`, issues) ?? []);
  return { read, issues };
}

function readEntry(entry: unknown, types: GuardrailTypes, pointer: string, issues: InputIssue[]): ReadGuardrail | undefined {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry))
    return void issues.push({ pointer, code: 'invalid_type', message: 'must be an object with a type' });
  const { type: name, on, action, ...rest } = entry as Record<string, unknown>;
  const type = typeof name === 'string' ? types.get(name) : undefined;
  if (!type) {
    const known = [...types.keys()];
    return void issues.push({
      pointer: `${pointer}/type`,
      code: 'unknown_guardrail',
      message: `must be one of ${known.join(', ')}`,
      known,
    });
  }
  const side = choose<Side | 'both'>(on, type.on, `${pointer}/on`, issues);
  const chosen = choose<GuardrailAction>(action, type.actions, `${pointer}/action`, issues);
  const parsed = type.config.safeParse(rest);
  if (!parsed.success) return void issues.push(...toInputIssues(parsed.error, pointer));
  const others = type.issues?.(parsed.data) ?? [];
  issues.push(...others.map((issue) => ({ ...issue, pointer: pointer + issue.pointer })));
  if (!side || !chosen || others.length > 0) return undefined;
  return { type, settings: { on: side, action: chosen, config: parsed.data } };
}

function choose<Option extends string>(
  given: unknown,
  options: readonly Option[],
  pointer: string,
  issues: InputIssue[],
): Option | undefined {
  if (given === undefined && options.length === 1) return options[0];
  const found = options.find((option) => option === given);
  if (found === undefined) {
    const code = given === undefined ? 'required' : 'invalid_value';
    issues.push({ pointer, code, message: `must be ${options.join(' or ')}`, known: options });
  }
  return found;
}
