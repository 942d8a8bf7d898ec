import { type InputIssue, type Json, toPointer } from '../../kernel/index.ts';
import { type Field, type Fields, fieldBelow, takesSecrets } from '../steps/fields/fields.ts';
import { SECRET_NAME, secretUses } from '../templates/secret-uses.ts';

/** A configuration with its secrets written as templates read them, and the names of all secrets it uses. */
export interface SecretUse {
  readonly config: Json;
  readonly names: readonly string[];
  /** `secret_refused` where none may be used, `invalid_secret` where one is not written as it should be. */
  readonly issues: readonly InputIssue[];
}

const REFUSED =
  'secrets may not be used here: their values go into the fields that a step sends to the hosts of the secret, such as "headers" of "http.request"';

/**
 * Finds the secrets that a node's configuration names: `{"$secret": "NAME"}` and `{{ secrets.NAME }}` in the fields of its type that
 * take them. Anywhere else, in whatever spelling, it is an issue: in other fields, in keys, and in rules wherever they stand.
 */
export function findSecrets(config: Json, { fields = {} }: { readonly fields?: Fields } = {}): SecretUse {
  const names = new Set<string>();
  const issues: InputIssue[] = [];
  const found = walk(config, [], { fields });
  return { config: found, names: [...names].sort(), issues };

  function walk(value: Json, path: readonly (string | number)[], field: Field | undefined): Json {
    const report = (code: string, message: string, at = path) => issues.push({ pointer: toPointer(at), code, message });
    const isAllowed = takesSecrets(field);
    if (typeof value === 'string') {
      const uses = secretUses(value);
      if (uses && !isAllowed) report('secret_refused', REFUSED);
      for (const name of isAllowed ? (uses?.names ?? []) : []) names.add(name);
      for (const problem of isAllowed ? (uses?.problems ?? []) : []) report('invalid_secret', problem);
      return value;
    }
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((item, index) => walk(item, [...path, index], fieldBelow(field, index)));
    const record = value as Readonly<Record<string, Json>>;
    if (Object.hasOwn(record, '$secret')) {
      const name = record.$secret;
      const isName = Object.keys(record).length === 1 && typeof name === 'string' && SECRET_NAME.test(name);
      if (!isAllowed) report('secret_refused', REFUSED);
      else if (isName) names.add(name);
      else report('invalid_secret', 'must hold nothing but the name of a secret under "$secret"');
      return isName ? `{{ secrets.${name} }}` : null;
    }
    if (!isAllowed && readsSecrets(record)) report('secret_refused', REFUSED);
    const entries = Object.entries(record).map(([key, item]) => {
      if (secretUses(key)) report('secret_refused', REFUSED, path.length === 0 ? [key] : path);
      return [key, walk(item, [...path, key], fieldBelow(field, key))] as const;
    });
    return Object.fromEntries(entries);
  }
}

/** Issues for whatever uses secrets in something that is no step: settings, triggers. */
export function refuseSecrets(value: unknown, pointer: string): InputIssue[] {
  return findSecrets({ '': value } as Json).issues.map((issue) => ({ ...issue, pointer: `${pointer}${issue.pointer.slice(1)}` }));
}

/** Operators of JSONLogic that read a path, with which of their operands hold it. */
const PATHS: Readonly<Record<string, (operands: readonly Json[]) => readonly Json[]>> = {
  var: (operands) => operands.slice(0, 1),
  val: (operands) => operands,
  exists: (operands) => operands,
  missing: (operands) => operands,
  missing_some: (operands) => operands.slice(1),
};

/** Whether it is an operation that reads secrets, whatever the rest of the rule is: as written, or by a path that is worked out. */
function readsSecrets(operation: Readonly<Record<string, Json>>): boolean {
  return Object.entries(PATHS).some(([operator, pathsOf]) => {
    if (!Object.hasOwn(operation, operator)) return false;
    const operand = operation[operator] as Json;
    return pathsOf(Array.isArray(operand) ? operand : [operand]).some(isPathToSecrets);
  });
}

/** One that is put together of pieces counts too. What depends on the event is not known here, and finds no secrets when it runs. */
function isPathToSecrets(path: Json): boolean {
  return [...textsOf(path), piecesOf(path).join('')].some((text) => /^\s*secrets\s*(?:\.|$)/.test(text));
}

/** The texts that a path is put together of, without what is read from elsewhere. */
function piecesOf(value: Json): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || Object.keys(PATHS).some((operator) => Object.hasOwn(value, operator)))
    return [];
  return Object.values(value).flatMap((item) => piecesOf(item as Json));
}

function textsOf(value: Json): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap((item) => textsOf(item as Json)) : [];
}
