import type { QuickJSContext, QuickJSHandle, QuickJSRuntime, QuickJSWASMModule } from 'quickjs-emscripten-core';
import type { Fault, Line, Outcome, Request } from './messages.ts';
import { PRELUDE } from './prelude.ts';

const MAXIMUM_OUTPUT = 1_048_576;
const MAXIMUM_LINES = 100;
const MAXIMUM_TEXT = 2_000;
/** Bytes; V8 has about 1 MB of its own for what the interpreter nests. */
const STACK = 256 * 1_024;
/** Jobs between two looks at the clock. */
const JOBS = 100;
/** Ends the code though it may catch every error. */
const TIME_IS_OVER = Symbol('time is over');

/** Runs code in an interpreter that was made for it alone. */
export function runIn(quickjs: QuickJSWASMModule, request: Request): Outcome & { readonly lines: readonly Line[] } {
  const lines: Line[] = [];
  const deadline = Date.now() + request.timeoutMs;
  const isLate = () => Date.now() > deadline;
  const runtime = quickjs.newRuntime();
  // Counts no more than what one allocation asks for; the whole is bounded by the memory of the WebAssembly instance.
  runtime.setMemoryLimit(request.memoryMb * 1_048_576);
  runtime.setMaxStackSize(STACK);
  runtime.setInterruptHandler(isLate);
  const vm = runtime.newContext();
  const tools = toolsOf(vm, lines);
  try {
    return { ...evaluate({ vm, runtime, tools, request, isLate }), lines };
  } catch (error) {
    if (error === TIME_IS_OVER) return { ...late(request), lines };
    return { ...crashed(error), lines };
  }
}

interface Tools {
  readonly parse: QuickJSHandle;
  readonly stringify: QuickJSHandle;
  /** At most 2,000 characters of a text; empty where there is none. */
  text(value: QuickJSHandle): string;
}

interface Run {
  readonly vm: QuickJSContext;
  readonly runtime: QuickJSRuntime;
  readonly tools: Tools;
  readonly request: Request;
  isLate(): boolean;
}

function evaluate(run: Run): Outcome {
  const { vm, tools, request, isLate } = run;
  // A line of its own, so that the user's lines keep their columns.
  const source = `(async function (input) { "use strict";\n${request.code}\n})`;
  const compiled = vm.evalCode(source, 'code', { compileOnly: request.kind === 'check' });
  if (compiled.error) return faultOf(run, compiled.error);
  if (request.kind === 'check') return { type: 'done', output: '' };
  const input = vm.callFunction(tools.parse, vm.undefined, vm.newString(request.input));
  if (input.error) return faultOf(run, input.error);
  const called = vm.callFunction(compiled.value, vm.undefined, input.value);
  if (called.error) return faultOf(run, called.error);
  const settled = drain(run, called.value);
  if (settled.type === 'pending') {
    const message = 'The code waits for something that never comes: there are no timers and no network here.';
    return { type: 'failed', code: 'code_error', message };
  }
  if (settled.type === 'rejected') return faultOf(run, settled.error);
  const text = vm.callFunction(tools.stringify, vm.undefined, settled.value);
  if (isLate()) throw TIME_IS_OVER;
  return text.error ? faultOf(run, text.error, 'code_output_invalid') : outputOf(vm, text.value);
}

function drain({ vm, runtime, isLate }: Run, promise: QuickJSHandle) {
  for (;;) {
    const jobs = runtime.executePendingJobs(JOBS);
    // A job that ends with an error has rejected its promise, and whoever waits for that will see it.
    if (isLate()) throw TIME_IS_OVER;
    if (!jobs.error && jobs.value === 0) return vm.getPromiseState(promise);
  }
}

