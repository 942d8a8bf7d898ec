import { blockedTerms } from './blocked-terms/blocked-terms.ts';
import type { GuardrailType } from './guardrail-type.ts';
import { jsonSchema } from './json-schema/json-schema.ts';
import { personalData } from './personal-data/personal-data.ts';
import { untrustedMarks } from './untrusted-marks/untrusted-marks.ts';

/** Kinds of guardrails by their names. */
export type GuardrailTypes = ReadonlyMap<string, GuardrailType>;

const builtIn = [personalData, blockedTerms, jsonSchema, untrustedMarks] as readonly unknown[] as readonly GuardrailType[];

/** Ours and those of the host. @throws TypeError when two have one name */
export function createGuardrailTypes(own: Iterable<GuardrailType> = []): GuardrailTypes {
  const types = new Map<string, GuardrailType>();
  for (const type of [...builtIn, ...own]) {
    if (types.has(type.type)) throw new TypeError(`Two guardrails have the type "${type.type}".`);
    types.set(type.type, type);
  }
  return types;
}
