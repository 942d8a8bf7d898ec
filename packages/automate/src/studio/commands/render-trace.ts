import type { z } from 'zod';
import { type Explanation, renderExplanation, short } from '../../engine/index.ts';
import type { Correlation } from '../correlation/schemas.ts';

type Trace = z.output<typeof Correlation>;
/** A trace as a tree of text: event, what each rule saw, execution, steps, times. */
export function renderTrace(trace: Trace): string {
  const lines = [`trace ${trace.trace_id}`];
  if (trace.events.length + trace.executions.length === 0) lines.push('  nothing is known of this trace');
  for (const event of trace.events) {
    lines.push(`├─ event ${event.event_type}  ${event.id}  from ${event.source}  ${event.received_at}`);
    if (!event.is_dispatched) lines.push('│  └─ not dispatched yet');
    else if (event.event_type === 'workflow.run') lines.push('│  └─ a run by hand');
    else if (event.verdicts.length === 0) lines.push('│  └─ no trigger has this event type');
    for (const verdict of event.verdicts) {
      lines.push(
        `│  ├─ rule of “${verdict.workflow_name}” (${verdict.event_type}): ${verdict.error ? `error: ${verdict.error}` : verdict.match ? 'match' : 'no match'}`,
      );
      if (verdict.explain) lines.push(...renderExplanation(verdict.explain as Explanation, '│  │    '));
    }
  }
  for (const execution of trace.executions) {
    lines.push(
      `├─ execution “${execution.workflow_name}” v${execution.workflow_version}  ${execution.id}  ${execution.status}  ${duration(execution)}`,
    );
    if (execution.error) lines.push(`│  ! ${execution.error.node ? `${execution.error.node}: ` : ''}${execution.error.message}`);
    for (const step of execution.steps) {
      const tries = step.attempts > 1 ? `  ${step.attempts} attempts` : '';
      const route = step.route === null ? '' : `  → ${step.route}`;
      lines.push(`│  ├─ ${mark(step.status)} ${step.node}  ${step.type}  ${step.status}${route}${tries}  ${duration(step)}`);
      if (step.status === 'skipped') continue;
      lines.push(
        `│  │    in  ${short(step.input)}`,
        `│  │    ${step.error ? `err ${step.error.message}` : `out ${short(step.output)}`}`,
      );
    }
  }
  if (trace.is_truncated) lines.push('└─ there is more than is shown');
  return `${lines.join('\n')}\n`;
}

function mark(status: string): string {
  return { succeeded: '✓', failed: '✗', skipped: '·', waiting: '…', retrying: '↻', running: '▸', cancelled: '■' }[status] ?? ' ';
}

function duration({ started_at: start, finished_at: end }: { started_at: string | null; finished_at: string | null }): string {
  return start && end ? `${Date.parse(end) - Date.parse(start)} ms` : '';
}
