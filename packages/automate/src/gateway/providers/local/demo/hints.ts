import { cutText } from '../../../../kernel/index.ts';

/** What a text offers for the fields of a form: each number once, and texts that stand out. */
export interface Hints {
  text(name: string): string;
  number(name: string): number | undefined;
  mentions(value: string): boolean;
}

const MAXIMUM_CHARACTERS = 4_000;

export function createHints(source: string): Hints {
  const text = source.slice(0, MAXIMUM_CHARACTERS);
  const numbers = (text.match(/-?\d{1,12}(?:\.\d{1,6})?/g) ?? []).map(Number);
  const quoted = [...text.matchAll(/["“']([^"”'\n]{1,200})["”']/g)].map(([, inner = '']) => inner);
  // A name: words in capitals that do not begin a sentence.
  const names = [...text.matchAll(/(?<=[\p{Ll},;:] )\p{Lu}[\p{L}-]*(?: \p{Lu}[\p{L}-]*){0,5}/gu)].map(([name]) => name);
  const offered = [...quoted, ...names.filter((name) => !quoted.includes(name))];
  const lower = text.toLowerCase();
  return {
    text: (name) => after(text, name) ?? offered.shift() ?? (cutText(text.trim().replaceAll(/\s+/g, ' '), 80) || 'demo'),
    number(name) {
      const found = Number(after(text, name) ?? Number.NaN);
      return Number.isFinite(found) ? found : numbers.shift();
    },
    mentions: (value) => value !== '' && lower.includes(value.toLowerCase()),
  };
}

/** What stands behind a name and a colon or an equals sign. */
function after(text: string, name: string): string | undefined {
  if (name === '') return undefined;
  const lower = text.toLowerCase();
  const at = lower.indexOf(name.toLowerCase().replaceAll('_', ' '));
  const [, found] = at < 0 ? [] : (/^\s*(?:is|[:=])\s*"?([^",;\n]{1,80})/i.exec(text.slice(at + name.length)) ?? []);
  return found?.trim().replace(/[.?!]$/, '');
}
