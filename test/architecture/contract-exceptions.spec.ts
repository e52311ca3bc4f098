/** @needs specs */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const SPECS = process.env.LATCHKEY_SPECS ?? join(ROOT, '..', 'shared', 'specs');

type Api = 'fapi' | 'bapi' | 'webhooks';
type Exchange = [api: Api, operation: string, status: number, body: unknown];

/** What `npm run contract` says of answers: in a process of its own, as the tools are no code of this one. */
function problemsOf(...exchanges: Exchange[]): string[][] {
  const script = `
    import { Specs } from '${ROOT}/tools/contract/specs.mjs';
    import { exceptedOf } from '${ROOT}/tools/contract/excepted.mjs';
    const specs = new Specs('${SPECS}');
    const exchanges = JSON.parse(process.argv[1]);
    console.log(JSON.stringify(exchanges.map(([api, id, status, body]) =>
      specs.get(api).problemsOf(id, status, body, exceptedOf(api, id)))));`;
  const args = ['--input-type=module', '-e', script, JSON.stringify(exchanges)];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as string[][];
}

const errors = [{ code: 'x', message: 'x', long_message: 'x' }];
const client = {
  object: 'client',
  id: 'client_1',
  sessions: [],
  sign_in: null,
  sign_up: null,
  last_active_session_id: null,
  last_authentication_strategy: null,
  captcha_bypass: false,
  cookie_expires_at: null,
  created_at: 1_700_000_000_000,
  updated_at: 1_700_000_000_000,
};
const restrictions = {
  object: 'instance_restrictions',
  allowlist: true,
  blocklist: true,
  allowlist_blocklist_disabled_on_sign_in: true,
  block_email_subaddresses: true,
  block_disposable_email_domains: true,
};

describe('the exceptions of the contract', () => {
  it('let through what they are for', () => {
    const [refusal, unknown, flag, page] = problemsOf(
      ['fapi', 'createSignIn', 422, { errors, client }],
      ['fapi', 'getUser', 404, { errors }],
      ['bapi', 'UpdateInstanceRestrictions', 200, { ...restrictions, ignore_dots_for_gmail_addresses: true }],
      ['bapi', 'ListRedirectURLs', 200, { data: [], total_count: 0 }],
    );

    expect([refusal, unknown, flag, page]).toEqual([[], [], [], []]);
  });

  it('hide no wrong field, value or envelope beside it', () => {
    const [clientField, refusalField, envelope, flag, page, closed] = problemsOf(
      ['fapi', 'createSignIn', 422, { errors, client: { ...client, secret: 'x' } }],
      ['fapi', 'createSignIn', 422, { errors, more: 1 }],
      ['fapi', 'getUser', 503, { error: 'down' }],
      ['bapi', 'UpdateInstanceRestrictions', 200, { ...restrictions, ignore_dots_for_gmail_addresses: 'yes' }],
      ['bapi', 'ListRedirectURLs', 200, { data: [], total_count: 0, next: null }],
      ['bapi', 'GetInstanceOrganizationSettings', 200, { object: 'organization_settings', secret: 'x' }],
    );

    expect(clientField).toContain('/client is not in the document');
    expect(refusalField).toContain('/more is not in the document');
    expect(envelope).toContain("/ must have required property 'errors'");
    expect(flag).toContain('/ignore_dots_for_gmail_addresses is not in the document');
    expect(page).toContain('/ must be array');
    expect(closed).toContain('/secret is not in the document');
  });
});
