import { randomUUID } from 'node:crypto';
import { verifyToken } from '@clerk/backend';
import { clerkClient, jwtKey, running } from './latchkey.js';
import { person } from './people.js';

const clerk = () => clerkClient();
const ids = (page: { data: { id: string }[] }) => page.data.map(({ id }) => id);

/** A user that nobody else of this installation looks like. */
async function someone(more: Record<string, unknown> = {}) {
  const { email, password } = person();
  const user = await clerk().users.createUser({ emailAddress: [email], password, ...more });
  return { ...user, user, email, password };
}

describe('@clerk/backend: users', () => {
  const tag = randomUUID().replaceAll('-', '').slice(0, 12);
  let grace: Awaited<ReturnType<typeof someone>>;
  let ada: Awaited<ReturnType<typeof someone>>;

  beforeAll(async () => {
    grace = await someone({ firstName: `Grace${tag}`, lastName: 'Hopper', externalId: `ext-grace-${tag}` });
    ada = await someone({ firstName: `Ada${tag}`, lastName: 'Lovelace', externalId: `ext-ada-${tag}` });
  });

  it('creates one with everything that it takes', async () => {
    const user = await someone({
      firstName: 'Katherine',
      lastName: 'Johnson',
      externalId: `ext-${randomUUID()}`,
      publicMetadata: { plan: 'pro' },
      privateMetadata: { crm: 7 },
      unsafeMetadata: { theme: 'dark' },
      createdAt: new Date('2020-02-03T04:05:06Z'),
    });
    expect(await clerk().users.getUser(user.id)).toMatchObject({
      firstName: 'Katherine',
      lastName: 'Johnson',
      passwordEnabled: true,
      publicMetadata: { plan: 'pro' },
      privateMetadata: { crm: 7 },
      unsafeMetadata: { theme: 'dark' },
      createdAt: Date.parse('2020-02-03T04:05:06Z'),
      primaryEmailAddress: { emailAddress: user.email, verification: { status: 'verified' } },
    });
  });

  it.each([
    ['emailAddress', () => ({ emailAddress: [grace.email] })],
    ['userId', () => ({ userId: [grace.id] })],
    ['externalId', () => ({ externalId: [`ext-grace-${tag}`] })],
    ['query of the name', () => ({ query: `grace${tag}` })],
    ['query of the address', () => ({ query: grace.email.slice(0, 20).toUpperCase() })],
    ['query of the id', () => ({ query: grace.id })],
    ['createdAtBefore', () => ({ query: tag, createdAtBefore: ada.createdAt })],
  ])('lists by %s', async (_, filter) => {
    expect(ids(await clerk().users.getUserList(filter()))).toEqual([grace.id]);
    const { totalCount } = await clerk().users.getUserList({ ...filter(), limit: 1, offset: 1 });
    expect(totalCount).toBe(1);
  });

  it('lists nobody for a filter that fits nobody', async () => {
    const none = { data: [], totalCount: 0 };
    expect(await clerk().users.getUserList({ emailAddress: [`none-${tag}@example.com`] })).toEqual(none);
    expect(await clerk().users.getUserList({ query: tag, createdAtAfter: Date.now() + 60_000 })).toEqual(none);
    expect(await clerk().users.getUserList({ query: tag, lastSignInAtBefore: Date.now() })).toEqual(none);
    expect(await clerk().users.getUserList({ query: tag, lastActiveAtAfter: Date.now() })).toEqual(none);
    expect(await clerk().users.getUserList({ query: tag, organizationId: ['org_none'] })).toEqual(none);
  });

  it.each([
    ['first_name', 'ada first'],
    ['-first_name', 'grace first'],
    ['last_name', 'grace first'],
    ['-last_name', 'ada first'],
    ['+created_at', 'grace first'],
    ['-created_at', 'ada first'],
    [undefined, 'ada first'],
  ] as const)('orders by %s', async (orderBy, expected) => {
    const order = expected === 'ada first' ? [ada.id, grace.id] : [grace.id, ada.id];
    expect(ids(await clerk().users.getUserList({ query: tag, orderBy }))).toEqual(order);
  });

  it('pages and counts', async () => {
    const page = (offset: number) => clerk().users.getUserList({ query: tag, orderBy: 'first_name', limit: 1, offset });
    expect(ids(await page(0))).toEqual([ada.id]);
    expect(ids(await page(1))).toEqual([grace.id]);
    expect(ids(await page(2))).toEqual([]);
    expect(await clerk().users.getCount({ query: tag })).toBe(2);
    expect(await clerk().users.getCount({ emailAddress: [ada.email] })).toBe(1);
  });

  it('updates, merges metadata and replaces it', async () => {
    const { id } = await someone({ publicMetadata: { a: 1, b: { c: 2 } } });
    await clerk().users.updateUser(id, { firstName: 'Mary', lastName: null as never });
    await clerk().users.updateUserMetadata(id, { publicMetadata: { a: null, b: { d: 3 } } });
    expect(await clerk().users.getUser(id)).toMatchObject({
      firstName: 'Mary',
      publicMetadata: { b: { c: 2, d: 3 } },
    });
    await clerk().users.replaceUserMetadata(id, { publicMetadata: { only: true } });
    expect((await clerk().users.getUser(id)).publicMetadata).toEqual({ only: true });
  });

  it('verifies a password, bans, locks, and lets in again', async () => {
    const { id, password } = await someone();
    const { users } = clerk();
    expect(await users.verifyPassword({ userId: id, password })).toEqual({ verified: true });
    await expect(users.verifyPassword({ userId: id, password: 'not it at all' })).rejects.toMatchObject({
      status: 422,
      errors: [{ code: 'incorrect_password' }],
    });
    expect((await users.banUser(id)).banned).toBe(true);
    expect((await users.unbanUser(id)).banned).toBe(false);
    expect((await users.lockUser(id)).locked).toBe(true);
    expect((await users.unlockUser(id)).locked).toBe(false);
  });

  it('takes a profile picture and removes it', async () => {
    const { id, imageUrl } = await someone();
    const png = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
      'base64',
    );
    const file = new Blob([png], { type: 'image/png' });
    const changed = await clerk().users.updateUserProfileImage(id, { file });
    expect(changed.hasImage).toBe(true);
    expect(changed.imageUrl).not.toBe(imageUrl);
    expect((await clerk().users.deleteUserProfileImage(id)).hasImage).toBe(false);
  });

  it('has addresses added, changed and removed', async () => {
    const { id, email } = await someone();
    const { emailAddresses, users } = clerk();
    const added = await emailAddresses.createEmailAddress({
      userId: id,
      emailAddress: person().email,
      verified: true,
      primary: true,
    });
    expect((await users.getUser(id)).primaryEmailAddressId).toBe(added.id);
    const old = (await users.getUser(id)).emailAddresses.find((address) => address.emailAddress === email)!;
    const unverified = await emailAddresses.updateEmailAddress(old.id, { verified: false });
    expect(unverified.verification?.status).not.toBe('verified');
    expect(await emailAddresses.deleteEmailAddress(old.id)).toMatchObject({ id: old.id, deleted: true });
    expect((await users.getUser(id)).emailAddresses).toHaveLength(1);
  });

  it('deletes one, who is gone then', async () => {
    const { id } = await someone();
    expect(await clerk().users.deleteUser(id)).toMatchObject({ id, deleted: true });
    await expect(clerk().users.getUser(id)).rejects.toMatchObject({ status: 404 });
  });

  it('refuses a secret key that is none', async () => {
    const client = clerkClient({ secretKey: 'sk_test_nobody' });
    await expect(client.users.getUserList()).rejects.toMatchObject({
      status: 401,
      errors: [{ code: 'clerk_key_invalid' }],
    });
  });
});

