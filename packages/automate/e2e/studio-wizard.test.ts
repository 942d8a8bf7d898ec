import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineFeature } from '../src/platform/index.ts';
import type { TestServer } from '../src/testing/index.ts';
import type { Tab } from './support/chromium.ts';
import { BASE, expectInOrder, HOSTILE, looks, openStudio, type StudioTest } from './support/studio.ts';

/** What a third party brings: the Studio has no line about it. */
const shop = defineFeature({
  name: 'shop',
  wizards: [
    {
      name: 'parcel',
      title: { en: `Parcel ${HOSTILE}`, it: 'Pacco' },
      description: { en: HOSTILE },
      icon: 'box',
      scope: 'events:write',
      form: z.strictObject({
        event_type: z.literal('parcel.sent'),
        payload: z.strictObject({
          weight: z.number().min(0.1),
          to: z.discriminatedUnion('by', [
            z.object({ by: z.literal('door'), street: z.string().min(1) }),
            z.object({ by: z.literal('locker'), locker: z.int() }),
          ]),
          notes: z.array(z.string()).max(3),
          labels: z.record(z.string(), z.string()).optional(),
          send_at: z.iso.datetime().optional(),
          extra: z.unknown().optional().describe(HOSTILE),
        }),
      }),
      operation: { path: 'api/v1/events/' },
      next: { title: { en: 'All events' }, path: 'events' },
    },
  ],
});

