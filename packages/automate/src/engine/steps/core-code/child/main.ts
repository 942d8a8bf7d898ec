import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type * as Core from 'quickjs-emscripten-core';
import type { Answer, Request } from './messages.ts';
import { runIn } from './sandbox.ts';

/**
 * The process that user code runs in. Reads requests and writes answers, a line each; ends with whoever started it. May read
 * its own files and those of the interpreter, and nothing else: which these are it is told, since looking for them is not allowed.
 */
const [core = '', variant = '', wasm = ''] = process.argv.slice(2);
const { newQuickJSWASMModuleFromVariant, newVariant } = (await import(core)) as typeof Core;
const { default: base } = (await import(variant)) as { default: Core.QuickJSSyncVariant };
const { Memory, Module } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;
const wasmModule = new Module(readFileSync(fileURLToPath(wasm)));
/** What the types of Node leave out. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => WebAssembly.Module;
  readonly Memory: new (pages: { initial: number; maximum: number }) => object;
}
const PAGES_PER_MB = 16;
const INITIAL_MB = 16;

// Whoever started this one decides when it ends, not a Ctrl-C that reaches all of a terminal.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
watchParent();

let text = '';
let working: Promise<void> = Promise.resolve();
process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk: string) => {
  text += chunk;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
    const request = JSON.parse(text.slice(0, end)) as Request;
    text = text.slice(end + 1);
    working = working.then(() => answer(request));
  }
});
process.stdin.on('end', () => process.exit(0));
say({ id: 0, type: 'done', output: '', lines: [] });

/** In an instance of its own: nothing of one run is there in the next, and its memory ends where the run may have no more. */
async function answer(request: Request): Promise<void> {
  const wasmMemory = new Memory({
    initial: INITIAL_MB * PAGES_PER_MB,
    maximum: request.memoryMb * PAGES_PER_MB,
  });
  const quickjs = await newQuickJSWASMModuleFromVariant(newVariant(base, { wasmMemory, wasmModule }));
  say({ id: request.id, ...runIn(quickjs, request) });
  // What that instance had is given back now, not when V8 feels like it.
  setImmediate(() => globalThis.gc?.());
}

function say(message: Answer): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

/** The end of standard input is not seen by a process that is busy, which code can keep it for good once nobody is there to kill it. */
function watchParent(): void {
  const watch = `const parent = ${process.ppid};
    setInterval(() => process.ppid !== parent && process.kill(process.pid, 'SIGKILL'), 500);`;
  new Worker(watch, { eval: true }).unref();
}
