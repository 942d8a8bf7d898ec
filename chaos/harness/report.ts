import { percentile, report } from '../../bench/harness/figures.ts';
import type { DatabaseKind } from '../../packages/automate/src/testing/index.ts';
import { LEASE_SECONDS } from './installation.ts';
import type { Outcome } from './scenario.ts';

export interface TableRow {
  readonly name: string;
  readonly kind: DatabaseKind;
  readonly outcome: Outcome;
  readonly seconds: number;
}

/** Prints each figure of an outcome as a benchmark does; nothing for what was not run. */
export function reportOutcome({ name, kind, outcome }: TableRow): void {
  if (outcome.notRun) return;
  const bench = `chaos/${name}/${kind}`;
  const none = { of: 'value', atMost: 0 } as const;
  report({ bench, figure: 'acknowledged', unit: 'requests', values: [outcome.acknowledged] });
  report({ bench, figure: 'executions', unit: 'executions', values: [outcome.executions] });
  report({ bench, figure: 'faults', unit: 'faults', values: [outcome.faults] });
  report({ bench, figure: 'lost', unit: 'executions', values: [outcome.lost], target: none });
  report({ bench, figure: 're_run', unit: 'effects', values: [outcome.reRun], target: none });
  report({ bench, figure: 'duplicates', unit: 'effects', values: [outcome.duplicates] });
  if (outcome.resumed.length > 0) {
    const target = { of: 'value', atMost: LEASE_SECONDS * 1_000 + 5_000 } as const;
    report({ bench, figure: 'resume_p95', unit: 'ms', values: [percentile(outcome.resumed, 0.95)], target });
  }
  for (const [figure, value] of Object.entries(outcome.figures))
    report({ bench, figure, unit: figure.split('_').at(-1) ?? '', values: [value] });
  report({ bench, figure: 'problems', unit: 'problems', values: [outcome.problems.length], target: none });
}

const HEAD = [
  'row',
  'database',
  'acked',
  'executions',
  'faults',
  'lost',
  're-run',
  'duplicates',
  'resume p95',
  'took',
  'verdict',
];

/** What was found, for people. */
export function tableOf(rows: readonly TableRow[]): string {
  const cells = rows.map(({ name, kind, outcome, seconds }) => {
    const { acknowledged, executions, faults, lost, reRun, duplicates, resumed, problems } = outcome;
    const p95 = resumed.length === 0 ? '' : `${(percentile(resumed, 0.95) / 1_000).toFixed(2)} s`;
    if (outcome.notRun) return [name, kind, '', '', '', '', '', '', '', '', `NOT RUN: ${outcome.notRun}`];
    const verdict = problems.length === 0 ? 'pass' : `FAIL (${problems.length})`;
    const numbers = [acknowledged, executions, faults, lost, reRun, duplicates].map(String);
    return [name, kind, ...numbers, p95, `${seconds.toFixed(0)} s`, verdict];
  });
  const widths = HEAD.map((head, column) =>
    Math.max(head.length, ...cells.map((row) => (column === 10 ? 0 : (row[column] ?? '').length))),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [HEAD, ...cells].map(line).join('\n');
}
