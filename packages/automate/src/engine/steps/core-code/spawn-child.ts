import { type ChildProcess, spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAXIMUM_HEAP_MB = 64;

/** Without environment, without the way to write files or start processes, and with the way to read only what it is made of. */
export function spawnChild(): ChildProcess {
  const entry = new URL(import.meta.url.endsWith('.ts') ? './child/main.ts' : './child/main.js', import.meta.url);
  const core = import.meta.resolve('quickjs-emscripten-core');
  const variant = import.meta.resolve('@jitl/quickjs-wasmfile-release-sync');
  const wasm = import.meta.resolve('@jitl/quickjs-wasmfile-release-sync/wasm');
  const readable = new Set([dirname(fileURLToPath(entry)), ...[core, variant, wasm].map(modulesOf)]);
  const flags = [
    '--permission',
    ...[...readable].map((path) => `--allow-fs-read=${path}`),
    '--allow-worker',
    '--expose-gc',
    `--max-old-space-size=${MAXIMUM_HEAP_MB}`,
    '--no-warnings',
  ];
  return spawn(process.execPath, [...flags, fileURLToPath(entry), core, variant, wasm], {
    env: {},
    stdio: ['pipe', 'pipe', 'ignore'],
    windowsHide: true,
  });
}

/** The folder of modules that a file stands in: the package has dependencies beside it. */
function modulesOf(url: string): string {
  const path = fileURLToPath(url);
  const at = path.lastIndexOf('node_modules');
  return at < 0 ? dirname(path) : path.slice(0, at + 'node_modules'.length);
}

/** It is there for this process, which need not stay for it. */
export function unreference(child: ChildProcess): void {
  child.unref();
  for (const stream of [child.stdin, child.stdout]) (stream as unknown as { unref?(): void } | null)?.unref?.();
}
