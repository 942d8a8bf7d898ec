import { type ChildProcess, spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { cutText } from '../../../../kernel/index.ts';
import { gatewayErrors } from '../../../errors.ts';
import { findProgram } from './find-program.ts';
import { missingPrograms, type NeededProgram, requireNothingMissing } from './missing.ts';

export interface ProgramRun extends NeededProgram {
  readonly arguments: readonly string[];
  /** Where it runs; its temporary folder too. */
  readonly folder: string;
  /** What it reads from its standard input; nothing by default. */
  readonly input?: string | Uint8Array | AsyncIterable<Uint8Array>;
  readonly limits: ProgramLimits;
  readonly signal?: AbortSignal | undefined;
}

export interface ProgramLimits {
  /** Milliseconds until it is killed. */
  readonly timeMs: number;
  /** Of its standard output, and of any file that it writes. */
  readonly outputBytes: number;
  /** Of its address space; held where there is `prlimit`. */
  readonly memoryBytes: number;
}

export interface ProgramEnd {
  readonly exitCode: number | null;
  /** Its standard output. */
  readonly output: Buffer;
  /** The end of its standard error, for a message: without the folder it ran in. */
  readonly complaint: string;
}

const COMPLAINT_BYTES = 4_096;

/**
 * Runs a program without a shell, with an environment of its own and limits, as the leader of a group that is killed as a whole.
 * @throws AppError `provider_missing`, `provider_timeout`, `provider_failed` when it wrote too much; the signal's reason
 */
export async function runProgram(run: ProgramRun): Promise<ProgramEnd> {
  run.signal?.throwIfAborted();
  const [program, prlimit] = await Promise.all([findProgram(run.program), findProgram('prlimit')]);
  if (program === undefined) requireNothingMissing(await missingPrograms([run]));
  run.signal?.throwIfAborted();
  const line = [...(prlimit === undefined ? [] : [prlimit, ...bounds(run.limits), '--']), program as string, ...run.arguments];
  const child = spawn(line[0] as string, line.slice(1), {
    cwd: run.folder,
    env: { PATH: dirname(program as string), HOME: run.folder, TMPDIR: run.folder, LC_ALL: 'C.UTF-8' },
    stdio: 'pipe',
    detached: true,
    windowsHide: true,
  });
  return watch(child, run);
}

function bounds({ timeMs, outputBytes, memoryBytes }: ProgramLimits): string[] {
  return [`--as=${memoryBytes}`, `--fsize=${outputBytes}`, `--cpu=${Math.ceil(timeMs / 1_000) + 1}`, '--core=0'];
}

function watch(child: ChildProcess, run: ProgramRun): Promise<ProgramEnd> {
  const { limits, signal } = run;
  const chunks: Buffer[] = [];
  let size = 0;
  let complaint = '';
  return new Promise((resolve, reject) => {
    let failure: { readonly reason: unknown } | undefined;
    const fail = (reason: unknown) => {
      failure ??= { reason };
      killGroup(child);
    };
    const stop = () => fail(signal?.reason);
    const timer = setTimeout(
      () => fail(gatewayErrors.provider_timeout(`${run.program} took longer than ${limits.timeMs} ms.`)),
      limits.timeMs,
    );
    signal?.addEventListener('abort', stop, { once: true });
    child.stdout?.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limits.outputBytes) chunks.push(chunk);
      else fail(gatewayErrors.provider_failed(`${run.program} has written more than ${limits.outputBytes} bytes.`));
    });
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      complaint = `${complaint}${chunk}`.slice(-COMPLAINT_BYTES);
    });
    child.once('error', (cause) => {
      failure ??= { reason: gatewayErrors.provider_failed(`${run.program} could not be started.`, { cause }) };
    });
    child.once('close', (exitCode) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      if (failure) reject(failure.reason);
      else resolve({ exitCode, output: Buffer.concat(chunks), complaint: shortened(complaint, run.folder) });
    });
    feed(child, run.input).catch(fail);
  });
}

/** A program may end before it has read all: that is its own affair. */
async function feed({ stdin }: ChildProcess, input: ProgramRun['input']): Promise<void> {
  if (!stdin) return;
  stdin.on('error', () => undefined);
  if (input === undefined || typeof input === 'string' || input instanceof Uint8Array) stdin.end(input ?? '');
  else {
    await pipeline(Readable.from(input, { objectMode: false }), stdin).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_PREMATURE_CLOSE' && error.code !== 'ECONNRESET') throw error;
    });
  }
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // All of it has ended.
  }
}

function shortened(complaint: string, folder: string): string {
  const lines = complaint.replaceAll(`${folder}/`, '').trim().split('\n');
  return cutText(lines.slice(-2).join('; '), 400);
}
