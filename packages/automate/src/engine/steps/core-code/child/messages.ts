/** What the process is asked, one JSON text a line. */
export interface Request {
  readonly id: number;
  /** `check` compiles only. */
  readonly kind: 'run' | 'check';
  /** The body of an async function of `input`. */
  readonly code: string;
  /** JSON. */
  readonly input: string;
  readonly timeoutMs: number;
  /** Of the interpreter, 16 at least. */
  readonly memoryMb: number;
}

export type FaultCode = 'code_error' | 'code_timeout' | 'code_memory' | 'code_output_invalid';

/** What the code wrote to its console. */
export interface Line {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly text: string;
}

export interface Fault {
  readonly type: 'failed';
  readonly code: FaultCode;
  readonly message: string;
  /** Where in the user's code, from 1. */
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

export type Outcome = { readonly type: 'done'; readonly output: string } | Fault;

/** What the process says, one JSON text a line. */
export type Answer = Outcome & { readonly id: number; readonly lines: readonly Line[] };
