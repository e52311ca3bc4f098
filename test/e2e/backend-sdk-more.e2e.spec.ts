import { createPublicKey, createVerify, generateKeyPairSync, randomInt, randomUUID } from 'node:crypto';
import { verifyToken, type User } from '@clerk/backend';
import { hashSync } from 'bcrypt';
import { generateSync } from 'otplib';
import { useInstance } from './instances.js';
import { clerkClient, running } from './latchkey.js';
import { person } from './people.js';

const app = useInstance({
  settings: {
    attributes: {
      phone_number: { enabled: true, used_for_first_factor: true, first_factors: ['phone_code'] },
      username: { enabled: true, used_for_first_factor: true },
      authenticator_app: { enabled: true, used_for_second_factor: true, second_factors: ['totp'] },
      backup_code: { enabled: true, used_for_second_factor: true, second_factors: ['backup_code'] },
    },
    organizations: { enabled: true },
  },
});
const clerk = () => clerkClient({ app: app() });
const phone = () => `+1415${randomInt(200, 555)}${randomInt(1000, 9999)}`;
const word = () => `u${randomUUID().replaceAll('-', '').slice(0, 12)}`;
const ids = ({ data }: { data: { id: string }[] }) => data.map(({ id }) => id);

describe('@clerk/backend: what a user can be made with', () => {
  it('takes numbers, a user name, languages, consent, limits, and who may sign in with what', async () => {
    const { email } = person();
    const [reserved, number, username] = [person().email, phone(), word()];
    const legalAcceptedAt = new Date('2024-05-06T07:08:09Z');
    const { id } = await clerk().users.createUser({
      emailAddress: [email, reserved],
      emailAddressIdentificationStatus: ['verified', 'reserved'],
      phoneNumber: [number],
      phoneNumberIdentificationStatus: ['verified'],
      username,
      locale: 'de-DE',
      skipPasswordRequirement: true,
      legalAcceptedAt,
      createdAt: new Date('2020-01-01T00:00:00Z'),
    });
    const user = await clerk().users.getUser(id);
    expect(user).toMatchObject({
      username,
      locale: 'de-DE',
      passwordEnabled: false,
      legalAcceptedAt: legalAcceptedAt.getTime(),
      createdAt: Date.parse('2020-01-01T00:00:00Z'),
    });
    expect(user.primaryPhoneNumber?.phoneNumber).toBe(number);
    const statuses = user.emailAddresses.map((row) => [row.emailAddress, row.verification?.status === 'verified']);
    expect(Object.fromEntries(statuses)).toEqual({ [email]: true, [reserved]: false });
    await expect(clerk().users.createUser({ emailAddress: [reserved] })).rejects.toMatchObject({ status: 422 });
  });

  it('takes the digest of a password, the secret of an authenticator and backup codes of another system', async () => {
    const { email, password } = person();
    const totpSecret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
    const { users } = clerk();
    const { id, totpEnabled, backupCodeEnabled } = await users.createUser({
      emailAddress: [email],
      passwordDigest: hashSync(password, 4),
      passwordHasher: 'bcrypt',
      totpSecret,
      backupCodes: ['one-backup-code', 'another-backup-code'],
    });
    expect([totpEnabled, backupCodeEnabled]).toEqual([true, true]);
    expect(await users.verifyPassword({ userId: id, password })).toEqual({ verified: true });
    const code = generateSync({ secret: totpSecret });
    expect(await users.verifyTOTP({ userId: id, code })).toMatchObject({ verified: true, code_type: 'totp' });
    expect(await users.verifyTOTP({ userId: id, code: 'one-backup-code' })).toMatchObject({ code_type: 'backup_code' });
    await expect(users.verifyTOTP({ userId: id, code: 'one-backup-code' })).rejects.toMatchObject({ status: 422 });

    await users.deleteUserBackupCodes(id);
    await users.deleteUserTOTP(id);
    const { twoFactorEnabled } = await users.getUser(id);
    expect(twoFactorEnabled).toBe(false);
    await users.disableUserMFA(id);
  });

  it('takes one who is banned or locked from the start', async () => {
    const make = (more: object) =>
      clerk().users.createUser({ emailAddress: [person().email], skipPasswordRequirement: true, ...more });
    expect((await make({ banned: true })).banned).toBe(true);
    expect((await make({ locked: true })).locked).toBe(true);
  });

  it('says what is wrong with a password, unless it is told not to look', async () => {
    const make = (more: object) =>
      clerk().users.createUser({ emailAddress: [person().email], password: 'password123', ...more });
    await expect(make({})).rejects.toMatchObject({ status: 422, errors: [{ code: 'form_password_pwned' }] });
    expect((await make({ skipPasswordChecks: true })).passwordEnabled).toBe(true);
  });
});