describe('@clerk/backend: sessions and tokens', () => {
  it('creates a session, mints its token, and verifies it with the JWKS and without network', async () => {
    const { id } = await someone();
    const { app } = running();
    const { sessions } = clerk();
    const session = await sessions.createSession({ userId: id });
    expect(session).toMatchObject({ userId: id, status: 'active' });
    expect(ids(await sessions.getSessionList({ userId: id, status: 'active' }))).toEqual([session.id]);
    expect(await clerk().clients.getClient(session.clientId)).toMatchObject({ sessionIds: [session.id] });

    const { jwt } = await sessions.getToken(session.id);
    const byJwks = await verifyToken(jwt, { secretKey: app.CLERK_SECRET_KEY, apiUrl: app.CLERK_API_URL });
    const byKey = await verifyToken(jwt, { jwtKey: await jwtKey() });
    expect(byJwks).toMatchObject({ sub: id, sid: session.id, v: 2, sts: 'active' });
    expect(byKey).toEqual(byJwks);
    const long = await sessions.getToken(session.id, undefined, 300);
    const { exp, iat } = await verifyToken(long.jwt, { jwtKey: await jwtKey() });
    expect(exp - iat).toBe(300);
  });

  it('revokes a session, which gives no token then', async () => {
    const { sessions } = clerk();
    const session = await sessions.createSession({ userId: (await someone()).id });
    expect((await sessions.revokeSession(session.id)).status).toBe('revoked');
    expect((await sessions.getSession(session.id)).status).toBe('revoked');
    await expect(sessions.getToken(session.id)).rejects.toMatchObject({ clerkError: true });
  });

  it('authenticates a request that bears the token, and none that does not', async () => {
    const { id } = await someone();
    const session = await clerk().sessions.createSession({ userId: id });
    const { jwt } = await clerk().sessions.getToken(session.id);
    const request = (headers: Record<string, string>) => new Request('https://app.example/api', { headers });
    const signedIn = await clerk().authenticateRequest(request({ authorization: `Bearer ${jwt}` }));
    expect(signedIn.toAuth()).toMatchObject({ userId: id, sessionId: session.id });
    const signedOut = await clerk().authenticateRequest(request({}));
    expect(signedOut.isAuthenticated).toBe(false);
  });

  it('fills in a JWT template, its shortcodes included, and signs with its own key where wanted', async () => {
    const { id, email } = await someone({ publicMetadata: { plan: 'pro' } });
    const name = `hasura-${randomUUID().slice(0, 8)}`;
    const { jwtTemplates, sessions } = clerk();
    const template = await jwtTemplates.create({
      name,
      claims: { who: '{{user.id}}', mail: '{{user.primary_email_address}}', plan: '{{user.public_metadata.plan}}' },
      lifetime: 600,
    });
    const session = await sessions.createSession({ userId: id });
    const { jwt } = await sessions.getToken(session.id, name);
    const claims = JSON.parse(Buffer.from(jwt.split('.')[1]!, 'base64url').toString()) as Record<string, number>;
    expect(claims).toMatchObject({ who: id, mail: email, plan: 'pro', sub: id });
    expect(claims.exp! - claims.iat!).toBe(600);

    await jwtTemplates.update({
      templateId: template.id,
      name,
      claims: {},
      customSigningKey: true,
      signingAlgorithm: 'HS256',
      signingKey: 'a secret of thirty-two characters',
    });
    const { jwt: signed } = await sessions.getToken(session.id, name);
    expect(JSON.parse(Buffer.from(signed.split('.')[0]!, 'base64url').toString())).toMatchObject({ alg: 'HS256' });
    expect(ids(await jwtTemplates.list())).toContain(template.id);
    await jwtTemplates.delete(template.id);
    await expect(sessions.getToken(session.id, name)).rejects.toMatchObject({ status: 404 });
  });
});

