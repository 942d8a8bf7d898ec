import { type InputIssue, isMultipleOf, type Json, type JsonObject, toPointer } from '../../kernel/index.ts';
import { formats } from './schema-formats.ts';
import { isKnownKeyword } from './schema-grammar.ts';

/** Looks at a value by a schema, for all schemas and values of one check together. */
const MAXIMUM_WORK = 200_000;
const MAXIMUM_ISSUES = 20;
/** Characters that are gone through in the time of a look. */
const CHARACTERS_OF_A_LOOK = 64;

/**
 * What is wrong with a value by a schema, with pointers into the value. A schema that would need too many looks at too much data judges
 * nothing: the value is refused.
 */
export function checkValue(schema: Json, value: Json): InputIssue[] {
  try {
    const check = new Check();
    check.value(schema, value, []);
    return check.issues;
  } catch (error) {
    if (error instanceof CannotJudge) return [{ pointer: '', code: error.code, message: error.message }];
    throw error;
  }
}

class CannotJudge extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

type Path = readonly (string | number)[];

class Check {
  readonly issues: InputIssue[] = [];
  #work = 0;

  /** Whether the value meets the schema. What is wrong is noted, unless there is another way to meet it. */
  value(schema: Json, value: Json, path: Path, isNoted = true): boolean {
    this.#spend(1);
    if (typeof schema === 'boolean') return schema || this.#report(path, 'not_allowed', 'is not allowed', isNoted);
    if (!isObject(schema)) return true;
    const unknown = Object.keys(schema).find((name) => JUDGING.has(name) && !isKnownKeyword(name));
    if (unknown !== undefined)
      throw new CannotJudge(
        'invalid_schema',
        `cannot be judged: the schema has the keyword "${unknown}", which cannot be used any more`,
      );
    this.#spend(Object.keys(schema).length);
    if (!hasType(schema.type, value)) return this.#report(path, 'invalid_type', `must be ${typeText(schema.type)}`, isNoted);
    const kind = Array.isArray(value) ? this.#list(schema, value, path, isNoted) : this.#kind(schema, value, path, isNoted);
    // In this order, and all of them: whoever sends data is told everything at once.
    return [kind, this.#values(schema, value, path, isNoted), this.#combined(schema, value, path, isNoted)].every(Boolean);
  }

  #kind(schema: JsonObject, value: Json, path: Path, isNoted: boolean): boolean {
    if (typeof value === 'string') return this.#text(schema, value, path, isNoted);
    if (typeof value === 'number') return this.#number(schema, value, path, isNoted);
    return isObject(value) ? this.#object(schema, value, path, isNoted) : true;
  }

