/** What stands in for values in one call: the same value has the same placeholder. */
export interface Vault {
  /** Keeps placeholders that stand in what was sent from being given out, so that nobody is given another's value by writing one. */
  reserve(text: string): void;
  /** @param isRestored whether the caller gets the value back for it */
  placeholderOf(label: string, value: string, isRestored: boolean): string;
  /** A text that is taken away where the model repeats it. */
  remove(text: string): void;
  /** Texts of the output, and what they become. */
  replacements(): ReadonlyMap<string, string>;
  /** A text for the model, without the values. */
  hide(text: string): string;
}

/** @example createVault().placeholderOf('EMAIL', 'ada@example.com', true); // '[EMAIL_1]' */
export function createVault(): Vault {
  const reserved = new Set<string>();
  const placeholders = new Map<string, string>();
  const counts = new Map<string, number>();
  const back = new Map<string, string>();

  function next(label: string): string {
    for (let count = (counts.get(label) ?? 0) + 1; ; count += 1) {
      const placeholder = `[${label}_${count}]`;
      if (reserved.has(placeholder)) continue;
      counts.set(label, count);
      return placeholder;
    }
  }

  return {
    reserve(text) {
      for (const [placeholder] of text.matchAll(PLACEHOLDER)) reserved.add(placeholder);
    },
    placeholderOf(label, value, isRestored) {
      const key = `${label} ${value}`;
      const placeholder = placeholders.get(key) ?? next(label);
      placeholders.set(key, placeholder);
      if (isRestored) back.set(placeholder, value);
      return placeholder;
    },
    remove: (text) => void back.set(text, ''),
    replacements: () => back,
    hide(text) {
      let hidden = text;
      for (const [placeholder, value] of back) if (value !== '') hidden = hidden.replaceAll(value, placeholder);
      return hidden;
    },
  };
}

const PLACEHOLDER = /\[[A-Z][A-Z_]{1,30}_\d{1,9}\]/g;
