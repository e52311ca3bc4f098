/** @needs chromium */
import type { Page } from 'playwright-core';
import { useChromium } from './chromium.js';
import { useInstance } from './instances.js';
import { clerkClient } from './latchkey.js';
import { enterIdentifier, hasNoSession, hasSession, person, pressContinue, type ClerkWindow } from './people.js';
import { useReactApp } from './react-app.js';
import { Subscriber, type Received } from './subscriber.js';

const app = useInstance({
  settings: {
    sessions: { reverification: false },
    attack_protection: { email_link: { require_same_client: false } },
    attributes: {
      email_address: { first_factors: ['email_link'], verifications: ['email_link'] },
      password: { enabled: false, required: false },
    },
  },
});
const reactApp = useReactApp(app);
const chromium = useChromium();
const clerk = () => clerkClient({ app: app() });
let subscriber: Subscriber;

beforeAll(async () => {
  subscriber = await Subscriber.start(['email.created'], app());
});

afterAll(async () => {
  await subscriber.stop();
});

type Mail = { to_email_address: string; data: { action_url?: string } };
const mailOf = ({ data }: Received) => data as unknown as Mail;

/** The link in the mail to an address, as an app that sends its own mails gets it. */
async function linkTo(email: string): Promise<string> {
  const mail = await subscriber.next('email.created', (event) => mailOf(event).to_email_address === email);
  return mailOf(mail).data.action_url!;
}

/** Opens the link as a mail program does, in another tab of the browser. */
async function follow(page: Page, link: string): Promise<Page> {
  const tab = await page.context().newPage();
  await tab.goto(link);
  return tab;
}

const sessionOf = async (page: Page) => {
  await hasSession(page);
  return page.evaluate(() => (window as ClerkWindow).Clerk!.session!.id);
};

async function someone() {
  const { email } = person();
  const { id } = await clerk().users.createUser({ emailAddress: [email] });
  return { email, id };
}

/** Where people sign in: at the pages of an app, or at those that Latchkey has for apps without. */
const places = {
  'in a React app': () => reactApp.url,
  'at the account portal': () => app().CLERK_PROXY_URL!,
};

describe.each(Object.entries(places))('links in mails %s', (_, at) => {
  it('sign up, in the tab of the form and in that of the link', async () => {
    const { email } = person();
    const page = await chromium.page();
    await page.goto(`${at()}/sign-up`);
    await page.getByLabel('Email address').fill(email);
    await pressContinue(page);
    await page
      .getByText(/verification link/i)
      .first()
      .waitFor();

    const tab = await follow(page, await linkTo(email));

    expect(await sessionOf(tab)).toBe(await sessionOf(page));
    const { data } = await clerk().users.getUserList({ emailAddress: [email] });
    expect(data[0]?.emailAddresses[0]?.verification).toMatchObject({ status: 'verified', strategy: 'email_link' });
  });

  it('sign in where they were asked for when they are followed on another device, once', async () => {
    const { email, id } = await someone();
    const page = await chromium.page();
    await page.goto(`${at()}/sign-in`);
    await enterIdentifier(page, email);
    await page
      .getByText(/verification link/i)
      .first()
      .waitFor();
    const link = await linkTo(email);

    const phone = await chromium.page();
    await phone.goto(link);
    await phone
      .getByText(/original tab|return to/i)
      .first()
      .waitFor();

    await hasSession(page);
    expect(await page.evaluate(() => (window as ClerkWindow).Clerk!.user!.id)).toBe(id);
    await hasNoSession(phone);
    const late = await follow(phone, link);
    await late
      .getByText(/invalid|expired/i)
      .first()
      .waitFor();
    await hasNoSession(late);
  });
});

describe('links in mails in the profile', () => {
  it('prove an address that was added', async () => {
    const { email, id } = await someone();
    const page = await chromium.page();
    const { token } = await clerk().signInTokens.createSignInToken({ userId: id, expiresInSeconds: 600 });
    await page.goto(`${reactApp.url}/sign-in?__clerk_ticket=${token}`);
    await hasSession(page);
    const second = person().email;
    await page.goto(`${reactApp.url}/profile`);
    await page.getByText(email).first().waitFor();
    await page.getByRole('button', { name: 'Add email address' }).click();
    await page.getByLabel('Email address').fill(second);
    await page.getByRole('button', { name: 'Add', exact: true }).press('Enter');

    await follow(page, await linkTo(second));

    await page.locator('.cl-profileSectionItem').filter({ hasText: second }).waitFor();
    const added = (await clerk().users.getUser(id)).emailAddresses.find((row) => row.emailAddress === second);
    expect(added?.verification).toMatchObject({ status: 'verified', strategy: 'email_link' });
  });
});
