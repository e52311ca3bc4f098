import { createSocket, type Socket } from 'node:dgram';
import { randomUUID } from 'node:crypto';
import { useLatchkey, type Reply } from '@latchkey/testing';

const MODES = ['manual_invitation', 'automatic_invitation', 'automatic_suggestion'];
const settings = { organizations: { enabled: true, domains: { enabled: true, enrollment_modes: MODES } } };
const DNS_PORT = 20_000 + (process.pid % 20_000);

const refusal = ({ status, body }: Reply) => [status, body.errors?.[0].code];

/** A name server that answers every question for TXT records from a map. */
function startDns(records: Map<string, string>): Socket {
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => {
    let at = 12;
    const labels = [];
    while (query[at]) {
      labels.push(query.subarray(at + 1, at + 1 + query[at]!).toString());
      at += 1 + query[at]!;
    }
    const question = query.subarray(12, at + 5);
    const text = records.get(labels.join('.').toLowerCase());
    const header = Buffer.from(query.subarray(0, 12));
    header.writeUInt16BE(text === undefined ? 0x8183 : 0x8180, 2);
    header.writeUInt16BE(text === undefined ? 0 : 1, 6);
    header.fill(0, 8, 12);
    const bytes = Buffer.from(text ?? '');
    const answer = Buffer.alloc(13);
    answer.writeUInt16BE(0xc00c, 0);
    answer.writeUInt16BE(16, 2);
    answer.writeUInt16BE(1, 4);
    answer.writeUInt16BE(bytes.length + 1, 10);
    answer.writeUInt8(bytes.length, 12);
    const parts = text === undefined ? [header, question] : [header, question, answer, bytes];
    socket.send(Buffer.concat(parts), from.port, from.address);
  });
  socket.bind(DNS_PORT, '127.0.0.1');
  return socket;
}

const isTo = (data: object, address: string) => 'to_email_address' in data && data.to_email_address === address;

