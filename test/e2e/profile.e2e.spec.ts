/** @needs chromium */
import type { Page } from 'playwright-core';
import { useChromium } from './chromium.js';
import { clerkClient, running } from './latchkey.js';
import {
  enter,
  enterCode,
  hasNoSession,
  hasSession,
  person,
  PICTURE,
  signIn,
  TEST_CODE,
  type Person,
} from './people.js';
import { useReactApp } from './react-app.js';

const chromium = useChromium();
const reactApp = useReactApp();
const users = () => clerkClient().users;

/** Where people find their profile: the pages of an app, or those that Latchkey has for apps without. */
const places = {
  'in a React app': () => ({
    home: `${reactApp.url}/`,
    signIn: `${reactApp.url}/sign-in`,
    profile: `${reactApp.url}/profile`,
  }),
  'at the account portal': () => {
    const portal = running().app.CLERK_PROXY_URL!;
    return { home: `${portal}/`, signIn: `${portal}/sign-in`, profile: `${portal}/user` };
  },
};
type Place = ReturnType<(typeof places)[keyof typeof places]>;

/** A new user, signed in at their profile. */
async function someoneAtProfile(place: Place, path = ''): Promise<{ page: Page; someone: Person; id: string }> {
  const someone = person();
  const { id } = await users().createUser({ emailAddress: [someone.email], password: someone.password });
  const page = await chromium.page();
  await enter(page, place.home, someone);
  await page.goto(`${place.profile}${path}`);
  return { page, someone, id };
}

/** The menu at the end of the row that shows `text`. */
async function choose(page: Page, text: string, action: string): Promise<void> {
  const row = page.locator('.cl-profileSectionItem').filter({ hasText: text });
  await row.getByRole('button', { name: 'Open menu' }).click();
  await page.getByRole('menuitem', { name: action }).click();
}

// By keyboard: a hint that appears below a field moves the button away from under a mouse.
const save = (page: Page) => page.getByRole('button', { name: 'Save', exact: true }).press('Enter');

