import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { PNG, silence } from './support/media-files.ts';
import { BASE, expectInOrder, HOSTILE, looks, openStudio, type StudioTest, soon } from './support/studio.ts';

vi.setConfig({ testTimeout: 240_000 });

const SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>document.title=3</script><rect width="9" height="9"/></svg>`;

describe('artifacts in the Studio', () => {
  let studio: StudioTest;
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    studio = await openStudio();
    ids.picture = await upload('red.png', 'image/png', PNG);
    ids.drawing = await upload('drawing.svg', 'image/svg+xml', Buffer.from(SVG));
    ids.sound = await upload('silence.wav', 'audio/wav', silence());
    ids.json = await upload('facts.json', 'application/json', Buffer.from('{"answer":42}'));
    ids.text = await upload('hostile.txt', 'text/plain', Buffer.from(HOSTILE));
    ids.pdf = await upload('paper.pdf', 'application/pdf', Buffer.from('%PDF-1.4 nothing'));
    await studio.server.call('PATCH', `${BASE}/api/v1/policy/`, { max_artifact_bytes_total: 100_000 });
    await studio.person('Ines', 'viewer');
  });
  afterAll(() => studio?.close());

  async function upload(name: string, type: string, bytes: Buffer): Promise<string> {
    const form = new FormData();
    form.set('file', new Blob([new Uint8Array(bytes)], { type }), name);
    const headers = { authorization: `Bearer ${studio.server.token}` };
    const reply = await fetch(`${studio.server.url}${BASE}/api/v1/artifacts/`, { method: 'POST', headers, body: form });
    const body = (await reply.json()) as { id: string };
    expect([name, reply.status, body]).toMatchObject([name, 201, {}]);
    return body.id;
  }

  it.each(looks)('have no barriers, in $colorScheme on a $size screen', async (look) => {
    const tab = await studio.look('artifacts/', look);
    const pages: readonly (readonly [
      path: string,
      role: 'heading' | 'row' | 'complementary' | 'img' | 'region',
      name: string | RegExp,
    ])[] = [
      ['artifacts/', 'row', /red.png/],
      [`artifacts/?open=${ids.picture}`, 'img', 'Preview of red.png'],
      [`artifacts/?open=${ids.sound}`, 'complementary', 'silence.wav'],
      [`artifacts/?open=${ids.json}`, 'region', 'Preview of facts.json'],
      [`artifacts/?open=${ids.pdf}`, 'complementary', 'paper.pdf'],
      ['artifacts/?kind=video', 'heading', 'Nothing matches'],
    ];
    for (const [path, role, name] of pages) {
      await tab.page.goto(`${BASE}/studio/${path}`);
      await tab.page.getByRole(role, { name }).first().waitFor();
      await expectInOrder(tab, path);
    }
  });

  it('are shown by what runs nothing', async () => {
    const { page } = await studio.open(`artifacts/?open=${ids.drawing}`);
    await page.getByRole('img', { name: 'Preview of drawing.svg' }).waitFor();
    expect(await page.locator('img.preview').evaluate((image: { naturalWidth: number }) => image.naturalWidth)).toBe(9);
    await page.getByRole('button', { name: 'silence.wav' }).click();
    await soon(async () =>
      expect(await page.locator('audio.preview').evaluate((audio: { duration: number }) => audio.duration)).toBe(1),
    );
    await page.getByRole('button', { name: 'facts.json' }).click();
    await page.getByText('"answer": 42').waitFor();
    await page.getByRole('button', { name: 'hostile.txt' }).click();
    await page.getByRole('region', { name: 'Preview of hostile.txt' }).getByText(HOSTILE).waitFor();
    await page.getByRole('button', { name: 'paper.pdf' }).click();
    await page.getByText('There is no preview of such files.').waitFor();
    expect(await page.locator('iframe, embed, object').count()).toBe(0);
    expect(await page.title()).not.toMatch(/^[123]$/);
  });

  it('are narrowed by type, size, age and use', async () => {
    const { page } = await studio.open('artifacts/');
    const names = () => page.locator('main tbody th button').allInnerTexts();
    await soon(async () => expect(await names()).toHaveLength(6));
    await page.getByLabel('Any type').selectOption('picture');
    await soon(async () => expect((await names()).toSorted()).toEqual(['drawing.svg', 'red.png']));
    expect(page.url()).toContain('kind=picture');
    await page.getByLabel('Any type').selectOption('');
    await page.getByLabel('Used or not').selectOption('yes');
    await page.getByRole('heading', { name: 'Nothing matches' }).waitFor();
    await page.getByRole('button', { name: 'Clear' }).click();
    await soon(async () => expect(await names()).toHaveLength(6));
  });

  it('are added, linked to and deleted', async () => {
    const { page } = await studio.open('artifacts/');
    await page.getByText(/ of 98 KB used/).waitFor();
    await page.locator('input[type=file]').setInputFiles([
      { name: 'one.txt', mimeType: 'text/plain', buffer: Buffer.from('one') },
      { name: 'huge.bin', mimeType: 'application/octet-stream', buffer: Buffer.alloc(200_000) },
    ]);
    await page.getByRole('row', { name: /one.txt/ }).waitFor();
    await page.getByRole('listitem').filter({ hasText: 'huge.bin' }).getByRole('alert').waitFor();
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await page.getByRole('button', { name: 'one.txt' }).click();
    await page.getByRole('button', { name: 'Copy a link' }).click();
    const link = String(await page.getByRole('textbox', { name: /Whoever has it/ }).textContent());
    expect(await (await fetch(link)).text()).toBe('one');
    await page.getByRole('complementary').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('row', { name: /one.txt/ }).waitFor({ state: 'detached' });
    expect((await fetch(link)).status).toBe(404);
  });

  it('let a viewer look, and change nothing', async () => {
    const { page } = await studio.open(`artifacts/?open=${ids.picture}`, {}, 'ines@example.com');
    await page.getByRole('img', { name: 'Preview of red.png' }).waitFor();
    expect(await page.getByRole('button', { name: /Upload|Delete/ }).count()).toBe(0);
  });
});