describe('@clerk/backend: how users are found', () => {
  const tag = word();
  const people: User[] = [];
  let organizationId: string;

  beforeAll(async () => {
    const { organizations, sessions, users } = clerk();
    for (const name of ['anna', 'bert', 'carl'])
      people.push(
        await users.createUser({
          emailAddress: [`${name}.${tag}@example.com`],
          phoneNumber: [phone()],
          username: `${name}_${tag}`,
          externalId: `${name}-${tag}`,
          firstName: name,
          lastName: tag,
          skipPasswordRequirement: true,
        }),
      );
    // Seen, in this order: carl, then anna; bert never.
    for (const user of [people[2]!, people[0]!]) await sessions.createSession({ userId: user.id });
    organizationId = (await organizations.createOrganization({ name: tag, createdBy: people[1]!.id })).id;
  });

  const named = (page: { data: User[] }) => page.data.map(({ firstName }) => firstName);

  it.each([
    ['phoneNumber', () => ({ phoneNumber: [people[0]!.phoneNumbers[0]!.phoneNumber] }), ['anna']],
    ['username', () => ({ username: [people[1]!.username!] }), ['bert']],
    [
      'several ids',
      () => ({ userId: [people[0]!.id, people[2]!.id], orderBy: 'first_name' as const }),
      ['anna', 'carl'],
    ],
    ['query of the user name', () => ({ query: `BERT_${tag}` }), ['bert']],
    ['query of the number', () => ({ query: people[2]!.phoneNumbers[0]!.phoneNumber }), ['carl']],
    ['organizationId', () => ({ organizationId: [organizationId] }), ['bert']],
    [
      'lastActiveAtAfter',
      () => ({ query: tag, lastActiveAtAfter: people[2]!.createdAt, orderBy: 'first_name' as const }),
      ['anna', 'carl'],
    ],
    ['createdAtAfter', () => ({ query: tag, createdAtAfter: people[1]!.createdAt }), ['carl']],
  ])('by %s', async (_, filter, expected) => {
    expect(named(await clerk().users.getUserList(filter()))).toEqual(expected);
  });

  it('are counted by the same filters', async () => {
    const { users } = clerk();
    expect(await users.getCount({ phoneNumber: [people[0]!.phoneNumbers[0]!.phoneNumber] })).toBe(1);
    expect(await users.getCount({ username: [people[0]!.username!, people[1]!.username!] })).toBe(2);
    expect(await users.getCount({ userId: people.map(({ id }) => id) })).toBe(3);
    expect(await users.getCount({ externalId: [`anna-${tag}`] })).toBe(1);
    expect(await users.getCount({ query: tag })).toBe(3);
  });

  it.each(['email_address', 'username', 'first_name', 'created_at'] as const)(
    'in order of %s, both ways',
    async (field) => {
      const list = async (orderBy: `+${typeof field}` | `-${typeof field}`) =>
        named(await clerk().users.getUserList({ query: tag, orderBy }));
      expect(await list(`+${field}`)).toEqual(['anna', 'bert', 'carl']);
      expect(await list(`-${field}`)).toEqual(['carl', 'bert', 'anna']);
    },
  );

  it('in order of their numbers', async () => {
    const numbers = people.map(({ phoneNumbers }) => phoneNumbers[0]!.phoneNumber).sort();
    const list = await clerk().users.getUserList({ query: tag, orderBy: '+phone_number' });
    expect(list.data.map(({ phoneNumbers }) => phoneNumbers[0]!.phoneNumber)).toEqual(numbers);
  });

  it.each(['last_active_at', 'last_sign_in_at', 'updated_at', 'web3wallet'] as const)(
    'in order of %s',
    async (field) => {
      const list = async (sign: '+' | '-') =>
        ids(await clerk().users.getUserList({ query: tag, orderBy: `${sign}${field}` as `+${typeof field}` }));
      const expected = people.map(({ id }) => id).sort();
      expect((await list('+')).sort()).toEqual(expected);
      expect((await list('-')).sort()).toEqual(expected);
    },
  );

  it('who was seen last comes first', async () => {
    const seen = { query: tag, lastActiveAtAfter: 1, orderBy: '-last_active_at' as const };
    const { data } = await clerk().users.getUserList(seen);
    const times = data.map(({ lastActiveAt }) => lastActiveAt!);
    expect(data).toHaveLength(2);
    expect(times).toEqual([...times].sort((a, b) => b - a));
  });
});

