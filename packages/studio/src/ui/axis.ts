/** Idle time beyond this is drawn shorter. */
const GAP_MS = 10_000;
/** Percent of the width that such a gap takes. */
const GAP_WIDTH = 7;

export interface Gap {
  readonly x: number;
  readonly width: number;
  readonly milliseconds: number;
}

export interface Axis {
  /** Where a time stands, percent. */
  at(time: number): number;
  readonly gaps: readonly Gap[];
  readonly begin: number;
  readonly end: number;
}

export type Span = readonly [from: number, to: number];

/** An axis on which all bars fit. @param busy when something works @param closesGaps whether idle time is drawn short */
export function axisOver(
  busy: readonly Span[],
  { begin, end, closesGaps }: { begin: number; end: number; closesGaps: boolean },
): Axis {
  const idle = closesGaps ? idleTimes(busy, begin, end) : [];
  const gapWidth = Math.min(GAP_WIDTH, 60 / Math.max(idle.length, 1));
  const busyMs = Math.max(end - begin - idle.reduce((sum, [from, to]) => sum + to - from, 0), 1);
  const perMs = (100 - gapWidth * idle.length) / busyMs;
  const at = (time: number) => {
    let x = 0;
    let cursor = begin;
    for (const [from, to] of idle) {
      if (time <= from) break;
      x += (from - cursor) * perMs;
      x += gapWidth * Math.min((time - from) / (to - from), 1);
      cursor = Math.min(to, time);
    }
    return Math.min(Math.max(x + Math.max(time - cursor, 0) * perMs, 0), 100);
  };
  return { at, begin, end, gaps: idle.map(([from, to]) => ({ x: at(from), width: gapWidth, milliseconds: to - from })) };
}

/** Times of more than ten seconds in which nothing works. */
function idleTimes(busy: readonly Span[], begin: number, end: number): readonly Span[] {
  const idle: Span[] = [];
  let until = begin;
  for (const [from, to] of [...busy.toSorted(([one], [other]) => one - other), [end, end] as const]) {
    if (from - until > GAP_MS) idle.push([until, from]);
    until = Math.max(until, to);
  }
  return idle;
}
