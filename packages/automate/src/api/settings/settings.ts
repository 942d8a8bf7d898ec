import type { ApiSettings, SettingValue } from '../../kernel/index.ts';
import { apiErrors } from '../http/errors.ts';

/** A literal default stands for its kind: 25 is a number setting, not the setting that can only be 25. */
export type Widened<Value extends SettingValue> = Value extends string
  ? string
  : Value extends number
    ? number
    : Value extends boolean
      ? boolean
      : readonly string[];

/**
 * A setting of the web layer, of the kind of its default.
 * @throws `invalid_settings` when the value given is not of that kind.
 * @example
 * readSetting(settings, 'PAGE_SIZE', 25); // AUTOMATE_API_PAGE_SIZE=50 → 50
 */
export function readSetting<const Value extends SettingValue>(
  settings: ApiSettings,
  name: string,
  fallback: Value,
): Widened<Value> {
  const given = givenSetting(settings, name);
  return (given === undefined ? fallback : convert(name, given, fallback)) as Widened<Value>;
}

/** A setting as it was given, for what is of no single kind. */
export function givenSetting(settings: ApiSettings, name: string): SettingValue | undefined {
  noteRead(settings, name);
  return Object.hasOwn(settings, name) ? settings[name] : undefined;
}

function noteRead(settings: ApiSettings, name: string): void {
  const read = READ.get(settings);
  if (read) read.add(name);
  else READ.set(settings, new Set([name]));
}

/** Names that were set and that nothing has asked for: misspelt, most likely. */
export function unreadSettings(settings: ApiSettings): string[] {
  const read = READ.get(settings);
  return Object.keys(settings).filter((name) => !read?.has(name));
}

/** Makes the settings reachable while a view is constructed and, for that view, from then on. */
export function constructWith<Instance extends object>(settings: ApiSettings, construct: () => Instance): Instance {
  const outer = constructing;
  constructing = settings;
  try {
    const instance = construct();
    SETTINGS.set(instance, settings);
    return instance;
  } finally {
    constructing = outer;
  }
}

/** The settings of a view; none for one that was made outside of a router, as in a unit test. */
export function settingsOf(view: object): ApiSettings {
  return SETTINGS.get(view) ?? constructing ?? {};
}

const SETTINGS = new WeakMap<object, ApiSettings>();
const READ = new WeakMap<ApiSettings, Set<string>>();
// Views are constructed without arguments, yet their attributes may read settings.
let constructing: ApiSettings | undefined;

const NUMBER = /^-?\d+(\.\d+)?$/;
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

function convert(name: string, given: SettingValue, fallback: SettingValue): SettingValue {
  if (typeof fallback === 'string' && typeof given === 'string') return given;
  if (typeof fallback === 'number') {
    if (typeof given === 'number' && Number.isFinite(given)) return given;
    if (typeof given === 'string' && NUMBER.test(given.trim())) return Number(given);
    throw malformed(name, 'a number');
  }
  if (typeof fallback === 'boolean') {
    if (typeof given === 'boolean') return given;
    const value = typeof given === 'string' ? BOOLEANS.get(given.trim().toLowerCase()) : undefined;
    if (value === undefined) throw malformed(name, 'true or false');
    return value;
  }
  if (Array.isArray(fallback)) {
    if (Array.isArray(given)) return given;
    if (typeof given !== 'string') throw malformed(name, 'a list separated by commas');
    return given.split(',').flatMap((item) => item.trim() || []);
  }
  throw malformed(name, 'text');
}

function malformed(name: string, kind: string) {
  return apiErrors.invalid_settings(`AUTOMATE_API_${name} must be ${kind}.`);
}