  #text({ minLength, maxLength, format }: JsonObject, value: string, path: Path, isNoted: boolean): boolean {
    this.#spend(value.length / CHARACTERS_OF_A_LOOK);
    const length = minLength === undefined && maxLength === undefined ? 0 : [...value].length;
    if (typeof minLength === 'number' && length < minLength)
      return this.#report(path, 'too_small', `must have at least ${minLength} characters`, isNoted);
    if (typeof maxLength === 'number' && length > maxLength)
      return this.#report(path, 'too_big', `must have at most ${maxLength} characters`, isNoted);
    if (typeof format !== 'string' || formats.get(format)?.(value) !== false) return true;
    return this.#report(path, 'invalid_format', `must be of the format "${format}"`, isNoted);
  }

  #number(schema: JsonObject, value: number, path: Path, isNoted: boolean): boolean {
    const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
    if (typeof minimum === 'number' && value < minimum)
      return this.#report(path, 'too_small', `must be at least ${minimum}`, isNoted);
    if (typeof exclusiveMinimum === 'number' && value <= exclusiveMinimum)
      return this.#report(path, 'too_small', `must be more than ${exclusiveMinimum}`, isNoted);
    if (typeof maximum === 'number' && value > maximum)
      return this.#report(path, 'too_big', `must be at most ${maximum}`, isNoted);
    if (typeof exclusiveMaximum === 'number' && value >= exclusiveMaximum)
      return this.#report(path, 'too_big', `must be less than ${exclusiveMaximum}`, isNoted);
    if (typeof multipleOf !== 'number' || isMultipleOf(value, multipleOf)) return true;
    return this.#report(path, 'not_multiple_of', `must be a multiple of ${multipleOf}`, isNoted);
  }

  #object(schema: JsonObject, value: JsonObject, path: Path, isNoted: boolean): boolean {
    const { properties, required, additionalProperties, propertyNames, minProperties, maxProperties } = schema;
    const known = isObject(properties) ? properties : {};
    const names = Object.keys(value);
    const missing = (Array.isArray(required) ? required : []).filter((name) => !Object.hasOwn(value, String(name)));
    this.#spend(names.length + (Array.isArray(required) ? required.length : 0));
    const unknown: string[] = [];
    let isMet = true;
    for (const name of missing) isMet = this.#report([...path, String(name)], 'required', 'is required', isNoted) && isMet;
    if (typeof minProperties === 'number' && names.length < minProperties)
      isMet = this.#report(path, 'too_small', `must have at least ${minProperties} fields`, isNoted);
    if (typeof maxProperties === 'number' && names.length > maxProperties)
      isMet = this.#report(path, 'too_big', `must have at most ${maxProperties} fields`, isNoted);
    for (const name of names) {
      const at = [...path, name];
      if (propertyNames !== undefined && !this.value(propertyNames, name, at, isNoted)) isMet = false;
      if (Object.hasOwn(known, name)) isMet = this.value(known[name] as Json, value[name] as Json, at, isNoted) && isMet;
      else if (additionalProperties === false) unknown.push(name);
      else if (additionalProperties !== undefined)
        isMet = this.value(additionalProperties, value[name] as Json, at, isNoted) && isMet;
    }
    if (unknown.length > 0) {
      const shown = unknown.slice(0, 5).map((name) => JSON.stringify(name.slice(0, 50)));
      isMet = this.#report(path, 'unrecognized_keys', `has fields that are not known: ${shown.join(', ')}`, isNoted);
    }
    return isMet;
  }

  #list(schema: JsonObject, value: readonly Json[], path: Path, isNoted: boolean): boolean {
    const { prefixItems, items, contains, minContains, maxContains, minItems, maxItems, uniqueItems } = schema;
    if (typeof minItems === 'number' && value.length < minItems)
      return this.#report(path, 'too_small', `must have at least ${minItems} items`, isNoted);
    if (typeof maxItems === 'number' && value.length > maxItems)
      return this.#report(path, 'too_big', `must have at most ${maxItems} items`, isNoted);
    const first = Array.isArray(prefixItems) ? prefixItems : Array.isArray(items) ? items : [];
    const rest = Array.isArray(items) ? undefined : items;
    let isMet = true;
    for (const [index, item] of value.entries()) {
      const wanted = index < first.length ? (first[index] as Json) : rest;
      if (wanted !== undefined && !this.value(wanted, item, [...path, index], isNoted)) isMet = false;
    }
    if (uniqueItems === true && new Set(value.map((item) => this.#canonical(item))).size < value.length)
      isMet = this.#report(path, 'not_unique', 'must not hold the same item twice', isNoted);
    if (contains === undefined) return isMet;
    const count = value.filter((item) => this.value(contains, item, path, false)).length;
    if (count < (typeof minContains === 'number' ? minContains : 1))
      return this.#report(path, 'too_small', 'does not hold enough items of the kind that it has to hold', isNoted);
    if (typeof maxContains === 'number' && count > maxContains)
      return this.#report(path, 'too_big', 'holds too many items of a kind', isNoted);
    return isMet;
  }

  #values(schema: JsonObject, value: Json, path: Path, isNoted: boolean): boolean {
    const allowed = Object.hasOwn(schema, 'const') ? [schema.const as Json] : schema.enum;
    if (!Array.isArray(allowed)) return true;
    const wanted = this.#canonical(value);
    if (allowed.some((one) => this.#canonical(one) === wanted)) return true;
    return this.#report(path, 'invalid_value', 'is not one of the values that are allowed', isNoted);
  }

  #combined({ allOf, anyOf, oneOf, not }: JsonObject, value: Json, path: Path, isNoted: boolean): boolean {
    let isMet = true;
    for (const part of Array.isArray(allOf) ? allOf : []) isMet = this.value(part, value, path, isNoted) && isMet;
    if (Array.isArray(anyOf) && !anyOf.some((part) => this.value(part, value, path, false)))
      isMet = this.#report(path, 'invalid_union', 'fits none of the forms that are allowed', isNoted);
    if (Array.isArray(oneOf) && oneOf.filter((part) => this.value(part, value, path, false)).length !== 1)
      isMet = this.#report(path, 'invalid_union', 'must fit exactly one of the forms that are allowed', isNoted);
    if (not !== undefined && this.value(not, value, path, false))
      isMet = this.#report(path, 'not_allowed', 'is of a form that is not allowed', isNoted);
    return isMet;
  }

  /** The same text for values that are equal in JSON's sense. */
  #canonical(value: Json): string {
    this.#spend(typeof value === 'string' ? 1 + value.length / CHARACTERS_OF_A_LOOK : 1);
    if (typeof value !== 'object' || value === null) return JSON.stringify(value);
    if (Array.isArray(value)) return `[${value.map((item) => this.#canonical(item)).join()}]`;
    const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${this.#canonical(item)}`).join()}}`;
  }

  #report(path: Path, code: string, message: string, isNoted: boolean): false {
    if (isNoted && this.issues.length < MAXIMUM_ISSUES) this.issues.push({ pointer: toPointer(path), code, message });
    return false;
  }

  #spend(looks: number): void {
    this.#work += looks;
    if (this.#work > MAXIMUM_WORK)
      throw new CannotJudge('too_large', 'cannot be judged: so much data by such a schema takes too long');
  }
}

/** Keywords of JSON Schema that would decide about data, and that a schema from before may have. */
const JUDGING = new Set([
  'pattern',
  'patternProperties',
  '$ref',
  '$dynamicRef',
  'if',
  'dependentSchemas',
  'dependentRequired',
  'unevaluatedItems',
  'unevaluatedProperties',
]);

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasType(types: Json | undefined, value: Json): boolean {
  if (types === undefined) return true;
  return (Array.isArray(types) ? types : [types]).some((type) => isOfType(type, value));
}

function isOfType(type: Json, value: Json): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isObject(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

function typeText(types: Json | undefined): string {
  return (Array.isArray(types) ? types : [types]).join(' or ');
}