describe('@clerk/backend: what else a server does with a user', () => {
  it('changes what belongs to them, and takes their password away', async () => {
    const { email, password } = person();
    const { users } = clerk();
    const { id } = await users.createUser({ emailAddress: [email], password });
    const username = word();
    const changed = await users.updateUser(id, {
      username,
      externalId: `ext-${username}`,
      locale: 'fr-FR',
      deleteSelfEnabled: false,
      createOrganizationEnabled: true,
      createOrganizationsLimit: 3,
    });
    expect(changed).toMatchObject({
      username,
      externalId: `ext-${username}`,
      locale: 'fr-FR',
      deleteSelfEnabled: false,
      createOrganizationEnabled: true,
      createOrganizationsLimit: 3,
    });
    await users.setPasswordCompromised(id);
    await users.unsetPasswordCompromised(id);
    expect((await users.removePassword(id)).passwordEnabled).toBe(false);
    const replaced = person().email;
    await users.replaceUserEmailAddress(id, { emailAddress: replaced });
    const number = phone();
    await users.replaceUserPhoneNumber(id, { phoneNumber: number });
    const user = await users.getUser(id);
    expect(user.emailAddresses.map((row) => row.emailAddress)).toEqual([replaced]);
    expect(user.phoneNumbers.map((row) => row.phoneNumber)).toEqual([number]);
  });

  it('merges private and unsafe metadata, a null takes a key away', async () => {
    const { users } = clerk();
    const { id } = await users.createUser({
      emailAddress: [person().email],
      skipPasswordRequirement: true,
      privateMetadata: { a: { b: 1 }, gone: true },
      unsafeMetadata: { theme: 'dark' },
    });
    await users.updateUserMetadata(id, { privateMetadata: { a: { c: 2 }, gone: null }, unsafeMetadata: { size: 2 } });
    expect(await users.getUser(id)).toMatchObject({
      privateMetadata: { a: { b: 1, c: 2 } },
      unsafeMetadata: { theme: 'dark', size: 2 },
    });
    expect((await users.getUser(id)).privateMetadata).not.toHaveProperty('gone');
  });

  it('reads an address, a number and the clients', async () => {
    const { emailAddresses, phoneNumbers, clients, sessions, users } = clerk();
    const [email, number] = [person().email, phone()];
    const user = await users.createUser({
      emailAddress: [email],
      phoneNumber: [number],
      skipPasswordRequirement: true,
    });
    const address = await emailAddresses.getEmailAddress(user.primaryEmailAddressId!);
    expect(address).toMatchObject({ emailAddress: email, verification: { status: 'verified' } });
    expect((await phoneNumbers.getPhoneNumber(user.primaryPhoneNumberId!)).phoneNumber).toBe(number);

    const session = await sessions.createSession({ userId: user.id });
    expect(ids(await sessions.getSessionList({ clientId: session.clientId }))).toEqual([session.id]);
    expect(ids(await sessions.getSessionList({ userId: user.id, status: 'ended' }))).toEqual([]);
    expect(ids(await clients.getClientList({ limit: 100 }))).toContain(session.clientId);
    await expect(clients.verifyClient('not.a.token')).rejects.toMatchObject({ clerkError: true });
  });
});

