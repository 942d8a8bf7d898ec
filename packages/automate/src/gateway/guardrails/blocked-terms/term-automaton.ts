import { isWordEnd, isWordStart, isWordUnit } from '../text/characters.ts';
import type { Match, Scan, Search } from '../text/scan-filter.ts';

/** A term as it is searched for in folded texts. */
export interface Term {
  readonly text: string;
  /** Whether it may begin, or end, within a word. */
  readonly isOpenBefore: boolean;
  readonly isOpenAfter: boolean;
}

interface Node {
  readonly next: Map<number, Node>;
  readonly depth: number;
  fail: Node | undefined;
  /** The term that ends here. */
  term: (Term & { readonly kind: string }) | undefined;
  /** The nearest node on the way of failures at which one ends. */
  shorter: Node | undefined;
}

/** Finds all terms in one go through a text, however many there are (Aho and Corasick); of two that overlap the first, then the longest. */
export interface TermAutomaton {
  scan(text: string, search: Search): Scan;
}

export function createTermAutomaton(terms: readonly Term[]): TermAutomaton {
  const root = node(0);
  for (const [index, term] of terms.entries()) add(root, term, `term_${index + 1}`);
  link(root);
  return { scan: (text, search) => scan(root, text, search) };
}

function node(depth: number): Node {
  return { next: new Map(), depth, fail: undefined, term: undefined, shorter: undefined };
}

function add(root: Node, term: Term, kind: string): void {
  let at = root;
  for (let index = 0; index < term.text.length; index += 1) {
    const unit = term.text.charCodeAt(index);
    const next = at.next.get(unit) ?? node(at.depth + 1);
    at.next.set(unit, next);
    at = next;
  }
  const known = at.term;
  const isOpenBefore = term.isOpenBefore || known?.isOpenBefore === true;
  const isOpenAfter = term.isOpenAfter || known?.isOpenAfter === true;
  at.term = { text: term.text, kind: known?.kind ?? kind, isOpenBefore, isOpenAfter };
}

function link(root: Node): void {
  const queue: Node[] = [root];
  for (const at of queue)
    for (const [unit, next] of at.next) {
      next.fail = at === root ? root : step(at.fail as Node, unit);
      next.shorter = next.fail.term ? next.fail : next.fail.shorter;
      queue.push(next);
    }
}

function step(from: Node, unit: number): Node {
  for (let at: Node | undefined = from; at; at = at.fail) {
    const next = at.next.get(unit);
    if (next) return next;
    if (!at.fail) return at;
  }
  return from;
}

function scan(root: Node, text: string, { from, isEnd }: Search): Scan {
  /** The longest term that begins at a place. */
  const longest = new Map<number, Match>();
  let at = root;
  for (let index = from; index < text.length; index += 1) {
    at = step(at, text.charCodeAt(index));
    const end = index + 1;
    if (end === text.length && !isEnd) break;
    for (let ended = at.term ? at : at.shorter; ended?.term; ended = ended.shorter) {
      const start = end - ended.depth;
      if (isWhole(text, start, end, ended.term)) longest.set(start, { start, end, kind: ended.term.kind });
    }
  }
  return firstOnes(longest, { from, decided: isEnd ? text.length : text.length - at.depth });
}

function firstOnes(longest: ReadonlyMap<number, Match>, { from, decided }: { from: number; decided: number }): Scan {
  const matches: Match[] = [];
  let cursor = from;
  for (const match of [...longest.values()].sort((one, other) => one.start - other.start)) {
    if (match.start >= decided) break;
    if (match.start < cursor) continue;
    matches.push(match);
    cursor = match.end;
  }
  return { matches, decided: Math.max(cursor, decided) };
}

/** Whether no word goes on before and behind it, where that matters. */
function isWhole(text: string, start: number, end: number, { isOpenBefore, isOpenAfter }: Term): boolean {
  const isFreeBefore = isOpenBefore || !isInWords(text.charCodeAt(start)) || isWordStart(text, start);
  return isFreeBefore && (isOpenAfter || !isInWords(text.charCodeAt(end - 1)) || isWordEnd(text, end));
}

/** Whether a character stands in words that are told apart: Chinese, Japanese, Thai and some others are written without spaces. */
function isInWords(unit: number): boolean {
  if (!isWordUnit(unit)) return false;
  return (
    unit < 0x0e00 ||
    !/[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}]/u.test(String.fromCharCode(unit))
  );
}