describe('the creation wizard in the Studio', () => {
  let studio: StudioTest;
  let server: TestServer;
  beforeAll(async () => {
    studio = await openStudio({ features: [shop] });
    server = studio.server;
  });
  afterAll(() => studio?.close());

  /** Moves on with Tab until the element has the focus. */
  const tabTo = async ({ page }: Tab, name: string | RegExp, role: 'button' | 'link' | 'textbox' | 'radio' | 'checkbox') => {
    const target = page.getByRole('main').getByRole(role, { name }).first();
    await target.waitFor();
    for (let count = 0; count < 80; count += 1) {
      if (await target.evaluate((element) => element === element.ownerDocument.activeElement)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`No Tab leads to ${name}.`);
  };
  const press = async ({ page }: Tab, ...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const made = ({ page }: Tab, name: string | RegExp) => page.getByRole('heading', { level: 2, name }).waitFor();

  it.each(looks)('has no barriers, in $colorScheme on a $size screen', async (look) => {
    const tab = await studio.look('wizard/', look);
    const { page } = tab;
    await page.getByRole('list', { name: 'What you can make' }).getByRole('link').first().waitFor();
    await expectInOrder(tab, 'list');
    for (const [path, ready] of [
      ['workflow/', 'Single out large orders'],
      ['workflow/?template=approval&step=2', 'Input of the first run'],
      ['trigger/', 'Only when'],
      ['secret/', 'Value'],
      ['api-key/', 'Good until'],
      ['person/', 'Role'],
      ['tenant/', 'Short name'],
      ['parcel/', 'Weight'],
    ] as const) {
      await page.goto(`${BASE}/studio/wizard/${path}`);
      await page.getByText(ready).first().waitFor();
      await expectInOrder(tab, path);
    }
    await page.goto(`${BASE}/studio/wizard/nothing-like-it/`);
    await page.getByRole('heading', { level: 1, name: 'There is nothing of this kind to make' }).waitFor();
    await expectInOrder(tab, 'nothing');
  });

  it('leads from a template to the first run, by the keyboard alone', async () => {
    const tab = await studio.open('');
    await tab.page.getByRole('navigation', { name: 'Main' }).waitFor();
    await press(tab, 'g', 'n');
    await tabTo(tab, /^Workflow/, 'link');
    await press(tab, 'Enter');
    await tabTo(tab, /Blank/, 'radio');
    await press(tab, 'ArrowDown');
    await tabTo(tab, 'Next', 'button');
    await press(tab, 'Enter');
    await tabTo(tab, 'Name', 'textbox');
    await press(tab, 'Control+a');
    await tab.page.keyboard.type(`Big ones ${HOSTILE}`);
    await tab.page.getByText('"amount"').waitFor();
    await tabTo(tab, 'Name', 'textbox');
    await press(tab, 'Enter');
    await made(tab, /Big ones .* is published/);
    await tab.page.getByRole('list', { name: 'Steps of the first run' }).getByText('tell').waitFor();
    await tab.page.getByText('Succeeded').first().waitFor();

    await expectInOrder(tab, 'made');
    await tabTo(tab, 'Open the execution', 'link');
    await press(tab, 'Enter');
    await tab.page.waitForURL(/executions\/[0-9a-f-]{36}/);
    await tab.page.getByRole('treegrid').waitFor();
  });

  it('makes a key that works, a secret, an invitation and a tenant', async () => {
    const tab = await studio.open('wizard/api-key/');
    const { page } = tab;
    await page.getByRole('textbox', { name: 'Name' }).fill('Shop');
    await page.getByRole('checkbox', { name: /Send events/ }).check();
    await page.getByRole('button', { name: 'Create' }).click();
    await made(tab, /“Shop” is ready/);
    await page.getByRole('button', { name: 'Test it' }).click();
    await page.getByText('It works. It may: events:write').waitFor();
    expect(await page.getByRole('group', { name: 'A first call' }).textContent()).toContain(`${BASE}/api/v1/events/`);
    await expectInOrder(tab, 'key');

    await page.goto(`${BASE}/studio/wizard/secret/`);
    await page.getByRole('textbox', { name: 'Name' }).fill('1 bad name');
    await page.getByRole('textbox', { name: 'Value' }).fill('short');
    await page.getByRole('button', { name: 'Next' }).click();
    const summary = page.getByRole('alert').filter({ hasText: 'to mend' });
    await summary.getByRole('button', { name: 'Name' }).click();
    expect(
      await page.getByRole('textbox', { name: 'Name' }).evaluate((element) => element === element.ownerDocument.activeElement),
    ).toBe(true);
    await page.keyboard.press('Control+a');
    await page.keyboard.type('CARRIER_KEY');
    await page.getByRole('textbox', { name: 'Value' }).fill('a value long enough');
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('button', { name: /Add to Hosts/ }).click();
    await page.keyboard.type('not a host!');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    // The server's word stands at the field.
    await page.getByText('must be like "api.example.com"').first().waitFor();
    await page.getByRole('textbox', { name: /Hosts it may be sent to 1/ }).fill('api.carrier.example');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await made(tab, /CARRIER_KEY is stored/);
    await page.getByText('It is sent to api.carrier.example alone.').waitFor();
    expect(await page.evaluate('JSON.stringify(localStorage)')).not.toContain('a value long enough');

    await page.goto(`${BASE}/studio/wizard/person/`);
    await page.getByRole('textbox', { name: 'Email address' }).fill('new@example.com');
    await page.getByRole('combobox', { name: 'Role' }).selectOption('viewer');
    await page.getByRole('button', { name: 'Create' }).click();
    await made(tab, /new@example.com is invited/);
    expect(await page.getByRole('group', { name: 'The invitation link' }).textContent()).toContain('#token=');

    await page.goto(`${BASE}/studio/wizard/tenant/`);
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Second house');
    await page.getByRole('textbox', { name: 'Short name' }).fill('second-house');
    await page.getByRole('button', { name: 'Create' }).click();
    await made(tab, /“Second house” is there/);
  });

  it('adds a trigger, and shows what a test event starts', async () => {
    const { body } = await server.call<{ id: string }>('POST', `${BASE}/api/v1/workflows/`, {
      name: 'Greeter',
      graph: { nodes: [{ id: 'hello', type: 'core.log', config: { message: 'x' } }] },
    });
    const tab = await studio.open('wizard/trigger/');
    const { page } = tab;
    await page.getByRole('combobox', { name: 'Workflow' }).click();
    await page.keyboard.type('greet');
    await page.getByRole('option', { name: /Greeter/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('textbox', { name: 'Type of event' }).fill('person.*');
    await page.getByRole('button', { name: 'Create' }).click();
    await made(tab, /“Greeter” starts with person/);
    await page.getByRole('button', { name: 'Send a test event' }).click();
    await page.getByText('It started an execution').waitFor();
    await page.getByRole('list', { name: 'Steps of the first run' }).getByText('hello').waitFor();
    const { body: workflow } = await server.call<{ triggers: object[] }>('GET', `${BASE}/api/v1/workflows/${body.id}/`);
    expect(workflow.triggers).toMatchObject([{ event_type: 'person.*', type: 'event' }]);
  });

  it('shows what a feature brings by its declaration alone', async () => {
    const tab = await studio.open('wizard/parcel/');
    const { page } = tab;
    await page.getByRole('textbox', { name: 'Weight' }).fill('9007199254740993');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByText('more digits than can be held').first().waitFor();
    await page.getByRole('textbox', { name: 'Weight' }).fill('2.50');
    await page.getByRole('combobox', { name: /To: Kind/ }).selectOption({ label: 'Locker' });
    await page.getByRole('textbox', { name: 'Locker' }).fill('12');
    const add = page.getByRole('button', { name: 'Add to Notes' });
    for (const note of ['first', 'second']) {
      await add.click();
      await page.keyboard.type(note);
    }
    await page.keyboard.press('Alt+ArrowUp');
    await page.getByRole('button', { name: 'Create' }).click();
    await made(tab, /Parcel .*: made/);
    const { body } = await server.call<{ results: { payload: object }[] }>(
      'GET',
      `${BASE}/api/v1/events/?event_type=parcel.sent`,
    );
    expect(body.results[0]?.payload).toEqual({ weight: 2.5, to: { by: 'locker', locker: 12 }, notes: ['second', 'first'] });
  });

  it('keeps what was typed over a reload and the end of a session, but no secret', async () => {
    const tab = await studio.open('wizard/secret/');
    const { page, context } = tab;
    await page.getByRole('textbox', { name: 'Name' }).fill('KEPT_NAME');
    await page.getByRole('textbox', { name: 'Value' }).fill('never to be kept');
    const cookies = await context.cookies();
    await context.clearCookies();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByText('This was not saved.').waitFor();
    await context.addCookies(cookies);
    page.on('dialog', (dialog) => void dialog.accept());
    await page.goto(`${BASE}/studio/wizard/secret/`);
    await page.getByRole('button', { name: 'Take them up again' }).click();
    expect(await page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('KEPT_NAME');
    expect(await page.getByRole('textbox', { name: 'Value' }).inputValue()).toBe('');
  });

  it('offers no more than the role allows', async () => {
    const viewer = await studio.open('wizard/', {}, await studio.person('Vera', 'viewer'));
    await viewer.page.getByRole('heading', { level: 1, name: 'Your role makes nothing here' }).waitFor();
    const editor = await studio.open('wizard/', {}, await studio.person('Edda', 'editor'));
    const offered = editor.page.getByRole('list', { name: 'What you can make' }).getByRole('link');
    await offered.first().waitFor();
    expect(await offered.count()).toBe(3);
  });
});
