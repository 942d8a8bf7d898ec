import { encode } from 'uqr';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openTab, type Tab } from './support/chromium.ts';
import { ADA, BASE, expectInOrder, looks, openStudio, PASSWORD, type StudioTest, soon } from './support/studio.ts';
import { totp } from './support/totp.ts';

vi.setConfig({ testTimeout: 180_000 });

describe('the account in the Studio', () => {
  let studio: StudioTest;
  beforeAll(async () => {
    studio = await openStudio({ hasWorker: false });
  });
  afterAll(() => studio?.close());

  const region = ({ page }: Tab, name: string) => page.getByRole('region', { name });
  /** A browser of its own, signed in by its own hand. */
  async function signedIn(email: string, options: Parameters<typeof openTab>[2] = {}): Promise<Tab> {
    const tab = await openTab(studio.chromium, studio.server.url, options);
    studio.watch(tab);
    await signIn(tab, email);
    await tab.page.getByRole('heading', { name: 'Your account' }).waitFor();
    return tab;
  }
  async function signIn({ page }: Tab, email: string, password = PASSWORD): Promise<void> {
    await page.goto(`${BASE}/sign-in/?next=${BASE}/studio/account/`);
    await page.locator('#sign-in-email').fill(email);
    await page.locator('#sign-in-password').fill(password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  }
  async function answer({ page }: Tab, label: string, code: string): Promise<void> {
    await page.getByLabel(label, { exact: true }).filter({ visible: true }).fill(code);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  }

  it.each(looks)('has no barriers, in $colorScheme on a $size screen', async (look) => {
    const tab = await studio.look('account/', look);
    await tab.page.getByText('This browser', { exact: true }).waitFor();
    await expectInOrder(tab, 'account');
    await tab.page.getByText('All scopes').click();
    await tab.page.getByRole('button', { name: 'Turn on' }).click();
    await region(tab, 'Second factor').getByLabel('Password').fill(PASSWORD);
    await tab.page.keyboard.press('Enter');
    await tab.page.getByRole('img', { name: /QR code/ }).waitFor();
    await expectInOrder(tab, 'second factor');
  });

  it('turns a second factor on, and off again, and keeps nothing of it', async () => {
    const email = await studio.person('Second', 'editor');
    const tab = await signedIn(email);
    const { page } = tab;
    const section = region(tab, 'Second factor');
    await section.getByRole('button', { name: 'Turn on' }).click();
    await section.getByLabel('Password').fill('not this one');
    await section.getByRole('button', { name: 'Continue' }).click();
    await section.getByText('The password is wrong.').waitFor();
    expect(await page.getByRole('dialog', { name: 'You are signed out' }).count()).toBe(0);
    await section.getByLabel('Password').fill(PASSWORD);
    const started = page.waitForResponse('**/api/auth/two-factor/');
    await section.getByRole('button', { name: 'Continue' }).click();
    const { uri, backup_codes: codes } = (await (await started).json()) as { uri: string; backup_codes: string[] };
    const drawn = await section
      .getByRole('img', { name: /QR code/ })
      .locator('path')
      .getAttribute('d');
    const dark = encode(uri, { ecc: 'M', border: 4 }).data.flatMap((line, y) =>
      line.flatMap((is, x) => (is ? [`M${x} ${y}`] : [])),
    );
    expect(drawn?.match(/M\d+ \d+/g)).toEqual(dark);
    const secret = new URL(uri).searchParams.get('secret') ?? '';
    expect(await section.getByRole('textbox', { name: 'Key' }).textContent()).toBe(secret);
    expect(await section.getByRole('textbox', { name: 'Backup codes' }).textContent()).toBe(codes.join('\n'));
    await section.getByLabel('Code', { exact: true }).fill('000000');
    await section.getByRole('button', { name: 'Turn on' }).click();
    await section.getByText('The code is wrong.').waitFor();
    await section.getByLabel('Code', { exact: true }).fill(totp(secret));
    await section.getByRole('button', { name: 'Turn on' }).click();
    await section.getByText('You are asked for a code').waitFor();
    const left = await page.evaluate(
      'document.documentElement.outerHTML + JSON.stringify(localStorage) + JSON.stringify(sessionStorage)',
    );
    for (const hidden of [secret, ...codes]) expect(String(left).includes(hidden)).toBe(false);

    const other = await openTab(studio.chromium, studio.server.url);
    studio.watch(other);
    await signIn(other, email);
    await other.page.getByRole('heading', { name: 'Enter your code' }).waitFor();
    await answer(other, 'Code', '000000');
    await other.page.getByRole('alert').filter({ hasText: 'The code is wrong.' }).waitFor();
    await answer(other, 'Code', totp(secret, 1));
    await other.page.getByRole('heading', { name: 'Your account' }).waitFor();
    await other.context.clearCookies();
    await signIn(other, email);
    await other.page.getByRole('button', { name: 'Use a backup code' }).click();
    await answer(other, 'Backup code', codes[0] ?? '');
    await other.page.getByRole('heading', { name: 'Your account' }).waitFor();

    await section.getByRole('button', { name: 'Turn off' }).click();
    await section.getByLabel('Password').fill(PASSWORD);
    await section.getByRole('button', { name: 'Turn off' }).click();
    await section.getByText('With a second factor').waitFor();
  });

  it('shows where one is signed in, ends that, and changes the password', async () => {
    const email = await studio.person('Many', 'viewer');
    const here = await signedIn(email);
    const there = await signedIn(email, { userAgent: 'Mozilla/5.0 (iPhone) Version/26.0 Safari/604.1' });
    const third = await signedIn(email, { userAgent: 'curl/8' });
    await here.page.reload();
    const rows = region(here, 'Where you are signed in').getByRole('listitem');
    await rows.nth(2).waitFor();
    expect(await rows.first().textContent()).toMatch(/^Chrome on Linux.*This browser/);
    await here.page.getByRole('button', { name: /^End the session of Safari on iOS/ }).click();
    await here.page.getByText('The session of Safari on iOS has ended').waitFor();
    await there.page.reload();
    await there.page.waitForURL('**/sign-in/**');

    const form = region(here, 'Password');
    await form.getByLabel('Current password').fill('wrong');
    await form.getByLabel('New password').fill('another good phrase');
    await form.getByRole('button', { name: 'Change the password' }).click();
    await form.getByText('The password is wrong.').waitFor();
    await form.getByLabel('Current password').fill(PASSWORD);
    await form.getByLabel('New password').fill(email);
    await form.getByRole('button', { name: 'Change the password' }).click();
    await form.getByText('must not be made of your name or address').waitFor();
    await form.getByLabel('New password').fill('another good phrase');
    await form.getByRole('button', { name: 'Change the password' }).click();
    await here.page.getByText('Your password is changed').waitFor();
    await soon(async () => expect(await rows.count()).toBe(1));
    await third.page.reload();
    await third.page.waitForURL('**/sign-in/**');
    await here.page.reload();
    await region(here, 'Where you are signed in').waitFor();
  });

  it('keeps theme, density and language of this browser', async () => {
    const tab = await studio.open('account/', {}, ADA);
    const { page } = tab;
    await page.getByLabel('Density', { exact: true }).selectOption('compact');
    await page.getByLabel('Theme', { exact: true }).selectOption('dark');
    await page.getByLabel('Language', { exact: true }).selectOption('it');
    await page.getByRole('heading', { name: 'Il tuo account' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Il tuo account' }).waitFor();
    expect(await page.evaluate('[document.documentElement.dataset.theme, document.documentElement.dataset.density]')).toEqual([
      'dark',
      'compact',
    ]);
  });
});
