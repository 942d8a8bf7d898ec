export interface DiffLine {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
}

/** Lines beyond which what lies between equal ends is given as a whole: to find the smallest change would take too long. */
const MOST_LINES = 2_000;

/** What turns one text into another, line by line. */
export function lineDiff(before: string, after: string): readonly DiffLine[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  const same = (lines: readonly string[]) => lines.map((text): DiffLine => ({ kind: 'same', text }));
  return [
    ...same(old.slice(0, start)),
    ...between(old.slice(start, old.length - end), now.slice(start, now.length - end)),
    ...same(old.slice(old.length - end)),
  ];
}

function between(old: readonly string[], now: readonly string[]): DiffLine[] {
  const removed = (text: string): DiffLine => ({ kind: 'removed', text });
  const added = (text: string): DiffLine => ({ kind: 'added', text });
  if (old.length === 0 || now.length === 0 || old.length > MOST_LINES || now.length > MOST_LINES)
    return [...old.map(removed), ...now.map(added)];
  const width = now.length + 1;
  // Length of the longest common part of what is behind each pair of lines.
  const common = new Uint16Array((old.length + 1) * width);
  const at = (one: number, other: number) => common[one * width + other] ?? 0;
  for (let one = old.length - 1; one >= 0; one -= 1)
    for (let other = now.length - 1; other >= 0; other -= 1)
      common[one * width + other] =
        old[one] === now[other] ? at(one + 1, other + 1) + 1 : Math.max(at(one + 1, other), at(one, other + 1));
  const lines: DiffLine[] = [];
  let [one, other] = [0, 0];
  while (one < old.length || other < now.length) {
    if (one < old.length && other < now.length && old[one] === now[other]) {
      lines.push({ kind: 'same', text: old[one] ?? '' });
      one += 1;
      other += 1;
    } else if (other >= now.length || (one < old.length && at(one + 1, other) >= at(one, other + 1))) {
      lines.push(removed(old[one] ?? ''));
      one += 1;
    } else {
      lines.push(added(now[other] ?? ''));
      other += 1;
    }
  }
  return lines;
}
