import type { TextFilter } from './text-filter.ts';

/** Longest text that is replaced, without its brackets. */
const MAXIMUM_LENGTH = 60;
const CANDIDATE = new RegExp(`\\[[^\\][<>]{1,${MAXIMUM_LENGTH}}\\]|<[^\\][<>]{1,${MAXIMUM_LENGTH}}>`, 'g');
const OPEN = new RegExp(`[[<][^\\][<>]{0,${MAXIMUM_LENGTH}}$`);

/** A filter that puts other texts in the place of some in `[…]` or `<…>`. */
export function createReplacer(replacements: ReadonlyMap<string, string>): TextFilter {
  let held = '';
  const replace = (text: string): string => text.replace(CANDIDATE, (all) => replacements.get(all) ?? all);
  return {
    push(piece) {
      const text = held + piece;
      // Nothing before the last few characters can be open.
      const tail = Math.max(0, text.length - MAXIMUM_LENGTH - 1);
      const open = OPEN.exec(text.slice(tail));
      const until = open ? tail + open.index : text.length;
      held = text.slice(until);
      return replace(text.slice(0, until));
    },
    end() {
      const rest = held;
      held = '';
      return replace(rest);
    },
  };
}