describe.each(Object.entries(places))('the profile %s', (_, at) => {
  it('changes the name', async () => {
    const { page, id } = await someoneAtProfile(at());
    await page.getByRole('button', { name: 'Update profile' }).click();
    await page.getByLabel('First name').fill('Grace');
    await page.getByLabel('Last name').fill('Hopper');
    await save(page);
    await page.getByText('Grace Hopper').first().waitFor();
    expect(await users().getUser(id)).toMatchObject({ firstName: 'Grace', lastName: 'Hopper' });
  });

  it('adds an e-mail address, verifies it, makes it the primary one and removes the old one', async () => {
    const { page, someone, id } = await someoneAtProfile(at());
    const second = person().email;

    await page.getByRole('button', { name: 'Add email address' }).click();
    await page.getByLabel('Email address').fill(second);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await enterCode(page, TEST_CODE);
    await page.locator('.cl-profileSectionItem').filter({ hasText: second }).waitFor();

    await choose(page, second, 'Set as primary');
    await page.locator('.cl-profileSectionItem').filter({ hasText: second }).getByText('Primary').waitFor();
    expect((await users().getUser(id)).primaryEmailAddress?.emailAddress).toBe(second);

    await choose(page, someone.email, 'Remove email');
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await page.locator('.cl-profileSectionItem').filter({ hasText: someone.email }).waitFor({ state: 'detached' });
    const { emailAddresses } = await users().getUser(id);
    expect(emailAddresses.map((address) => address.emailAddress)).toEqual([second]);
  });

  it('says that the code for a new address is wrong', async () => {
    const { page } = await someoneAtProfile(at());
    await page.getByRole('button', { name: 'Add email address' }).click();
    await page.getByLabel('Email address').fill(person().email);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await enterCode(page, '111111');
    await page
      .getByText(/incorrect/i)
      .first()
      .waitFor();
  });

  it('says that a new address is taken', async () => {
    const { page } = await someoneAtProfile(at());
    const taken = person().email;
    await users().createUser({ emailAddress: [taken], skipPasswordRequirement: true });
    await page.getByRole('button', { name: 'Add email address' }).click();
    await page.getByLabel('Email address').fill(taken);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText(/taken/i).first().waitFor();
  });

  it('says that a new password is too short, and keeps the old one', async () => {
    const { page, someone, id } = await someoneAtProfile(at(), '/security');
    await page.getByRole('button', { name: 'Update password' }).click();
    await page.getByLabel('New password').fill('short');
    await page
      .getByText(/8 or more characters/i)
      .first()
      .waitFor();
    expect(await users().verifyPassword({ userId: id, password: someone.password })).toEqual({ verified: true });
  });

  it('changes the password', async () => {
    const { page, someone, id } = await someoneAtProfile(at(), '/security');
    const password = `another ${person().password}`;
    await page.getByRole('button', { name: 'Update password' }).click();
    // The old one is not asked for: whoever has just signed in has said it.
    await page.getByLabel('New password').fill(password);
    await page.getByLabel('Confirm password').fill(password);
    await save(page);
    await page.getByLabel('New password').waitFor({ state: 'detached' });
    expect(await users().verifyPassword({ userId: id, password })).toEqual({ verified: true });

    const other = await chromium.page();
    await signIn(other, at().signIn, { ...someone, password });
  });

  it('shows the devices, and signs another one out', async () => {
    const { page, someone, id } = await someoneAtProfile(at());
    const other = await chromium.page();
    await enter(other, at().home, someone);

    await page.goto(`${at().profile}/security`);
    await page.getByText('This device').waitFor();
    const devices = page.locator('.cl-activeDeviceListItem');
    await devices.nth(1).waitFor();
    const another = devices.filter({ hasNotText: 'This device' });
    await another.getByRole('button', { name: 'Open menu' }).click();
    const revoked = page.waitForResponse((response) => /\/me\/sessions\/[^/]+\/revoke/.test(response.url()));
    await page.getByRole('menuitem', { name: /sign out/i }).click();
    expect((await revoked).status()).toBe(200);

    await other.reload();
    await hasNoSession(other);
    await page.reload();
    await hasSession(page);
    await page.getByText('This device').waitFor();
    expect(await another.count()).toBe(0);
    const { data } = await clerkClient().sessions.getSessionList({ userId: id, status: 'active' });
    expect(data).toHaveLength(1);
  });

  it('takes a picture, shows it, and removes it', async () => {
    const { page, id } = await someoneAtProfile(at());
    await page.getByRole('button', { name: 'Update profile' }).click();
    const before = (await users().getUser(id)).imageUrl;
    await page.locator('input[type=file]').setInputFiles(PICTURE);
    // The form closes when the picture is there.
    await page.getByRole('button', { name: 'Upload' }).waitFor({ state: 'detached' });
    const { hasImage, imageUrl } = await users().getUser(id);
    expect(hasImage).toBe(true);
    expect(imageUrl).not.toBe(before);
    expect((await fetch(imageUrl)).headers.get('content-type')).toMatch(/^image\//);

    // While the form folds away, the section that comes back stands there twice.
    await page.waitForFunction(
      () => document.querySelectorAll('.cl-profileSectionPrimaryButton__profile').length === 1,
    );
    await page.getByRole('button', { name: 'Update profile' }).click();
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByRole('button', { name: 'Upload' }).waitFor({ state: 'detached' });
    expect((await users().getUser(id)).hasImage).toBe(false);
  });

  it('deletes the account and leaves nobody signed in', async () => {
    const { page, id } = await someoneAtProfile(at(), '/security');
    await page.getByRole('button', { name: 'Delete account' }).click();
    await page.getByRole('textbox').fill('Delete account');
    await page.getByRole('button', { name: 'Delete account' }).last().click();
    await page.waitForURL(at().home);
    await hasNoSession(page);
    await expect(users().getUser(id)).rejects.toMatchObject({ status: 404 });
  });
});
