import { randomUUID } from 'node:crypto';
import type { TestBrowser } from './browser.js';
import type { TestInstance } from './use-latchkey.js';

/** A test address: its code is always 424242, and nothing is sent to it. */
export const testEmail = (): string => `${randomUUID()}+clerk_test@example.com`;

/** A password that breaks no rule. */
export const PASSWORD = 'a long enough pass phrase 73';

/** Somebody who is signed in. */
export interface SignedIn {
  browser: TestBrowser;
  userId: string;
  sessionId: string;
  email: string;
}

/** Makes state through the real API. */
export class Given {
  constructor(private readonly instance: () => TestInstance) {}

  /** A user, made on BAPI. */
  async user(fields: object = {}): Promise<{ id: string; email: string }> {
    const email = testEmail();
    const reply = await this.instance().bapi.post('/v1/users', {
      email_address: [email],
      password: PASSWORD,
      ...fields,
    });
    if (reply.status !== 200) throw new Error(`no user: ${JSON.stringify(reply.body)}`);
    return { id: String(reply.body.id), email };
  }

  /** A browser in which a new user has just signed up. */
  async signedInBrowser(fields: Record<string, string> = {}): Promise<SignedIn> {
    const browser = this.instance().browser();
    const email = fields.email_address ?? testEmail();
    const created = await browser.post('/v1/client/sign_ups', { email_address: email, password: PASSWORD, ...fields });
    const path = `/v1/client/sign_ups/${created.body.response?.id}`;
    await browser.post(`${path}/prepare_verification`, { strategy: 'email_code' });
    const { body, status } = await browser.post(`${path}/attempt_verification`, {
      strategy: 'email_code',
      code: '424242',
    });
    if (status !== 200 || body.response.status !== 'complete')
      throw new Error(`no sign-up: ${JSON.stringify({ created: created.body, body })}`);
    return {
      browser,
      email,
      userId: String(body.response.created_user_id),
      sessionId: String(body.response.created_session_id),
    };
  }

  /** An organization, made by a user on BAPI. */
  async organization(createdBy: string, fields: object = {}): Promise<{ id: string; slug: string }> {
    const reply = await this.instance().bapi.post('/v1/organizations', {
      name: 'Acme',
      created_by: createdBy,
      ...fields,
    });
    if (reply.status !== 200) throw new Error(`no organization: ${JSON.stringify(reply.body)}`);
    return { id: String(reply.body.id), slug: String(reply.body.slug) };
  }
}
