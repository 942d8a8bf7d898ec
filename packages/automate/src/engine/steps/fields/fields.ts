/**
 * How a field of a configuration is rendered, at every depth below it.
 *
 * | Kind        | Texts below it are                                                            | Comes out as            |
 * | ----------- | ----------------------------------------------------------------------------- | ----------------------- |
 * | `template`  | Liquid; one that is a single `{{ expression }}` keeps the type of its value   | any JSON                |
 * | `text`      | Liquid                                                                        | text                    |
 * | `url`       | Liquid whose values stay within their part of the URL                         | text                    |
 * | `header`    | Liquid whose values hold no line break                                        | text                    |
 * | `rule`      | JSONLogic as a whole                                                          | the value of the rule   |
 * | `condition` | JSONLogic as a whole                                                          | whether it holds        |
 *
 * Those that begin with `secret-` may name secrets. Rules never see any.
 */
export type FieldKind = TemplateKind | `secret-${TemplateKind}` | 'rule' | 'condition';

export type TemplateKind = 'template' | 'text' | 'url' | 'header';

/** A field: its kind, an object whose fields differ, or a list of such. */
export type Field = FieldKind | { readonly fields: Fields } | { readonly each: Field };

/** The fields of a configuration that are templates or rules, by name. */
export interface Fields {
  readonly [name: string]: Field;
}

const KINDS: ReadonlySet<unknown> = new Set([
  'rule',
  'condition',
  ...['template', 'text', 'url', 'header'].flatMap((kind) => [kind, `secret-${kind}`]),
]);

/** @throws TypeError for a kind that is none, so that nobody is given less, or more, than was meant */
export function requireKinds(type: string, fields: Fields): void {
  for (const [name, field] of Object.entries(fields)) {
    if (!isField(field))
      throw new TypeError(`${type}: "${name}" has to be one of ${[...KINDS].join(', ')}, { fields: … } or { each: … }.`);
  }
}

function isField(field: Field | null): boolean {
  if (typeof field !== 'object' || field === null) return KINDS.has(field);
  return 'each' in field ? isField(field.each) : Object.values(field.fields ?? { none: null }).every(isField);
}

/** What is declared for a value within a field; a kind holds for everything below it. */
export function fieldBelow(field: Field | undefined, key: string | number): Field | undefined {
  if (typeof field !== 'object') return field;
  if ('each' in field) return typeof key === 'number' ? field.each : undefined;
  return Object.hasOwn(field.fields, key) ? field.fields[key] : undefined;
}

/** Whether texts there may name secrets. */
export function takesSecrets(field: Field | undefined): boolean {
  return typeof field === 'string' && field.startsWith('secret-');
}

/** How the texts of a field are rendered; undefined for rules and what is no template. */
export function templateKindOf(field: Field): TemplateKind | undefined {
  if (typeof field !== 'string' || field === 'rule' || field === 'condition') return undefined;
  return field.replace(/^secret-/, '') as TemplateKind;
}
