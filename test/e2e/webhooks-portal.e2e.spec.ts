/** @needs chromium */
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'svix';
import { useChromium } from './chromium.js';
import { running, svixClient } from './latchkey.js';

const chromium = useChromium();
const calls: { headers: Record<string, string>; body: string }[] = [];
let status = 200;
let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      calls.push({ headers: request.headers as Record<string, string>, body });
      response.writeHead(status).end(`answered ${status}`);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/portal`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

/** A link into the portal, as an app hands it to its users. */
async function link(): Promise<string> {
  return (await svixClient().authentication.appPortalAccess(running().app.LATCHKEY_INSTANCE_ID!)).url;
}

describe('the webhooks portal', () => {
  it('adds an endpoint, tests it, shows request and answer, replays, and rotates the secret', async () => {
    const page = await chromium.page();
    page.on('dialog', (dialog) => void dialog.accept());
    const app = running().app.LATCHKEY_INSTANCE_ID!;
    await page.goto(await link());

    await page.getByRole('button', { name: 'Add endpoint' }).click();
    await page.getByLabel('URL').fill(url);
    await page.getByLabel('Description').fill('Made in the portal');
    await page.getByPlaceholder('Everything').fill('role.cr');
    await page.getByRole('option', { name: 'role.created' }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { name: url }).waitFor();

    status = 500;
    await page.getByRole('tab', { name: 'Testing' }).click();
    await page.getByPlaceholder('Choose a type').fill('user.created');
    await page.getByRole('option', { name: 'user.created' }).click();
    await page.getByRole('button', { name: 'Send example' }).click();
    await page.getByText(/Sent as msg_/).waitFor();
    await page.getByRole('tab', { name: 'Messages' }).click();
    await page.getByRole('cell', { name: 'user.created' }).click();
    await page.getByText('answered 500').waitFor();
    await page.getByText('"email_address": "ada@example.com"').waitFor();

    status = 200;
    await page.getByRole('button', { name: 'Resend' }).click();
    await page.getByText('answered 200').waitFor();
    await page.keyboard.press('Escape');

    const [endpoint] = (await svixClient().endpoint.list(app, { limit: 250 })).data.filter((each) => each.url === url);
    const before = (await svixClient().endpoint.getSecret(app, endpoint!.id)).key;
    await page.getByRole('tab', { name: 'Signing secret' }).click();
    await page.getByRole('button', { name: 'Show secret' }).click();
    await page.getByText(before).waitFor();
    await page.getByRole('button', { name: 'Rotate secret' }).click();
    await page.getByText(before).waitFor({ state: 'detached' });
    const after = (await svixClient().endpoint.getSecret(app, endpoint!.id)).key;
    await page.getByText(after).waitFor();

    expect(endpoint).toMatchObject({ description: 'Made in the portal', filterTypes: ['role.created'] });
    expect(after).not.toBe(before);
    expect(calls.map(({ headers }) => headers['svix-id'])).toEqual([
      calls[0]!.headers['svix-id'],
      calls[0]!.headers['svix-id'],
    ]);
    expect(new Webhook(before).verify(calls[1]!.body, calls[1]!.headers)).toMatchObject({ type: 'user.created' });

    await page.getByRole('tab', { name: 'Settings' }).click();
    await page.getByRole('button', { name: 'Delete endpoint' }).click();
    await page.getByRole('heading', { name: 'Endpoints' }).waitFor();
    expect((await svixClient().endpoint.list(app, { limit: 250 })).data.some((each) => each.url === url)).toBe(false);
  });

  it('opens with a link once, and shows the event catalogue', async () => {
    const page = await chromium.page();
    const used = await link();
    await page.goto(used);
    await page.getByRole('heading', { name: 'Endpoints' }).waitFor();
    expect(page.url()).not.toContain('key=');
    await page.getByRole('link', { name: 'Event catalogue' }).click();
    await page.getByRole('button', { name: /organizationMembership\.created/ }).click();
    await page.getByText('"object": "organization_membership"').waitFor();

    const other = await chromium.page();
    await other.goto(used);
    await other.getByText('This link does not work').waitFor();
  });
});
