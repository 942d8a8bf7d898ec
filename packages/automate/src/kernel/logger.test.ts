import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

it('writes one JSON object a line, with secrets taken out', () => {
  const program = `
    import { createLogger } from ${JSON.stringify(new URL('./logger.ts', import.meta.url).href)};
    const log = createLogger({ level: 'info' });
    log.info('token ghp_abcdefghijklmnopqrstuvwxyz0123456789');
    log.warn({ password: 'hunter22', 'trace.id': 't1', error: new Error('Authorization: Bearer sk_live_0123456789abcdefghij') }, 'oops');
    log.child({ job_id: 'j1' }).debug('not shown');`;
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  const lines = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines).toHaveLength(2);
  expect(lines[1]).toMatchObject({ 'log.level': 'warn', message: 'oops', 'trace.id': 't1', password: '[redacted]' });
  expect(stderr).not.toMatch(/ghp_abc|hunter22|sk_live_0123/);
  expect(JSON.stringify(lines[1]?.error)).toContain('Authorization');
});
