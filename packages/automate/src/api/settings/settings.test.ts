import { expect, test } from 'vitest';
import { loadSettings } from '../../kernel/index.ts';
import { ApiRouter, readSetting } from '../index.ts';
import { as, createTestServer, WorkflowViewSet, workflow } from '../test-support.ts';

test('a setting is of the kind of its default', () => {
  const settings = { A: '50', B: 'true', C: 'a, b', D: 'x', E: 7 };
  expect(readSetting(settings, 'A', 25)).toBe(50);
  expect(readSetting(settings, 'B', false)).toBe(true);
  expect(readSetting(settings, 'C', ['z'])).toEqual(['a', 'b']);
  expect(readSetting(settings, 'D', 'y')).toBe('x');
  expect(readSetting(settings, 'E', 1)).toBe(7);
  expect(readSetting(settings, 'F', 25)).toBe(25);
  expect(readSetting(settings, 'toString', 'x')).toBe('x');
});

test('a malformed setting stops the start and is named', () => {
  expect(() => readSetting({ A: 'many' }, 'A', 25)).toThrow('AUTOMATE_API_A must be a number.');
  expect(() => readSetting({ A: 'maybe' }, 'A', true)).toThrow('AUTOMATE_API_A must be true or false.');
  const router = new ApiRouter().register('workflows', WorkflowViewSet);
  const start = (settings: Record<string, string>) => createTestServer(router, { settings });
  expect(() => start({ PAGE_SIZE: 'x' })).toThrow('AUTOMATE_API_PAGE_SIZE must be a number.');
  expect(() => start({ PAGE_SIZE: '500' })).toThrow('must be an integer from 1 to 200');
});

test('the environment sets the page size', async () => {
  const { api: settings } = loadSettings({ AUTOMATE_API_PAGE_SIZE: '1' });
  const { app, store } = createTestServer(new ApiRouter().register('workflows', WorkflowViewSet), { settings });
  store.rows.push(workflow(), workflow());
  expect((await app.inject({ url: '/workflows', headers: as('alice') })).json().results).toHaveLength(1);
});

test('the body limit is a setting', async () => {
  const { app } = createTestServer(new ApiRouter().register('workflows', WorkflowViewSet), {
    settings: { BODY_LIMIT_BYTES: 100 },
  });
  const reply = await app.inject({ method: 'POST', url: '/workflows', headers: as('alice'), payload: { name: 'x'.repeat(150) } });
  expect(reply.statusCode).toBe(413);
});
