/** What a chart shows of something over time. */
export interface Series {
  readonly key: string;
  readonly label: string;
  /** Class of its colour, as in `c-good`. */
  readonly color: string;
  /** How its line is drawn, so that it differs by more than its colour. */
  readonly stroke?: 'dash' | 'dots';
  /** One a point; null where there is none. */
  readonly values: readonly (number | null)[];
}

/** A place on the axis below. */
export interface Point {
  /** Short, as it stands on the axis. */
  readonly label: string;
  /** Whole, as it is said. */
  readonly exact: string;
  /** Whether more may be added to it. */
  readonly isPartly?: boolean;
}

export interface ChartData {
  readonly points: readonly Point[];
  readonly series: readonly Series[];
  readonly unit: 'count' | 'milliseconds';
  format(value: number): string;
}
