import { type InputIssue, invalidInput } from '../../kernel/index.ts';
import type { GuardrailAction, GuardrailCall, RunningGuardrail, Side } from './guardrail-type.ts';
import type { GuardrailTypes } from './guardrail-types.ts';
import { readGuardrails } from './read-guardrails.ts';

/** The guardrails of an endpoint, made ready once for all its calls. */
export interface CompiledGuardrail {
  readonly type: string;
  readonly on: Side | 'both';
  readonly action: GuardrailAction;
  begin(call: GuardrailCall): RunningGuardrail;
}

/** What is wrong with the guardrails of an endpoint. @param pointer where their list stands */
export function guardrailIssues(value: unknown, types: GuardrailTypes, pointer = ''): InputIssue[] {
  return readGuardrails(value, types, pointer).issues;
}

/** @throws AppError `invalid_input`; an endpoint with a guardrail that is not known any more answers nothing */
export function compileGuardrails(value: unknown, types: GuardrailTypes): readonly CompiledGuardrail[] {
  const { read, issues } = readGuardrails(value, types, '/guardrails');
  if (issues.length > 0) throw invalidInput(issues);
  return read.map(({ type, settings }) => ({
    type: type.type,
    on: settings.on,
    action: settings.action,
    begin: type.compile(settings),
  }));
}
