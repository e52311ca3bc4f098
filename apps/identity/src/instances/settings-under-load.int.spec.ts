import { randomUUID } from 'node:crypto';
import { useLatchkey } from '@latchkey/testing';

/** The fewest connections that a service takes; each of the requests' transactions wants one of them. */
const POOL = 3;
const REQUESTS = POOL + 4;

const { bapi, browser } = useLatchkey({
  settings: {
    attributes: {
      email_address: { verifications: ['email_code', 'email_link'] },
      password: { required: false },
    },
  },
  env: { IDENTITY_DATABASE_POOL: String(POOL) },
});

/** Sign-ups that wait for their proof; each asks for one when it is called. */
const signUps = (strategy: string) =>
  Promise.all(
    Array.from({ length: REQUESTS }, async () => {
      const chrome = browser();
      const { body } = await chrome.post('/v1/client/sign_ups', { email_address: `${randomUUID()}@example.com` });
      const path = `/v1/client/sign_ups/${body.response.id}/prepare_verification`;
      return () => chrome.post(path, { strategy, redirect_url: 'http://localhost:3000/verify' });
    }),
  );

describe('FAPI prepareSignUpsVerification: settings that were just changed', () => {
  it.each(['email_code', 'email_link'])(
    'are read while more transactions than there are connections want them: %s',
    async (strategy) => {
      const prepare = await signUps(strategy);
      // For the next seconds of the clock nobody keeps them: every reader asks the database.
      const changed = await bapi.patch('/v1/instance', { test_mode: strategy === 'email_code' });

      const replies = await Promise.all(prepare.map((ask) => ask()));

      expect([changed.status, ...replies.map(({ status }) => status)]).toEqual([204, ...Array(REQUESTS).fill(200)]);
    },
  );
});