describe('@clerk/backend: tickets, lists and settings', () => {
  it('makes a sign-in token and revokes it', async () => {
    const { id } = await someone();
    const { signInTokens } = clerk();
    const token = await signInTokens.createSignInToken({ userId: id, expiresInSeconds: 600 });
    expect(token).toMatchObject({ userId: id, status: 'pending' });
    expect(token.token).toBeTruthy();
    expect((await signInTokens.revokeSignInToken(token.id)).status).toBe('revoked');
  });

  it('makes an actor token and revokes it', async () => {
    const { id } = await someone();
    const { actorTokens } = clerk();
    const token = await actorTokens.create({ userId: id, actor: { sub: 'user_admin' }, expiresInSeconds: 600 });
    expect(token).toMatchObject({ userId: id, status: 'pending', actor: { sub: 'user_admin' } });
    expect((await actorTokens.revoke(token.id)).status).toBe('revoked');
  });

  it('makes a testing token', async () => {
    // The SDK hands on what comes, names included, whatever its types say.
    const made: unknown = await clerk().testingTokens.createTestingToken();
    expect(made).toMatchObject({ token: expect.stringContaining(''), expires_at: expect.any(Number) });
    expect((made as { expires_at: number }).expires_at).toBeGreaterThan(Date.now() / 1000);
  });

  it('keeps a list of redirect URLs', async () => {
    const { redirectUrls } = clerk();
    const url = `https://${randomUUID()}.example/callback`;
    const made = await redirectUrls.createRedirectUrl({ url });
    expect(made.url).toBe(url);
    expect((await redirectUrls.getRedirectUrl(made.id)).url).toBe(url);
    expect(ids(await redirectUrls.getRedirectUrlList())).toContain(made.id);
    await redirectUrls.deleteRedirectUrl(made.id);
    expect(ids(await redirectUrls.getRedirectUrlList())).not.toContain(made.id);
  });

  it('keeps an allow-list and a block-list', async () => {
    const { allowlistIdentifiers, blocklistIdentifiers } = clerk();
    const identifier = person().email;
    const allowed = await allowlistIdentifiers.createAllowlistIdentifier({ identifier, notify: false });
    expect(ids(await allowlistIdentifiers.getAllowlistIdentifierList())).toContain(allowed.id);
    await allowlistIdentifiers.deleteAllowlistIdentifier(allowed.id);
    expect(ids(await allowlistIdentifiers.getAllowlistIdentifierList())).not.toContain(allowed.id);

    const blocked = await blocklistIdentifiers.createBlocklistIdentifier({ identifier });
    expect(ids(await blocklistIdentifiers.getBlocklistIdentifierList())).toContain(blocked.id);
    await blocklistIdentifiers.deleteBlocklistIdentifier(blocked.id);
    expect(ids(await blocklistIdentifiers.getBlocklistIdentifierList())).not.toContain(blocked.id);
  });
});
