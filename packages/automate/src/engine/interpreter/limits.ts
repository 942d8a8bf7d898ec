import {
  findUnstorableValue,
  NotStorable,
  type Storable,
  type StorableFault,
  toStorable,
  type Unstorable,
} from '../../kernel/index.ts';
import { StepError } from '../steps/step-error.ts';

/** How much what is made may take. */
export interface StepLimits {
  /** About how many bytes the input of a step may take as JSON, and its output. */
  readonly stepBytes: number;
  /** The same for all inputs and outputs of an execution. */
  readonly executionBytes: number;
}

/**
 * What a step takes in or gives out, as it will be read from the database again.
 * @throws StepError `input_too_large`, `output_too_large`, and the same with `_too_deep`, `_not_json` and `_forbidden_key`
 */
export function storable(what: 'input' | 'output', value: unknown, { stepBytes }: Pick<StepLimits, 'stepBytes'>): Storable {
  try {
    return toStorable(value, { maxBytes: stepBytes, isStrict: true });
  } catch (error) {
    if (!(error instanceof NotStorable)) throw error;
    const fault = MAY_BE_NO_JSON.has(error.code) ? findUnstorableValue(value) : undefined;
    if (fault) throw refused(`${what}_not_json`, `The ${what} ${describe(fault)}.`, error);
    throw refused(`${what}_${error.code}`, `The ${what} ${error.message}${ADVICE[error.code] ?? '.'}`, error);
  }
}

/** What is nested without end contains itself, most of the time. */
const MAY_BE_NO_JSON: ReadonlySet<StorableFault> = new Set(['not_json', 'too_deep']);

function describe({ pointer, what }: Unstorable): string {
  const place = pointer === '' ? `is ${what}` : `holds ${what} at ${pointer}`;
  return `${place}, which JSON cannot carry: hand on texts, finite numbers, true, false, null, lists and objects`;
}

/** @throws StepError `execution_too_large` @param bytes with those that are to be stored */
export function requireRoom(bytes: number, { executionBytes }: Pick<StepLimits, 'executionBytes'>): void {
  if (bytes <= executionBytes) return;
  const detail = `The inputs and outputs of the execution would have more than ${executionBytes} bytes (AUTOMATE_EXECUTION_BYTES).`;
  throw refused('execution_too_large', detail);
}

const ADVICE: Partial<Record<StorableFault, string>> = { too_large: ' (AUTOMATE_STEP_BYTES).' };

function refused(code: string, detail: string, cause?: unknown): StepError {
  return new StepError({ code, detail, isRetryable: false, cause });
}
