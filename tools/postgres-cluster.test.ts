import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

it('a program that uses a cluster ends with its own exit code', () => {
  const script = `await import(${JSON.stringify(new URL('./postgres-cluster.ts', import.meta.url))}); process.exitCode = 3;`;
  expect(spawnSync(process.execPath, ['--input-type=module', '--eval', script]).status).toBe(3);
});
