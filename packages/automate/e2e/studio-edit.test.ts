import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../src/testing/index.ts';
import { BASE, expectInOrder, HOSTILE, openStudio, type StudioTest } from './support/studio.ts';

describe('two tabs on one object', () => {
  let studio: StudioTest;
  let server: TestServer;
  let path = '';
  let api = '';
  beforeAll(async () => {
    studio = await openStudio();
    server = studio.server;
    const { body } = await server.call<{ id: string }>('POST', `${BASE}/api/v1/secrets/`, {
      name: 'CARRIER_KEY',
      value: 'a value long enough',
      description: 'of the carrier',
    });
    api = `${BASE}/api/v1/secrets/${body.id}/`;
    path = `admin/governance/secret/${body.id}/`;
  });
  afterAll(() => studio?.close());

  interface Secret {
    readonly description: string;
    readonly hosts: readonly string[];
  }
  const stored = async () => (await server.call<Secret>('GET', api)).body;

  it('tells the second before it saves, joins what does not clash, and lets it choose', async () => {
    const tab = await studio.open(path);
    const first = tab.page;
    const second = await tab.context.newPage();
    await second.goto(`${BASE}/studio/${path}`);
    await second.getByRole('textbox', { name: 'Description' }).fill(`mine ${HOSTILE}`);
    await first.getByRole('textbox', { name: 'Description' }).fill('theirs');
    await first.getByRole('button', { name: /Add to Hosts/ }).click();
    await first.keyboard.type('api.carrier.example');
    await first.keyboard.press('Control+s');
    await first.getByText(/^Saved/).waitFor();
    await second.getByText('Somebody else has changed this').waitFor();
    expect(await second.getByRole('textbox', { name: 'Description' }).inputValue()).toBe(`mine ${HOSTILE}`);
    await second.getByRole('button', { name: 'Compare' }).click();
    const dialog = second.getByRole('dialog', { name: 'Two people have changed this' });
    await dialog.getByText('of the carrier').waitFor();
    await dialog.getByText('api.carrier.example').waitFor();
    expect(await dialog.getByRole('radio', { name: 'Description: yours' }).isChecked()).toBe(true);
    await expectInOrder({ ...tab, page: second }, 'conflict');
    await dialog.getByRole('button', { name: 'Save the result' }).click();
    await second.getByText(/^Saved/).waitFor();
    expect(await stored()).toMatchObject({ description: `mine ${HOSTILE}`, hosts: ['api.carrier.example'] });
  });

  it('shows the three when it saves on top of a version that it has not seen', async () => {
    const { page } = await studio.open(path);
    await page.getByRole('textbox', { name: 'Description' }).fill('typed here');
    await server.call('PATCH', api, { description: 'changed elsewhere' });
    await page.keyboard.press('Control+s');
    const dialog = page.getByRole('dialog', { name: 'Two people have changed this' });
    await dialog.getByRole('radio', { name: 'Description: theirs' }).check();
    await dialog.getByRole('button', { name: 'Later' }).click();
    expect(await page.getByRole('textbox', { name: 'Description' }).inputValue()).toBe('typed here');
    await page.getByRole('button', { name: 'Compare' }).click();
    await dialog.getByRole('radio', { name: 'Description: theirs' }).check();
    await dialog.getByRole('button', { name: 'Save the result' }).click();
    await page.getByText('Nothing is changed').waitFor();
    expect(await stored()).toMatchObject({ description: 'changed elsewhere' });
  });

  it('asks who leaves, and has what was typed after a reload', async () => {
    const { page } = await studio.open(path);
    await page.getByRole('textbox', { name: 'Description' }).fill('not saved yet');
    await page.getByRole('link', { name: 'Executions' }).first().click();
    const leave = page.getByRole('dialog', { name: 'Leave without saving?' });
    await leave.getByRole('button', { name: 'Stay here' }).click();
    expect(await page.getByRole('textbox', { name: 'Description' }).inputValue()).toBe('not saved yet');
    page.on('dialog', (dialog) => void dialog.accept());
    await page.reload();
    await page.getByRole('button', { name: 'Take them up again' }).click();
    expect(await page.getByRole('textbox', { name: 'Description' }).inputValue()).toBe('not saved yet');
    await page.keyboard.press('Control+s');
    await page.getByText(/^Saved/).waitFor();
    expect(await stored()).toMatchObject({ description: 'not saved yet', hosts: ['api.carrier.example'] });
  });
});
