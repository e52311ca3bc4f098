import { PASSWORD, useLatchkey } from '@latchkey/testing';

const factors = { enabled: true, used_for_second_factor: true, second_factors: ['phone_code'] };
const { bapi, browser, given } = useLatchkey({ settings: { attributes: { phone_number: factors } } });

describe('FAPI prepareSignInFactorTwo', () => {
  it('sends a code to the number that is kept for it, and the code completes the sign-in', async () => {
    const user = await given.user({ phone_number: ['+12015550123'] });
    const { body: shown } = await bapi.get(`/v1/users/${user.id}`);
    const phoneId = shown.phone_numbers[0].id;
    await bapi.patch(`/v1/phone_numbers/${phoneId}`, { reserved_for_second_factor: true });
    const chrome = browser();
    const { body } = await chrome.post('/v1/client/sign_ins', { identifier: user.email, password: PASSWORD });
    const path = `/v1/client/sign_ins/${body.response.id}`;

    const prepared = await chrome.post(`${path}/prepare_second_factor`, {
      strategy: 'phone_code',
      phone_number_id: phoneId,
    });
    const done = await chrome.post(`${path}/attempt_second_factor`, { strategy: 'phone_code', code: '424242' });

    expect(body.response.status).toBe('needs_second_factor');
    expect(prepared.body.response.second_factor_verification).toMatchObject({
      strategy: 'phone_code',
      status: 'unverified',
    });
    expect(done.body.response).toMatchObject({ status: 'complete', created_session_id: expect.any(String) });
  });
});