function outputOf(vm: QuickJSContext, text: QuickJSHandle): Outcome {
  const invalid = (message: string): Fault => ({ type: 'failed', code: 'code_output_invalid', message });
  if (vm.typeof(text) !== 'string') return invalid('The code has to return JSON: it returned nothing, or a function or symbol.');
  const tooLarge = `The output has more than ${MAXIMUM_OUTPUT} bytes as JSON.`;
  if (vm.getNumber(vm.getProp(text, 'length')) > MAXIMUM_OUTPUT) return invalid(tooLarge);
  const output = vm.getString(text);
  return Buffer.byteLength(output) > MAXIMUM_OUTPUT ? invalid(tooLarge) : { type: 'done', output };
}

function faultOf({ vm, tools, request, isLate }: Run, error: QuickJSHandle, code: Fault['code'] = 'code_error'): Fault {
  const isObject = vm.typeof(error) === 'object' && !vm.eq(error, vm.null);
  const read = (name: string) => (isObject ? tools.text(vm.getProp(error, name)) : '');
  const [name, message, stack] = [read('name'), read('message'), read('stack')];
  if (isLate()) return late(request);
  if (name === 'InternalError' && message === 'out of memory') {
    const detail = `The code needed more than the ${request.memoryMb} MB that it has: raise "memory_mb".`;
    return { type: 'failed', code: 'code_memory', message: detail, ...placeIn(stack, request) };
  }
  const shown = isObject ? `${name || 'Error'}: ${message}` : `It threw ${tools.text(error) || vm.typeof(error)}`;
  return { type: 'failed', code, message: shown, ...placeIn(stack, request) };
}

/** The first place of the user's code in a trace. */
function placeIn(stack: string, { code }: Request): Pick<Fault, 'line' | 'column'> {
  const [, line, column] = /\bcode:(\d+)(?::(\d+))?/.exec(stack) ?? [];
  if (line === undefined) return {};
  const last = code.split('\n').length;
  // What is found missing at the end is found behind it.
  if (Number(line) - 1 > last) return { line: last };
  return { line: Math.max(Number(line) - 1, 1), column: column === undefined ? undefined : Number(column) };
}

function late({ timeoutMs }: Request): Fault {
  return { type: 'failed', code: 'code_timeout', message: `The code ran longer than ${timeoutMs} ms.` };
}

/** The interpreter itself gave up: V8's stack, or its memory. */
function crashed(error: unknown): Fault {
  if (error instanceof RangeError) return { type: 'failed', code: 'code_error', message: 'The code is nested too deeply.' };
  return { type: 'failed', code: 'code_memory', message: 'The interpreter ran out of memory.' };
}

function toolsOf(vm: QuickJSContext, lines: Line[]): Tools {
  const json = vm.getProp(vm.global, 'JSON');
  const texts = vm.getProp(vm.global, 'String');
  const slice = vm.getProp(vm.getProp(texts, 'prototype'), 'slice');
  const emit = vm.newFunction('emit', (level, text) => {
    if (lines.length < MAXIMUM_LINES) lines.push({ level: vm.getString(level) as Line['level'], text: vm.getString(text) });
    else if (lines.length === MAXIMUM_LINES) lines.push({ level: 'warn', text: 'Further lines are left out.' });
  });
  const prelude = vm.unwrapResult(vm.evalCode(PRELUDE, 'prelude'));
  vm.unwrapResult(vm.callFunction(prelude, vm.undefined, emit, vm.newNumber(MAXIMUM_TEXT)));
  return {
    parse: vm.getProp(json, 'parse'),
    stringify: vm.getProp(json, 'stringify'),
    text(value) {
      const type = vm.typeof(value);
      if (type === 'undefined' || type === 'symbol') return '';
      const whole = type === 'string' ? { value } : vm.callFunction(texts, vm.undefined, value);
      if (!('value' in whole)) return '';
      const short = vm.callFunction(slice, whole.value, vm.newNumber(0), vm.newNumber(MAXIMUM_TEXT));
      return short.error ? '' : vm.getString(short.value);
    },
  };
}