describe('domains', () => {
  const latchkey = useLatchkey({ settings, env: { DNS_SERVERS: `127.0.0.1:${DNS_PORT}` } });
  const { bapi, given, events, clock, anotherInstance } = latchkey;
  const zone = new Map<string, string>();
  let dns: Socket;
  beforeAll(() => void (dns = startDns(zone)));
  afterAll(() => new Promise<void>((done) => dns.close(() => done())));

  const name = () => `${randomUUID()}.example`;
  const owned = async () => {
    const owner = await given.signedInBrowser();
    const { body } = await bapi.post('/v1/organizations', { name: 'Acme', created_by: owner.userId });
    return { owner, browser: owner.browser, id: body.id as string, path: `/v1/organizations/${body.id}/domains` };
  };

  describe('BAPI CreateOrganizationDomain', () => {
    it('adds a verified domain, and tells of it', async () => {
      const { id, path } = await owned();
      const domain = name();

      const { status, body } = await bapi.post(path, {
        name: domain.toUpperCase(),
        enrollment_mode: 'automatic_suggestion',
      });

      expect(status).toBe(200);
      expect(body).toMatchObject({
        object: 'organization_domain',
        organization_id: id,
        name: domain,
        enrollment_mode: 'automatic_suggestion',
        affiliation_verification: { status: 'verified' },
        verification: { status: 'verified' },
        ownership_verification: null,
        total_pending_invitations: 0,
        public_organization_data: { id },
      });
      expect((await events.of('organizationDomain.created', id))[0]?.data).toMatchObject({ name: domain });
    });

    it('refuses what cannot be had', async () => {
      const { path } = await owned();
      const other = await owned();
      const domain = name();
      const add = (fields: object) => bapi.post(path, fields);
      await add({ name: domain });

      expect(refusal(await add({ name: domain }))).toEqual([
        422,
        'organization_domain_already_exists_same_organization',
      ]);
      expect(refusal(await bapi.post(other.path, { name: domain }))).toEqual([
        422,
        'organization_domain_already_exists',
      ]);
      expect(refusal(await add({ name: 'gmail.com' }))).toEqual([422, 'organization_domain_common']);
      expect(refusal(await add({ name: 'mailinator.com' }))).toEqual([422, 'organization_domain_blocked']);
      expect(refusal(await add({ name: 'no domain' }))).toEqual([422, 'form_param_format_invalid']);
      expect(refusal(await add({ name: name(), enrollment_mode: 'enterprise_sso' }))).toEqual([
        403,
        'organization_domain_enrollment_mode_not_enabled',
      ]);
      expect(refusal(await add({ name: name(), verified: false, enrollment_mode: 'automatic_invitation' }))).toEqual([
        422,
        'form_verification_needed',
      ]);
    });

    it('lets one of two organizations that want it at once have it', async () => {
      const [one, two] = [await owned(), await owned()];
      const domain = name();

      const replies = await Promise.all([one, two].map(({ path }) => bapi.post(path, { name: domain })));

      expect(replies.map((reply) => reply.status).sort()).toEqual([200, 422]);
    });

    it('stops at ten', async () => {
      const { path } = await owned();

      const replies = await Promise.all(Array.from({ length: 12 }, () => bapi.post(path, { name: name() })));

      expect(replies.filter((reply) => reply.status === 200)).toHaveLength(10);
      expect(refusal(replies.find((reply) => reply.status !== 200)!)).toEqual([
        403,
        'organization_domain_quota_exceeded',
      ]);
    });

    it('is off where domains are', async () => {
      const own = await anotherInstance({ settings: { organizations: { enabled: true } } });
      const { body } = await own.bapi.post('/v1/organizations', { name: 'A' });

      const reply = await own.bapi.post(`/v1/organizations/${body.id}/domains`, { name: name() });

      expect(refusal(reply)).toEqual([403, 'organization_domains_not_enabled']);
    });
  });

  describe('BAPI ListOrganizationDomains', () => {
    it('filters', async () => {
      const { path } = await owned();
      const verified = (await bapi.post(path, { name: name(), enrollment_mode: 'automatic_invitation' })).body.id;
      const open = (await bapi.post(path, { name: name(), verified: false })).body.id;
      const ids = async (query: string) =>
        (await bapi.get(`${path}?${query}`)).body.data.map((row: { id: string }) => row.id);

      expect((await ids('')).sort()).toEqual([verified, open].sort());
      expect(await ids('verified=true')).toEqual([verified]);
      expect(await ids('verified=false')).toEqual([open]);
      expect(await ids('enrollment_mode=automatic_invitation')).toEqual([verified]);
      expect(await ids('enrollment_mode=-automatic_invitation')).toEqual([open]);
    });
  });

  describe('BAPI ListAllOrganizationDomains', () => {
    it('searches those of the instance, and not of another', async () => {
      const { id, path } = await owned();
      const { body } = await bapi.post(path, { name: `needle-${name()}` });
      const other = await anotherInstance({ settings });

      expect((await bapi.get('/v1/organization_domains?query=needle-')).body).toMatchObject({
        total_count: 1,
        data: [{ id: body.id, organization_id: id }],
      });
      expect((await bapi.get(`/v1/organization_domains?domains=${body.name}&order_by=name`)).body.total_count).toBe(1);
      expect((await bapi.get(`/v1/organization_domains?organization_id=${id}`)).body.total_count).toBe(1);
      expect((await other.bapi.get('/v1/organization_domains')).body.total_count).toBe(0);
    });
  });

  describe('BAPI UpdateOrganizationDomain', () => {
    it('changes mode and verification', async () => {
      const { id, path } = await owned();
      const { body } = await bapi.post(path, { name: name(), verified: false });

      expect(refusal(await bapi.patch(`${path}/${body.id}`, { enrollment_mode: 'automatic_invitation' }))).toEqual([
        422,
        'form_verification_needed',
      ]);
      const updated = await bapi.patch(`${path}/${body.id}`, {
        verified: true,
        enrollment_mode: 'automatic_invitation',
      });

      expect(updated.body).toMatchObject({
        enrollment_mode: 'automatic_invitation',
        affiliation_verification: { status: 'verified' },
      });
      expect(await events.of('organizationDomain.updated', id)).toHaveLength(1);
      expect(refusal(await bapi.patch(`${path}/orgdmn_none`, {}))).toEqual([404, 'resource_not_found']);
    });
  });

  describe('BAPI DeleteOrganizationDomain', () => {
    it('deletes it once', async () => {
      const { id, path } = await owned();
      const { body } = await bapi.post(path, { name: name() });

      const replies = await Promise.all([1, 2].map(() => bapi.delete(`${path}/${body.id}`)));

      expect(replies.map((reply) => reply.status).sort()).toEqual([200, 404]);
      expect(await events.of('organizationDomain.deleted', id)).toHaveLength(1);
    });
  });

  describe('BAPI VerifyOrganizationDomainOwnership', () => {
    it('overrides by hand, and tells of it the first time only', async () => {
      const { id, path } = await owned();
      const { body } = await bapi.post(path, { name: name() });

      await bapi.post(`${path}/${body.id}/verify_ownership`);
      const again = await bapi.post(`${path}/${body.id}/verify_ownership`);

      expect(again.body.ownership_verification).toMatchObject({ status: 'verified', strategy: 'manual_override' });
      expect(await events.of('organizationDomain.updated', id)).toHaveLength(1);
    });
  });

  describe('FAPI CreateOrganizationDomain', () => {
    it('adds an unverified domain, for those who manage domains', async () => {
      const { id, browser, path } = await owned();
      const member = await given.signedInBrowser();
      await bapi.post(`/v1/organizations/${id}/memberships`, { user_id: member.userId, role: 'org:member' });

      const { body } = await browser.post(path, { name: name() });

      expect(body.response).toMatchObject({ enrollment_mode: 'manual_invitation', verification: null });
      expect(refusal(await member.browser.post(path, { name: name() }))).toEqual([
        403,
        'missing_organization_permission',
      ]);
    });

    it('knows one at once by an address that the caller has proved', async () => {
      const { browser, path, owner } = await owned();

      // Test users have addresses at example.com.
      const { body } = await browser.post(path, { name: 'example.com', enrollment_mode: 'automatic_suggestion' });

      expect(body.response).toMatchObject({
        enrollment_mode: 'automatic_suggestion',
        affiliation_email_address: owner.email,
        verification: { status: 'verified' },
      });
      await browser.delete(`${path}/${body.response.id}`);
    });
  });

  describe('FAPI createOrganizationDomainsBulk', () => {
    it('adds what it can, and says what it cannot', async () => {
      const { browser, path } = await owned();
      const [there, fresh] = [name(), name()];
      await browser.post(path, { name: there });

      const { body } = await browser.post(`${path}/bulk`, { names: [there, fresh, 'gmail.com', 'no domain'] });

      expect(body.response.data.map((row: { name: string }) => row.name)).toEqual([fresh]);
      expect(body.response.errors).toEqual([
        { name: 'gmail.com', code: 'organization_domain_common' },
        { name: 'no domain', code: 'form_param_format_invalid' },
      ]);
    });
  });

  describe('FAPI ListOrganizationDomains', () => {
    it('lists', async () => {
      const { browser, path } = await owned();
      await browser.post(path, { name: name() });

      expect((await browser.get(path, { verified: 'false' })).body.response.total_count).toBe(1);
    });
  });

  describe('FAPI GetOrganizationDomain', () => {
    it('shows one', async () => {
      const { browser, path } = await owned();
      const { body } = await browser.post(path, { name: name() });

      expect((await browser.get(`${path}/${body.response.id}`)).body.response.name).toBe(body.response.name);
      expect(refusal(await browser.get(`${path}/orgdmn_none`))).toEqual([404, 'resource_not_found']);
    });
  });

  describe('FAPI deleteOrganizationDomain', () => {
    it('deletes it', async () => {
      const { browser, path } = await owned();
      const { id } = (await browser.post(path, { name: name() })).body.response;

      expect((await browser.delete(`${path}/${id}`)).body.response).toEqual({
        object: 'organization_domain',
        id,
        deleted: true,
      });
    });
  });

  describe('FAPI prepareOrganizationDomainVerification', () => {
    it('needs no code for an address that the caller has proved', async () => {
      const { browser, path, owner } = await owned();
      const { id } = (await bapi.post(path, { name: 'example.com', verified: false })).body;

      const { body } = await browser.post(`${path}/${id}/prepare_affiliation_verification`, {
        affiliation_email_address: owner.email,
      });

      expect(body.response.verification).toMatchObject({ status: 'verified' });
      await browser.delete(`${path}/${id}`);
    });

    it('refuses an address elsewhere', async () => {
      const { browser, path } = await owned();
      const { id } = (await browser.post(path, { name: name() })).body.response;

      const reply = await browser.post(`${path}/${id}/prepare_affiliation_verification`, {
        affiliation_email_address: 'a@elsewhere.example',
      });

      expect(refusal(reply)).toEqual([422, 'organization_domain_mismatch']);
    });
  });

  describe('FAPI attemptOrganizationDomainVerification', () => {
    const prepared = async () => {
      const { browser, path } = await owned();
      const { id, name: domain } = (await browser.post(path, { name: name() })).body.response;
      const address = `boss@${domain}`;
      await browser.post(`${path}/${id}/prepare_affiliation_verification`, { affiliation_email_address: address });
      const attempt = (code: string) => browser.post(`${path}/${id}/attempt_affiliation_verification`, { code });
      return { address, attempt, browser, path, id };
    };

    it('verifies with the code from the mail', async () => {
      const { address, attempt } = await prepared();
      const code = await latchkey.codeFor(address);
      const told = await latchkey.events.next('email.created', ({ data }) => isTo(data, address));
      expect(told.data).toMatchObject({ slug: 'affiliation_code', data: { otp_code: code } });

      const { body } = await attempt(code);

      expect(body.response.affiliation_verification).toMatchObject({ status: 'verified', strategy: 'email_code' });
      expect(refusal(await attempt(code))).toEqual([400, 'verification_already_verified']);
    });

    it('mails the next code after half a minute, and five in an hour, whatever is deleted in between', async () => {
      const { browser, path, id, address } = await prepared();
      const domain = address.split('@')[1]!;
      let current = id;
      const prepare = () =>
        browser.post(`${path}/${current}/prepare_affiliation_verification`, { affiliation_email_address: address });
      const early = await Promise.all([prepare(), prepare()]);
      expect(early.map(refusal)).toEqual(Array(2).fill([429, 'verification_code_too_many_requests']));
      expect(Number(early[0].headers['retry-after'])).toBeLessThanOrEqual(30);

      await browser.delete(`${path}/${id}`);
      current = (await browser.post(path, { name: domain })).body.response.id;
      expect(refusal(await prepare())).toEqual([429, 'verification_code_too_many_requests']);
      const later: number[] = [];
      for (let more = 0; more < 4; more++) {
        clock.advance(31_000);
        later.push((await prepare()).status);
      }
      clock.advance(31_000);

      expect(later).toEqual([200, 200, 200, 200]);
      expect(refusal(await prepare())).toEqual([429, 'verification_code_rate_limit_exceeded']);
      clock.advance(3_600_000);
      expect((await prepare()).status).toBe(200);
      const tested = { affiliation_email_address: `boss+clerk_test@${domain}` };
      const test = () => browser.post(`${path}/${current}/prepare_affiliation_verification`, tested);
      expect([(await test()).status, (await test()).status]).toEqual([200, 200]);
    });

    it('takes three attempts, however they come, and ten minutes', async () => {
      const first = await prepared();
      const replies = await Promise.all(Array.from({ length: 6 }, () => first.attempt('000000')));
      expect(replies.filter((reply) => reply.body.errors[0].code === 'form_code_incorrect')).toHaveLength(3);
      expect(refusal(await first.attempt('000000'))).toEqual([400, 'verification_failed']);

      const second = await prepared();
      clock.advance(11 * 60_000);
      expect(refusal(await second.attempt('000000'))).toEqual([400, 'verification_expired']);
    });

    it('wants a code to have been sent', async () => {
      const { browser, path } = await owned();
      const { id } = (await browser.post(path, { name: name() })).body.response;

      const reply = await browser.post(`${path}/${id}/attempt_affiliation_verification`, { code: '123456' });

      expect(refusal(reply)).toEqual([400, 'verification_missing']);
    });
  });

  describe('FAPI UpdateOrganizationDomainEnrollmentMode', () => {
    it('lets people in only by verified domains', async () => {
      const { browser, path } = await owned();
      const { id } = (await browser.post(path, { name: name() })).body.response;
      const change = () =>
        browser.post(`${path}/${id}/update_enrollment_mode`, {
          enrollment_mode: 'automatic_invitation',
          delete_pending: true,
        });

      expect(refusal(await change())).toEqual([422, 'form_verification_needed']);
      await bapi.patch(`${path}/${id}`, { verified: true });
      expect((await change()).body.response.enrollment_mode).toBe('automatic_invitation');
    });
  });

  describe('FAPI prepareOrganizationDomainOwnershipVerification', () => {
    it('gives a record to publish, and another when asked again', async () => {
      const { browser, path } = await owned();
      const { id, name: domain } = (await browser.post(path, { name: name() })).body.response;
      const prepare = async () =>
        (await browser.post(`${path}/${id}/prepare_ownership_verification`)).body.response.ownership_verification;

      const first = await prepare();
      const second = await prepare();

      expect(first).toMatchObject({
        status: 'unverified',
        strategy: 'txt',
        txt_record_name: `_latchkey-challenge.${domain}`,
      });
      expect(second.txt_record_value).not.toBe(first.txt_record_value);
      const { body } = await browser.get(`${path}/${id}`);
      expect(body.response.ownership_verification).not.toHaveProperty('txt_record_value');
    });
  });

  describe('FAPI attemptOrganizationDomainOwnershipVerification', () => {
    it('verifies once the record is there', async () => {
      const { browser, path } = await owned();
      const { id } = (await browser.post(path, { name: name() })).body.response;
      const attempt = () => browser.post(`${path}/${id}/attempt_ownership_verification`);
      expect(refusal(await attempt())).toEqual([400, 'verification_missing']);
      const { body } = await browser.post(`${path}/${id}/prepare_ownership_verification`);
      const { txt_record_name: record, txt_record_value: value } = body.response.ownership_verification;

      const early = await attempt();
      zone.set(record, value);
      const late = await attempt();

      expect(early.body.response.ownership_verification).toMatchObject({ status: 'unverified', attempts: 1 });
      expect(late.body.response.ownership_verification).toMatchObject({ status: 'verified', strategy: 'txt' });
    });
  });

  describe('FAPI prepareOrganizationDomainsOwnershipVerification', () => {
    it('prepares several, and names those that it cannot', async () => {
      const { browser, path } = await owned();
      const { id } = (await browser.post(path, { name: name() })).body.response;

      const { body } = await browser.post(`${path}/prepare_ownership_verification/bulk`, {
        organization_domain_ids: [id, 'orgdmn_none'],
      });

      expect(body.response.data).toMatchObject([{ id, ownership_verification: { status: 'unverified' } }]);
      expect(body.response.errors).toEqual([{ id: 'orgdmn_none', code: 'resource_not_found' }]);
    });
  });

  describe('FAPI attemptOrganizationDomainsOwnershipVerification', () => {
    it('attempts several', async () => {
      const { browser, path } = await owned();
      const { id } = (await browser.post(path, { name: name() })).body.response;
      const { body } = await browser.post(`${path}/${id}/prepare_ownership_verification`);
      const { txt_record_name: record, txt_record_value: value } = body.response.ownership_verification;
      zone.set(record, value);

      const attempted = await browser.post(`${path}/attempt_ownership_verification/bulk`, {
        organization_domain_ids: [id],
      });

      expect(attempted.body.response).toMatchObject({
        data: [{ ownership_verification: { status: 'verified' } }],
        errors: [],
      });
    });
  });
});
