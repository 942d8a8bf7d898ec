import { type InputIssue, type Json, toPointer } from '../../kernel/index.ts';

/** A configuration with its secrets written as templates and rules read them, and the names of all secrets it uses. */
export interface SecretUse {
  readonly config: Json;
  readonly names: readonly string[];
  readonly issues: readonly InputIssue[];
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,99}$/;
const TAG = /\{[{%].*?[}%]\}/gs;
const QUOTED = /"[^"]*"|'[^']*'/g;
const USE = /\bsecrets\b(?:\s*\.\s*([A-Za-z_]\w*)|\s*\[\s*(?:"([^"]*)"|'([^']*)')\s*\])?/g;

/**
 * Finds the secrets that a node's configuration names: `{"$secret": "NAME"}` anywhere, `{{ secrets.NAME }}` in texts, and
 * `{"var": "secrets.NAME"}` in rules. The first becomes one of the others.
 * @param ruleFields top-level fields that hold JSONLogic
 */
export function findSecrets(config: Json, ruleFields: readonly string[] = []): SecretUse {
  const names = new Set<string>();
  const issues: InputIssue[] = [];

  function walk(value: Json, path: readonly (string | number)[], isRule: boolean): Json {
    const report = (message: string) => issues.push({ pointer: toPointer(path), code: 'invalid_secret', message });
    if (typeof value === 'string') {
      if (!isRule && value.includes('secrets')) namesIn(value, report);
      return value;
    }
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((item, index) => walk(item, [...path, index], isRule));
    const record = value as Readonly<Record<string, Json>>;
    if (Object.hasOwn(record, '$secret')) {
      const name = record.$secret;
      if (Object.keys(record).length !== 1 || typeof name !== 'string' || !NAME.test(name)) {
        report('must hold nothing but the name of a secret under "$secret"');
        return null;
      }
      names.add(name);
      return isRule ? { var: `secrets.${name}` } : `{{ secrets.${name} }}`;
    }
    if (isRule && Object.hasOwn(record, 'var')) nameInVariable(record.var as Json, report);
    return Object.fromEntries(Object.entries(record).map(([key, item]) => [key, walk(item, [...path, key], isRule)]));
  }

  function namesIn(text: string, report: (message: string) => void): void {
    for (const [tag] of text.matchAll(TAG)) {
      // A quoted name counts as one only in brackets, so the quotes elsewhere are emptied.
      const code = tag.replace(QUOTED, (quoted, at: number) => (/\[\s*$/.test(tag.slice(0, at)) ? quoted : '""'));
      for (const [, dotted, double, single] of code.matchAll(USE)) {
        const name = dotted ?? double ?? single;
        if (name !== undefined && NAME.test(name)) names.add(name);
        else report('must name each secret, as in {{ secrets.NAME }}');
      }
    }
  }

  function nameInVariable(variable: Json, report: (message: string) => void): void {
    const path = Array.isArray(variable) ? variable[0] : variable;
    if (typeof path !== 'string' || !/^secrets(?:\.|$)/.test(path)) return;
    const name = path.slice('secrets.'.length);
    if (NAME.test(name)) names.add(name);
    else report('must name one secret, as in {"var": "secrets.NAME"}');
  }

  const found =
    typeof config === 'object' && config !== null && !Array.isArray(config)
      ? Object.fromEntries(
          Object.entries(config).map(([key, item]) => [key, walk(item as Json, [key], ruleFields.includes(key))]),
        )
      : config;
  return { config: found, names: [...names].sort(), issues };
}
