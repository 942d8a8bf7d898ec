import { type Liquid, Output, Tag, type Template, TokenKind, TypeGuards } from 'liquidjs';
import { createEngine } from './engine.ts';

/** What a template does with the `secrets` of its scope. */
export interface SecretUses {
  /** Secrets whose value it writes. */
  readonly names: readonly string[];
  /** What it does with them besides, which nobody may. */
  readonly problems: readonly string[];
}

/** What a secret may be called. */
export const SECRET_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,99}$/;

/** Filters that a value may go through: what comes out holds all of it, and is looked for in what the step leaves behind. */
const WRITING = new Set(
  'append prepend default strip raw json jsonify escape xml_escape url_encode cgi_escape uri_escape base64_encode sha256 hmac_sha256'.split(
    ' ',
  ),
);
/** Filters that may take one beside what they work on. */
const TAKING = new Set(['append', 'prepend', 'default', 'hmac_sha256']);

let engine: Liquid | undefined;

/**
 * How a template uses secrets; undefined when it does not. A value may be written as it is or through a filter that keeps it whole:
 * a condition, a variable or a cut of it would tell it piece by piece. A template that does not parse uses none.
 * @example
 * secretUses('Basic {{ secrets.USER | append: ":" | base64_encode }}'); // { names: ['USER'], problems: [] }
 */
export function secretUses(text: string): SecretUses | undefined {
  // Whoever reaches them either writes the word, or a name in brackets.
  if (!/\{[{%]/.test(text) || !/secrets|\[/.test(text)) return undefined;
  engine ??= createEngine('text');
  const names = new Set<string>();
  const problems = new Set<string>();
  let templates: readonly Template[];
  try {
    templates = engine.parse(text);
  } catch {
    return undefined;
  }
  try {
    look(templates, { names, problems, seen: new Set(), isCaptured: false });
  } catch {
    problems.add('is nested too deeply to tell what it does with secrets');
  }
  return names.size + problems.size > 0 ? { names: [...names], problems: [...problems] } : undefined;
}

/**
 * Whether the host of a URL could be made of a secret, so that it would be looked up and logged. A secret may be the whole beginning
 * of the URL, or stand behind the host.
 */
export function hasSecretHost(url: string): boolean {
  if (!secretUses(url)) return false;
  engine ??= createEngine('text');
  let before = '';
  for (const template of engine.parse(url)) {
    if (/^https?:\/\/[^/?#]+[/?#]/i.test(before)) return false;
    const isSecret = usesSecrets(template);
    if (isSecret && !(template instanceof Output && before === '')) return true;
    if (template.token.kind === TokenKind.HTML) before += (template.token as unknown as { getContent(): string }).getContent();
    else if (template instanceof Output) before += isSecret ? 'https://x' : 'x';
    // Nobody can tell what a tag before the end of the host writes there.
    else return true;
  }
  return false;
}

function usesSecrets(template: Template): boolean {
  const at: Look = { names: new Set(), problems: new Set(), seen: new Set(), isCaptured: false };
  look(template, at);
  return at.names.size + at.problems.size > 0;
}

interface Look {
  readonly names: Set<string>;
  readonly problems: Set<string>;
  readonly seen: Set<object>;
  /** Whether what is written here becomes a variable. */
  readonly isCaptured: boolean;
}

/** A name with what is read of it: `secrets.NAME`. */
interface Access {
  readonly variable: unknown;
  readonly props: readonly unknown[];
}

function isAccess(part: unknown): part is Access {
  return TypeGuards.isPropertyAccessToken(part);
}

/** Looks through everything that a parsed template is made of, so that no tag, known or not, is passed over. */
function look(part: unknown, at: Look): void {
  if (typeof part !== 'object' || part === null || at.seen.has(part)) return;
  at.seen.add(part);
  if (part instanceof Output) lookAtOutput(part, at);
  else if (isAccess(part)) lookAtAccess(part, at);
  else if (Array.isArray(part)) for (const item of part) look(item, at);
  else {
    const inner = part instanceof Tag && part.name === 'capture' ? { ...at, isCaptured: true } : at;
    for (const [key, item] of Object.entries(part)) if (key !== 'liquid') look(item, inner);
  }
}

function lookAtOutput({ value }: Output, at: Look): void {
  const [only, ...more] = value.initial.postfix;
  let isSecret = more.length === 0 && isWritten(only, at);
  if (!isSecret) look(value.initial, at);
  for (const { name, args } of value.filters) {
    for (const argument of args)
      if (TAKING.has(name) && isWritten(argument, at)) isSecret = true;
      else look(argument, at);
    if (isSecret && !WRITING.has(name)) at.problems.add(`may not put a secret through "${name}"`);
  }
}

/** Whether it is `secrets.NAME` where that may stand. */
function isWritten(token: unknown, at: Look): boolean {
  if (at.isCaptured || !isAccess(token) || rootOf(token) !== 'secrets') return false;
  const name = token.props.length === 2 ? literal(token.props[1]) : undefined;
  if (name === undefined || !SECRET_NAME.test(name)) return false;
  at.names.add(name);
  return true;
}

function lookAtAccess(token: Access, at: Look): void {
  const root = rootOf(token);
  if (root === 'secrets') at.problems.add('must write each secret, as in {{ secrets.NAME }}, and nothing may depend on it');
  if (root === undefined) at.problems.add('must write out the first name, since one that is worked out could be "secrets"');
  look([token.variable, ...token.props], at);
}

/** The first name; undefined when it is worked out, and empty for what starts with a value. */
function rootOf({ variable, props }: Access): string | undefined {
  return variable === undefined ? literal(props[0]) : '';
}

function literal(token: unknown): string | undefined {
  if (typeof token !== 'object' || token === null || isAccess(token)) return undefined;
  const { content } = token as { content?: unknown };
  return content === undefined ? undefined : String(content);
}
