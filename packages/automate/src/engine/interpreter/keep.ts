import type { StepRecord } from '../records/execution.ts';
import { storable } from './limits.ts';
import type { Run } from './run.ts';

/**
 * A step with what it gives out, as it will be read from the database again.
 * @throws StepError when that cannot be kept
 */
export function keepOutput(run: Run, record: StepRecord, output: unknown): StepRecord {
  const { value, bytes } = storable('output', output, run.options.limits);
  run.takeRoom(bytes);
  return { ...record, output: value, bytes: record.bytes + bytes };
}