describe('@clerk/backend: tokens of templates', () => {
  async function sessionOf(more: object) {
    const { sessions, users } = clerk();
    const { id } = await users.createUser({ emailAddress: [person().email], skipPasswordRequirement: true, ...more });
    return { userId: id, sessionId: (await sessions.createSession({ userId: id })).id };
  }
  const part = (jwt: string, index: number) =>
    JSON.parse(Buffer.from(jwt.split('.')[index]!, 'base64url').toString()) as Record<string, unknown>;

  it('keep the kinds of values, take the first that is there, and walk into metadata', async () => {
    const { jwtTemplates, sessions } = clerk();
    const name = word();
    const template = await jwtTemplates.create({
      name,
      claims: {
        'https://hasura.io/jwt/claims': {
          'x-hasura-user-id': '{{user.id}}',
          roles: ['user', '{{user.public_metadata.role}}'],
        },
        whole: '{{user.public_metadata}}',
        nick: "{{user.username || user.first_name || 'nobody'}}",
        greeting: 'Hello {{user.first_name}}',
        nothing: '{{user.last_name}}',
        unknown: '{{user.shoe_size}}',
      },
    });
    expect(await jwtTemplates.get(template.id)).toMatchObject({ name, lifetime: 60, allowedClockSkew: 5 });
    const { userId, sessionId } = await sessionOf({ firstName: 'Ada', publicMetadata: { role: 'admin', seats: 3 } });
    const { jwt } = await sessions.getToken(sessionId, name);
    expect(part(jwt, 1)).toMatchObject({
      'https://hasura.io/jwt/claims': { 'x-hasura-user-id': userId, roles: ['user', 'admin'] },
      whole: { role: 'admin', seats: 3 },
      nick: 'Ada',
      greeting: 'Hello Ada',
      nothing: null,
      unknown: null,
      sub: userId,
    });
    expect(part(jwt, 1)).not.toHaveProperty('sid');
    await expect(jwtTemplates.create({ name: word(), claims: { sub: 'x' } })).rejects.toMatchObject({
      errors: [{ code: 'jwt_template_reserved_claim' }],
    });
  });

  it.each([
    ['RS256', 'rsa'],
    ['ES256', 'ec'],
  ] as const)('are signed with a key of the instance’s own: %s', async (signingAlgorithm, kind) => {
    const pem = { type: 'pkcs8', format: 'pem' } as const;
    const { privateKey, publicKey } =
      kind === 'rsa'
        ? generateKeyPairSync('rsa', { modulusLength: 2048 })
        : generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { jwtTemplates, sessions } = clerk();
    const name = word();
    await jwtTemplates.create({
      name,
      claims: {},
      customSigningKey: true,
      signingAlgorithm,
      signingKey: privateKey.export(pem).toString(),
    });
    const { jwt } = await sessions.getToken((await sessionOf({})).sessionId, name);
    const [head, body, signature] = jwt.split('.') as [string, string, string];
    expect(part(jwt, 0)).toMatchObject({ alg: signingAlgorithm });
    const check = createVerify('SHA256').update(`${head}.${body}`);
    const key = createPublicKey(publicKey.export({ type: 'spki', format: 'pem' }));
    expect(check.verify({ key, dsaEncoding: 'ieee-p1363' }, signature, 'base64url')).toBe(true);
  });
});

describe('@clerk/backend: impersonation', () => {
  it('makes a token whose session says in `act` who really acts', async () => {
    // Node does not resolve names below localhost: the default instance has none.
    const { app } = running();
    const { actorTokens, users } = clerkClient();
    const { id } = await users.createUser({ emailAddress: [person().email], skipPasswordRequirement: true });
    const actor = { sub: `user_${word()}` };
    const { token, url } = await actorTokens.create({
      userId: id,
      actor,
      expiresInSeconds: 600,
      sessionMaxDurationInSeconds: 900,
    });
    expect(url).toContain(token);
    const fapi = app.CLERK_PROXY_URL!;
    const form = (fields: Record<string, string>, authorization = '') => ({
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', authorization },
      body: new URLSearchParams(fields).toString(),
    });
    const signedIn = await fetch(
      `${fapi}/v1/client/sign_ins?_is_native=1`,
      form({ strategy: 'ticket', ticket: token! }),
    );
    const { response } = (await signedIn.json()) as { response: { created_session_id: string } };
    const client = signedIn.headers.get('authorization')!;
    const path = `/v1/client/sessions/${response.created_session_id}/tokens?_is_native=1`;
    const { jwt } = (await (await fetch(fapi + path, form({}, client))).json()) as { jwt: string };

    const { CLERK_SECRET_KEY: secretKey, CLERK_API_URL: apiUrl } = app;
    expect(await verifyToken(jwt, { secretKey, apiUrl })).toMatchObject({ sub: id, act: actor });
    const again = await fetch(`${fapi}/v1/client/sign_ins?_is_native=1`, form({ strategy: 'ticket', ticket: token! }));
    expect(again.status).toBe(400);
  });
});
