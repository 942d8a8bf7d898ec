import { z } from 'zod';
import { type InputIssue, type Json, type Logger, parseJson } from '../../../kernel/index.ts';
import { engineErrors } from '../../errors.ts';
import { AnyJson } from '../../schemas.ts';
import { defineStep } from '../define-step.ts';
import { StepError } from '../step-error.ts';
import type { StepType } from '../step-type.ts';
import type { Answer, Line } from './child/messages.ts';
import type { CodePool } from './code-pool.ts';

const MAXIMUM_CODE = 65_536;
const Config = z.strictObject({
  code: z
    .string()
    .min(1)
    .refine((code) => Buffer.byteLength(code) <= MAXIMUM_CODE, `must have at most ${MAXIMUM_CODE} bytes`)
    .describe('The body of an async function of `input`, in JavaScript; what it returns is the output'),
  input: AnyJson.default({}).describe('What the code sees as `input`; texts are Liquid'),
  timeout_ms: z.int().min(1).max(30_000).default(1_000).describe('How long it may run'),
  memory_mb: z.int().min(16).max(128).default(32).describe('Memory of its interpreter, 6 of them its own'),
});
type Config = z.output<typeof Config>;

const OFF = 'Steps of the type "core.code" are off here: the operator turns them on with AUTOMATE_CODE_STEPS=true.';
/** Of the text of the input, by the memory that the code has: parsed, it takes several times as much. */
const INPUT_SHARE = 1 / 4;

/**
 * Runs JavaScript of whoever wrote the workflow: in an interpreter in WebAssembly, in a process of its own that can be killed.
 * @param pool undefined where the operator has not allowed it
 */
export function coreCode(pool: CodePool | undefined): StepType {
  return defineStep({
    type: 'core.code',
    description: 'Runs JavaScript.',
    config: Config,
    fields: { input: 'template' },
    effects: 'none',
    inputKind: 'rendered',
    async check(config) {
      if (!pool) return [{ pointer: '', code: 'code_disabled', message: OFF }];
      return syntaxIssues(
        await pool.run({ ...requestOf(config), kind: 'check', timeoutMs: 5_000 }, { tenantId: '' }).catch(unavailable),
      );
    },
    input: ({ input }) => ({ input }),
    async run({ input }, context, config) {
      if (!pool) throw new StepError({ code: 'code_disabled', detail: OFF, isRetryable: false });
      const answer = await pool.run({ ...requestOf(config), input: inputText(input, config) }, context);
      writeLines(answer.lines, () => context.logger);
      return { output: outputOf(answer) };
    },
  });
}

function requestOf({ code, timeout_ms: timeoutMs, memory_mb: memoryMb }: Config) {
  return { kind: 'run', code, input: 'null', timeoutMs, memoryMb } as const;
}

function inputText(input: Json, { memory_mb: memoryMb }: Config): string {
  const text = JSON.stringify(input);
  const most = memoryMb * 1_048_576 * INPUT_SHARE;
  if (text.length <= most) return text;
  const detail = `The input has ${text.length} characters as JSON; with "memory_mb": ${memoryMb} it may have ${most}.`;
  throw new StepError({ code: 'code_memory', detail, isRetryable: false });
}

function outputOf(answer: Answer): Json {
  if (answer.type === 'done') return parseJson(answer.output) as Json;
  throw new StepError({ code: answer.code, detail: `${answer.message}${placeOf(answer)}`, isRetryable: false });
}

function placeOf({ line, column }: { line?: number | undefined; column?: number | undefined }): string {
  if (line === undefined) return '';
  return column === undefined ? ` (line ${line})` : ` (line ${line}, column ${column})`;
}

function writeLines(lines: readonly Line[], logger: () => Logger): void {
  for (const { level, text } of lines) logger()[level]({ 'event.dataset': 'step' }, text);
}

function syntaxIssues(answer: Answer): InputIssue[] {
  if (answer.type === 'done') return [];
  return [{ pointer: '/code', code: 'invalid_code', message: `${answer.message}${placeOf(answer)}` }];
}

/** That nothing can be said about the code is not the fault of whoever sent it. */
function unavailable(error: unknown): never {
  if (!(error instanceof StepError)) throw error;
  const detail = `The code could not be checked: ${error.message} Send it again.`;
  throw engineErrors.code_unavailable(detail, { cause: error });
}
