import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Svix } from 'svix';
import { eventually as within } from '../faults/eventually.js';
import { useInstance } from './instances.js';
import { clerkClient, running, svixClient } from './latchkey.js';
import { person } from './people.js';
import { Subscriber } from './subscriber.js';

const app = useInstance();
const clerk = () => clerkClient({ app: app() });
const svix = (): Svix => svixClient(app());
const eventually = (what: string, holds: () => Promise<boolean>) => within(what, holds, 20_000);
const uid = () => app().LATCHKEY_INSTANCE_ID!;

async function someone(): Promise<string> {
  const { email, password } = person();
  return (await clerk().users.createUser({ emailAddress: [email], password })).id;
}

describe('what a server changes, as its subscriber is told', () => {
  let subscriber: Subscriber;
  beforeAll(async () => {
    subscriber = await Subscriber.start(undefined, app());
  });
  afterAll(() => subscriber.stop());

  it('has an event for each change, signed, about the right user', async () => {
    const { emailAddresses, sessions, users } = clerk();
    const id = await someone();
    const about = (user: string) => subscriber.received.filter(({ data }) => data.id === user);
    /** Waits for the next event about the user, whose data fit. */
    const told = async (type: string, fits: object) => {
      const event = await subscriber.next(type, ({ data }) => {
        const [known, wanted] = [data as object, Object.entries(fits)];
        return wanted.every(([name, value]) => JSON.stringify(known[name as never]) === JSON.stringify(value));
      });
      return event.data as unknown as Record<string, unknown>;
    };
    await told('user.created', { id });
    await users.updateUser(id, { firstName: 'Ada' });
    await told('user.updated', { id, first_name: 'Ada' });
    await users.updateUserMetadata(id, { publicMetadata: { plan: 'pro' } });
    await told('user.updated', { id, public_metadata: { plan: 'pro' } });
    await users.replaceUserMetadata(id, { publicMetadata: { only: true } });
    await told('user.updated', { id, public_metadata: { only: true } });
    await users.banUser(id);
    await told('user.updated', { id, banned: true });
    await users.unbanUser(id);
    await users.lockUser(id);
    await told('user.updated', { id, locked: true });
    await users.unlockUser(id);
    const file = new Blob([PICTURE], { type: 'image/png' });
    await users.updateUserProfileImage(id, { file });
    await told('user.updated', { id, has_image: true });
    const address = await emailAddresses.createEmailAddress({
      userId: id,
      emailAddress: person().email,
      verified: true,
      primary: true,
    });
    await told('user.updated', { id, primary_email_address_id: address.id });

    const session = await sessions.createSession({ userId: id });
    await told('session.created', { id: session.id, user_id: id });
    await sessions.revokeSession(session.id);
    await told('session.revoked', { id: session.id, status: 'revoked' });
    await users.deleteUser(id);
    await told('user.deleted', { id, deleted: true });

    expect(subscriber.refused).toEqual([]);
    expect(about(id)[0]!.type).toBe('user.created');
    expect(about(id).at(-1)!.type).toBe('user.deleted');
  });

  it('comes within a second where all runs in one process', async () => {
    const delays: number[] = [];
    for (let n = 0; n < 5; n++) {
      const id = await someone();
      const changedAt = Date.now();
      const { at } = await subscriber.next('user.created', ({ data }) => data.id === id);
      delays.push(at - changedAt);
    }
    delays.sort((a, b) => a - b);
    if (running().mode === 'standalone') expect(delays[2]).toBeLessThan(1_000);
    expect(delays).toHaveLength(5);
  });
});

describe('the unmodified svix client', () => {
  let server: Server;
  let url: string;
  let status = 200;

  beforeAll(async () => {
    server = createServer(
      (request, response) => void request.resume().on('end', () => response.writeHead(status).end()),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  it('finds the application of the instance by its id, and keeps others', async () => {
    const { application } = svix();
    const { id } = await application.get(uid());
    const other = await application.create({ name: 'Another', uid: randomUUID() });
    expect((await application.update(other.id, { name: 'Renamed' })).name).toBe('Renamed');
    const all = await application.list();
    expect(all.data.map((each) => each.id).sort()).toEqual([id, other.id].sort());
    await application.delete(other.id);
    await expect(application.get(other.id)).rejects.toMatchObject({ code: 404 });
  });

  it('creates, lists, gets, updates and deletes endpoints, and rotates their secrets', async () => {
    const { endpoint } = svix();
    const { id } = await endpoint.create(uid(), { url, filterTypes: ['role.created'], description: 'First' });
    expect((await endpoint.list(uid())).data.map((each) => each.id)).toContain(id);
    expect(await endpoint.get(uid(), id)).toMatchObject({ url, description: 'First', filterTypes: ['role.created'] });
    const changed = await endpoint.update(uid(), id, { url: `${url}other`, filterTypes: ['role.deleted'] });
    expect(changed).toMatchObject({ url: `${url}other`, filterTypes: ['role.deleted'] });
    const { key } = await endpoint.getSecret(uid(), id);
    expect(key).toMatch(/^whsec_/);
    await endpoint.rotateSecret(uid(), id, {});
    expect((await endpoint.getSecret(uid(), id)).key).not.toBe(key);
    await endpoint.delete(uid(), id);
    await expect(endpoint.get(uid(), id)).rejects.toMatchObject({ code: 404 });
  });

  it('refuses endpoints in private and link-local networks, other than loopback', async () => {
    for (const address of [
      'http://10.0.0.1/',
      'http://192.168.1.1/',
      'http://169.254.169.254/latest',
      'http://[fe80::1]/',
    ])
      await expect(svix().endpoint.create(uid(), { url: address })).rejects.toMatchObject({ code: 422 });
  });

  it('shows messages and what came of them, and sends one again', async () => {
    const { endpoint, message, messageAttempt } = svix();
    status = 500;
    const { id } = await endpoint.create(uid(), { url, filterTypes: ['user.created'] });
    const user = await someone();
    const ofUser = async () =>
      (await message.list(uid(), { limit: 100 })).data.find(({ payload }) => (payload as Event).data.id === user);
    await eventually('the message is there', async () => Boolean(await ofUser()));
    const sent = (await ofUser())!;
    expect(await message.get(uid(), sent.id)).toMatchObject({
      eventType: 'user.created',
      payload: { type: 'user.created' },
    });
    const attempts = async () => (await messageAttempt.listByMsg(uid(), sent.id, { endpointId: id })).data;
    await eventually('it was tried', async () =>
      (await attempts()).some(({ responseStatusCode }) => responseStatusCode === 500),
    );

    status = 200;
    await messageAttempt.resend(uid(), sent.id, id);

    await eventually('it was taken', async () =>
      (await attempts()).some(({ responseStatusCode }) => responseStatusCode === 200),
    );
    const [last] = await attempts();
    expect(await messageAttempt.get(uid(), sent.id, last!.id)).toMatchObject({ status: 0, triggerType: 1 });
    const byEndpoint = await messageAttempt.listByEndpoint(uid(), id);
    expect(byEndpoint.data.map(({ msgId }) => msgId)).toContain(sent.id);
  });
});

interface Event {
  data: { id?: string };
}

// The smallest picture there is: one red pixel.
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
);
