// A form made from a JSON Schema of an object: a field for each property.
import { element } from './dom.js';

/**
 * @typedef {object} Schema JSON Schema, as far as it makes a field
 * @property {string} [type]
 * @property {string} [title]
 * @property {string} [description]
 * @property {string} [format]
 * @property {readonly unknown[]} [enum]
 * @property {unknown} [default]
 * @property {number} [minLength]
 * @property {number} [maxLength]
 * @property {Readonly<Record<string, Schema>>} [properties]
 * @property {readonly string[]} [required]
 */

/** A text that may be longer gets a field of several lines. */
const LONG_TEXT = 200;
/** @type {Readonly<Record<string, string>>} */
const INPUTS = { date: 'date', 'date-time': 'datetime-local', time: 'time', email: 'email', uri: 'url' };

/**
 * @param {Schema} schema
 * @returns {HTMLElement[]}
 */
export function fieldsOf({ properties = {}, required = [] }) {
  // A list keeps its order on the way through a database; the properties of an object do not.
  const needed = [...new Set(required)].filter((key) => Object.hasOwn(properties, key));
  const others = Object.keys(properties).filter((key) => !required.includes(key));
  return [...needed, ...others].map((key, index) =>
    fieldOf(key, /** @type {Schema} */ (properties[key]), index < needed.length, `data-${index}`),
  );
}

/**
 * What was filled in, by property. What was left empty is left out; what does not fit its type is sent as it is, and refused.
 * @param {Schema} schema
 * @param {HTMLFormElement} form
 */
export function valuesOf({ properties = {} }, form) {
  const given = new FormData(form);
  /** @type {[string, unknown][]} */
  const values = [];
  for (const [key, schema] of Object.entries(properties)) {
    const text = given.get(nameOf(key));
    if (schema.type === 'boolean' && !schema.enum) values.push([key, text !== null]);
    else if (typeof text === 'string' && text !== '') values.push([key, readAs(schema, text)]);
  }
  return Object.fromEntries(values);
}

/**
 * The name of a field is the pointer to its value, without the first slash: that is how what is refused finds it.
 * @param {string} key
 */
function nameOf(key) {
  return `data/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/**
 * @param {Schema} schema
 * @param {string} text
 * @returns {unknown}
 */
function readAs(schema, text) {
  if (schema.enum) return JSON.parse(text);
  if (schema.type === 'string') return schema.format === 'date-time' ? inUtc(text) : text;
  if (schema.type === 'number' || schema.type === 'integer') return isKept(text) ? Number(text) : text;
  try {
    return JSON.parse(text, asKept);
  } catch {
    return text;
  }
}

/**
 * A number that would change stays the text that it is, for the server to refuse.
 * @param {string} _key
 * @param {unknown} value
 * @param {{ source?: string }} [context] which browsers of before 2024 do not give
 */
function asKept(_key, value, context) {
  return isChanged(value, context?.source) ? context?.source : value;
}

/** @param {string} text whether the number it is can be kept */
function isKept(text) {
  return Number.isFinite(Number(text)) && !isChanged(Number(text), text.trim());
}

/**
 * @param {unknown} value
 * @param {string} [source] what it was read from
 */
function isChanged(value, source) {
  return (
    typeof value === 'number' &&
    Math.abs(value) >= 2 ** 53 &&
    source !== undefined &&
    /^-?\d+$/.test(source) &&
    BigInt(source) !== BigInt(value)
  );
}

/** @param {string} text a date and time where the browser is */
function inUtc(text) {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? text : date.toISOString();
}

/**
 * @param {string} key
 * @param {Schema} schema
 * @param {boolean} isRequired
 * @param {string} id
 */
function fieldOf(key, schema, isRequired, id) {
  const control = controlOf(schema, isRequired);
  control.id = id;
  control.setAttribute('name', nameOf(key));
  control.setAttribute('aria-describedby', `${id}-hint ${id}-error`);
  const isBox = control.getAttribute('type') === 'checkbox';
  if (isRequired && !isBox) control.setAttribute('required', '');
  const label = element('label', { for: id }, schema.title ?? key);
  const error = element('p', { class: 'error', id: `${id}-error` });
  const hint = element('p', { class: 'hint', id: `${id}-hint` }, hintOf(schema, isRequired || isBox));
  return isBox
    ? element('div', { class: 'field' }, element('div', { class: 'check' }, control, label), hint, error)
    : element('div', { class: 'field' }, label, control, hint, error);
}

/**
 * @param {Schema} schema
 * @param {boolean} isRequired
 */
function hintOf({ type = '', description = '', enum: choices }, isRequired) {
  const isPlain = choices !== undefined || ['string', 'number', 'integer', 'boolean'].includes(type);
  return [description, ...(isRequired ? [] : ['Optional.']), ...(isPlain ? [] : ['As JSON.'])]
    .filter((part) => part !== '')
    .join(' ');
}

/**
 * @param {Schema} schema
 * @param {boolean} isRequired
 * @returns {HTMLElement}
 */
function controlOf(schema, isRequired) {
  const { type, format = '', default: preset, maxLength } = schema;
  if (schema.enum) return selectOf(schema.enum, preset, isRequired);
  if (type === 'boolean') return element('input', { type: 'checkbox', value: 'true', ...(preset === true && { checked: '' }) });
  const text = preset === undefined ? '' : typeof preset === 'string' ? preset : JSON.stringify(preset);
  if (type === 'number' || type === 'integer')
    return element('input', {
      type: 'text',
      inputmode: type === 'integer' ? 'numeric' : 'decimal',
      autocomplete: 'off',
      value: text,
    });
  if (type !== 'string') return element('textarea', { rows: '4', spellcheck: 'false' }, text);
  const limit = maxLength === undefined ? undefined : { maxlength: String(maxLength) };
  if (format === 'multiline' || (maxLength !== undefined && maxLength > LONG_TEXT))
    return element('textarea', { rows: '5', ...limit }, text);
  return element('input', { type: INPUTS[format] ?? 'text', autocomplete: 'off', value: text, ...limit });
}

/**
 * @param {readonly unknown[]} choices
 * @param {unknown} preset
 * @param {boolean} isRequired
 */
function selectOf(choices, preset, isRequired) {
  const options = choices.map((choice) => {
    const value = JSON.stringify(choice);
    const isChosen = value === JSON.stringify(preset);
    return element('option', { value, ...(isChosen && { selected: '' }) }, typeof choice === 'string' ? choice : value);
  });
  const isOpen = !isRequired || preset === undefined;
  return element('select', {}, ...(isOpen ? [element('option', { value: '' }, isRequired ? 'Choose…' : '–')] : []), ...options);
}
