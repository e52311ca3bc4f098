import { PASSWORD, useLatchkey, type TestBrowser } from '@latchkey/testing';
import sharp from 'sharp';

const latchkey = useLatchkey({ settings: { attributes: { username: { enabled: true } } } });
const { bapi, browser, given, events, anotherInstance } = latchkey;

const picture = (format: 'png' | 'jpeg' | 'gif' | 'webp' = 'png', side = 800) =>
  sharp({ create: { width: side, height: side / 2, channels: 3, background: '#336699' } })
    .toFormat(format)
    .toBuffer();

/** Another browser of the same user. */
async function signIn(email: string, password = PASSWORD): Promise<{ browser: TestBrowser; sessionId: string }> {
  const other = browser();
  const { body } = await other.post('/v1/client/sign_ins', { identifier: email, password, strategy: 'password' });
  return { browser: other, sessionId: String(body.response.created_session_id) };
}

const codeOf = (body: { errors: { code: string }[] }) => body.errors[0]!.code;

describe('FAPI getUser', () => {
  it('answers the signed-in user without private metadata', async () => {
    const { browser: chrome, userId, email } = await given.signedInBrowser();
    await bapi.patch(`/v1/users/${userId}/metadata`, { private_metadata: { secret: 1 } });

    const { status, body } = await chrome.get('/v1/me');

    expect(status).toBe(200);
    expect(body.response).toMatchObject({
      object: 'user',
      id: userId,
      email_addresses: [{ email_address: email, verification: { status: 'verified' } }],
    });
    expect(body.response).not.toHaveProperty('private_metadata');
  });

  it('is for the signed-in only', async () => {
    const { status, body } = await browser().get('/v1/me');

    expect(status).toBe(401);
    expect(codeOf(body)).toBe('signed_out');
  });
});

describe('FAPI patchUser', () => {
  it('changes names and username, and the client with them', async () => {
    const { browser: chrome, userId } = await given.signedInBrowser();

    const { status, body } = await chrome.patch('/v1/me', {
      first_name: 'Ada',
      last_name: 'Lovelace',
      username: `Ada${Date.now()}`,
    });

    expect(status).toBe(200);
    expect(body.response).toMatchObject({
      first_name: 'Ada',
      last_name: 'Lovelace',
      username: expect.stringMatching(/^ada\d+$/),
    });
    expect(body.client.sessions[0].user.first_name).toBe('Ada');
    expect(await events.of('user.updated', userId)).toHaveLength(1);
  });

  it('removes what is sent empty', async () => {
    const { browser: chrome } = await given.signedInBrowser();
    await chrome.patch('/v1/me', { first_name: 'Ada' });

    expect((await chrome.patch('/v1/me', { first_name: '' })).body.response.first_name).toBeNull();
  });

  it.each([
    [{ username: 'abc' }, 422, 'form_username_invalid_length'],
    [{ password: 'something new 1' }, 403, 'updating_user_password_deprecated'],
    [{ unsafe_metadata: {} }, 422, 'form_param_unknown'],
    [{ public_metadata: {} }, 422, 'form_param_unknown'],
    [{ primary_email_address_id: 'idn_unknown' }, 422, 'form_resource_not_found'],
  ])('refuses %j', async (fields, expected, code) => {
    const { browser: chrome } = await given.signedInBrowser();

    const { status, body } = await chrome.patch('/v1/me', fields);

    expect([status, codeOf(body)]).toEqual([expected, code]);
  });

  it('takes unsafe metadata of older SDKs, in place of what was there', async () => {
    const { browser: chrome } = await given.signedInBrowser();
    await chrome.patch('/v1/me/metadata', { unsafe_metadata: { a: 1 } });

    const { body } = await chrome.patch('/v1/me', { unsafe_metadata: { b: 2 } }, { __clerk_api_version: '2025-11-10' });

    expect(body.response.unsafe_metadata).toEqual({ b: 2 });
  });

  it('leaves what the instance lets nobody change', async () => {
    const other = await anotherInstance({ settings: { attributes: { username: { enabled: true, immutable: true } } } });
    const { browser: chrome } = await other.given.signedInBrowser();

    const { status, body } = await chrome.patch('/v1/me', { username: 'somebody' });

    expect([status, codeOf(body)]).toEqual([403, 'immutable_attribute_modification_not_allowed']);
  });
});

describe('FAPI patchUserMetadata', () => {
  it('merges, and null removes', async () => {
    const { browser: chrome } = await given.signedInBrowser();
    await chrome.patch('/v1/me/metadata', { unsafe_metadata: { theme: 'dark', deep: { a: 1, b: 2 } } });

    const { status, body } = await chrome.patch('/v1/me/metadata', {
      unsafe_metadata: { theme: null, deep: { a: null } },
    });

    expect(status).toBe(200);
    expect(body.response.unsafe_metadata).toEqual({ deep: { b: 2 } });
  });

  it.each([
    ['{', 'form_param_format_invalid'],
    ['[]', 'form_param_type_invalid'],
    [JSON.stringify({ a: 'x'.repeat(9000) }), 'form_param_exceeds_allowed_size'],
  ])('refuses %.10s', async (unsafe_metadata, code) => {
    const { browser: chrome } = await given.signedInBrowser();

    const { status, body } = await chrome.patch('/v1/me/metadata', { unsafe_metadata });

    expect([status, codeOf(body)]).toEqual([422, code]);
  });
});

describe('FAPI deleteUser', () => {
  it('deletes the account, and signs out everywhere', async () => {
    const { browser: chrome, userId, email } = await given.signedInBrowser();
    const second = await signIn(email);

    const { status, body } = await chrome.delete('/v1/me');

    expect(status).toBe(200);
    expect(body.response).toEqual({ object: 'user', id: userId, deleted: true });
    expect(body.client).toMatchObject({ sessions: [], last_active_session_id: null });
    expect((await second.browser.get('/v1/client')).body.response.sessions).toEqual([]);
    expect((await bapi.get(`/v1/users/${userId}`)).status).toBe(404);
    expect(await events.of('user.deleted', userId)).toHaveLength(1);
    expect(await events.of('session.revoked', userId)).toHaveLength(2);
  });

  it('is refused to a user who may not', async () => {
    const { browser: chrome, userId } = await given.signedInBrowser();
    await bapi.patch(`/v1/users/${userId}`, { delete_self_enabled: false });

    const { status, body } = await chrome.delete('/v1/me');

    expect([status, codeOf(body)]).toEqual([403, 'user_delete_self_not_enabled']);
  });

  it('is refused where nobody may', async () => {
    const other = await anotherInstance({ settings: { actions: { delete_self: false } } });
    const { browser: chrome } = await other.given.signedInBrowser();

    expect((await chrome.delete('/v1/me')).status).toBe(403);
  });
});

describe('FAPI changePassword', () => {
  it('sets another password, tells by mail, and signs out elsewhere when asked to', async () => {
    const { browser: chrome, userId, sessionId, email } = await given.signedInBrowser();
    const second = await signIn(email);

    const { status, body } = await chrome.post('/v1/me/change_password', {
      current_password: PASSWORD,
      new_password: `${PASSWORD} anew`,
      sign_out_of_other_sessions: true,
    });

    expect(status).toBe(200);
    expect(body.response.password_enabled).toBe(true);
    expect(body.client.sessions).toMatchObject([{ id: sessionId }]);
    expect(await events.of('session.revoked', userId)).toMatchObject([{ data: { id: second.sessionId } }]);
    expect(await events.of('user.updated', userId)).toHaveLength(1);
    expect((await events.of('email.created', userId)).map(({ data }) => (data as { slug: string }).slug)).toContain(
      'password_changed',
    );
    expect((await bapi.post(`/v1/users/${userId}/verify_password`, { password: `${PASSWORD} anew` })).status).toBe(200);
  });

  it.each([
    [
      { current_password: 'wrong', new_password: 'something new 12' },
      'form_password_validation_failed',
      'current_password',
    ],
    [{ current_password: PASSWORD, new_password: PASSWORD }, 'form_new_password_matches_current', 'new_password'],
    [{ current_password: PASSWORD, new_password: 'short' }, 'form_password_length_too_short', 'new_password'],
    [{ current_password: PASSWORD, new_password: 'password1' }, 'form_password_pwned', 'new_password'],
    [{ current_password: PASSWORD }, 'form_param_missing', 'new_password'],
  ])('refuses %j', async (fields, code, param) => {
    const { browser: chrome } = await given.signedInBrowser();

    const { status, body } = await chrome.post('/v1/me/change_password', fields);

    expect(status).toBe(422);
    expect(body.errors[0]).toMatchObject({ code, meta: { param_name: param } });
  });

  it('asks whoever has just signed in for no old password, as the form of the SDK does not', async () => {
    const { browser: chrome, userId } = await given.signedInBrowser();

    const { status } = await chrome.post('/v1/me/change_password', { new_password: `${PASSWORD} anew` });

    expect(status).toBe(200);
    expect((await bapi.post(`/v1/users/${userId}/verify_password`, { password: `${PASSWORD} anew` })).status).toBe(200);
  });

  it('has one winner when two change it at once', async () => {
    const { browser: chrome } = await given.signedInBrowser();
    const change = (next: string) =>
      chrome.post('/v1/me/change_password', { current_password: PASSWORD, new_password: next });

    const replies = await Promise.all([change('first new pass phrase'), change('second new pass phrase')]);

    expect(replies.map(({ status }) => status).sort()).toEqual([200, 422]);
  });

  it('needs no current password where there is none', async () => {
    const { browser: chrome, userId } = await given.signedInBrowser();
    await bapi.post(`/v1/users/${userId}/remove_password`);

    expect((await chrome.post('/v1/me/change_password', { new_password: 'something new 12' })).status).toBe(200);
  });
});

describe('FAPI removePassword', () => {
  it('is refused where the instance requires one', async () => {
    const { browser: chrome } = await given.signedInBrowser();

    const { status, body } = await chrome.post('/v1/me/remove_password', { current_password: PASSWORD });

    expect([status, codeOf(body)]).toEqual([400, 'password_required']);
  });

  it('takes the password away elsewhere, with the current one only', async () => {
    const other = await anotherInstance({ settings: { attributes: { password: { enabled: true, required: false } } } });
    const { browser: chrome } = await other.given.signedInBrowser();

    const wrong = await chrome.post('/v1/me/remove_password', { current_password: 'wrong' });
    const right = await chrome.post('/v1/me/remove_password', { current_password: PASSWORD });
    const again = await chrome.post('/v1/me/remove_password', { current_password: PASSWORD });

    expect([wrong.status, codeOf(wrong.body)]).toEqual([422, 'form_password_validation_failed']);
    expect([right.status, right.body.response.password_enabled]).toEqual([200, false]);
    expect([again.status, codeOf(again.body)]).toEqual([400, 'no_password_set']);
  });
});

describe('FAPI getSessions', () => {
  it('lists the devices, as a bare array', async () => {
    const { browser: chrome, sessionId, email } = await given.signedInBrowser();
    const second = await signIn(email);

    const { status, body } = await chrome.get('/v1/me/sessions/active');

    expect(status).toBe(200);
    expect(body.map(({ id }: { id: string }) => id).sort()).toEqual([sessionId, second.sessionId].sort());
    expect(body[0]).toMatchObject({
      object: 'session',
      status: 'active',
      latest_activity: { object: 'session_activity', browser_name: 'Chrome', is_mobile: false },
    });
  });
});

describe('FAPI getUsersSessions', () => {
  it('lists those that are over, too', async () => {
    const { browser: chrome, email, sessionId } = await given.signedInBrowser();
    const second = await signIn(email);
    await chrome.post(`/v1/me/sessions/${second.sessionId}/revoke`);

    const { status, body } = await chrome.get('/v1/me/sessions');

    expect(status).toBe(200);
    expect(body.map(({ id, status: state }: { id: string; status: string }) => [id, state])).toEqual(
      expect.arrayContaining([
        [second.sessionId, 'revoked'],
        [sessionId, 'active'],
      ]),
    );
  });
});

describe('FAPI revokeSession', () => {
  it('signs out on the other device', async () => {
    const { browser: chrome, email, userId } = await given.signedInBrowser();
    const second = await signIn(email);

    const { status, body } = await chrome.post(`/v1/me/sessions/${second.sessionId}/revoke`);

    expect(status).toBe(200);
    expect(body.response).toMatchObject({ id: second.sessionId, status: 'revoked' });
    expect((await second.browser.get('/v1/me')).status).toBe(401);
    expect(await events.of('session.revoked', userId)).toHaveLength(1);
  });

  it("does not find somebody else's session, nor one that is over", async () => {
    const { browser: chrome, sessionId, email } = await given.signedInBrowser();
    const stranger = await given.signedInBrowser();
    const second = await signIn(email);
    await chrome.post(`/v1/me/sessions/${second.sessionId}/revoke`);

    expect((await stranger.browser.post(`/v1/me/sessions/${sessionId}/revoke`)).status).toBe(404);
    expect((await chrome.post(`/v1/me/sessions/${second.sessionId}/revoke`)).status).toBe(404);
  });
});

describe('FAPI updateProfileImage', () => {
  it.each(['png', 'jpeg', 'gif', 'webp'] as const)(
    'takes a %s, bounds its size and drops what is not picture',
    async (format) => {
      const { browser: chrome, userId } = await given.signedInBrowser();

      const { status, body } = await chrome.upload(
        'POST',
        '/v1/me/profile_image',
        await picture(format),
        `image/${format}`,
      );

      expect(status).toBe(200);
      expect(body.response).toMatchObject({ object: 'image', id: expect.stringMatching(/^img_/), name: 'file' });
      const { body: user } = await bapi.get(`/v1/users/${userId}`);
      expect(user).toMatchObject({ has_image: true, image_url: body.response.public_url });
      const shown = await fetch(body.response.public_url);
      expect(shown.headers.get('content-type')).toBe('image/webp');
      expect(shown.headers.get('cache-control')).toContain('immutable');
      expect(await sharp(Buffer.from(await shown.arrayBuffer())).metadata()).toMatchObject({ width: 512, height: 256 });
      expect(await events.of('user.updated', userId)).toHaveLength(1);
    },
  );

  it('refuses what is no picture, and no file at all', async () => {
    const { browser: chrome } = await given.signedInBrowser();

    const text = await chrome.upload(
      'POST',
      '/v1/me/profile_image',
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
    );
    const empty = await chrome.upload('POST', '/v1/me/profile_image', Buffer.alloc(0));
    const none = await chrome.post('/v1/me/profile_image');

    for (const { status, body } of [text, empty, none])
      expect([status, codeOf(body)]).toEqual([400, 'request_body_invalid']);
  });

  it('refuses more than 10 MB', async () => {
    const { browser: chrome } = await given.signedInBrowser();

    const { status, body } = await chrome.upload('POST', '/v1/me/profile_image', Buffer.alloc(10 * 1024 * 1024 + 1));

    expect([status, codeOf(body)]).toEqual([413, 'image_too_large']);
  });
});

describe('FAPI deleteProfileImage', () => {
  it('falls back to the drawn picture', async () => {
    const { browser: chrome, userId } = await given.signedInBrowser();
    const { body } = await chrome.upload('POST', '/v1/me/profile_image', await picture());

    const { status, body: deleted } = await chrome.delete('/v1/me/profile_image');

    expect(status).toBe(200);
    expect(deleted.response).toMatchObject({ object: 'image', deleted: true });
    expect((await bapi.get(`/v1/users/${userId}`)).body.has_image).toBe(false);
    expect((await fetch(body.response.public_url)).status).toBe(404);
  });
});

describe('BAPI SetUserProfileImage', () => {
  it('takes a picture of a user', async () => {
    const { id } = await given.user();
    const { bapiUrl, instance } = latchkey.at;
    const form = new FormData();
    form.append('file', new Blob([new Uint8Array(await picture('jpeg'))]), 'ada.jpg');

    const reply = await fetch(`${bapiUrl}/v1/users/${id}/profile_image`, {
      method: 'POST',
      headers: { authorization: `Bearer ${instance.secretKey}` },
      body: form,
    });

    expect(reply.status).toBe(200);
    expect(await reply.json()).toMatchObject({ id, has_image: true });
  });

  it('refuses no file', async () => {
    const { id } = await given.user();

    const { status, body } = await bapi.post(`/v1/users/${id}/profile_image`, {});

    expect([status, codeOf(body)]).toEqual([400, 'request_body_invalid']);
  });
});

describe('BAPI DeleteUserProfileImage', () => {
  it('removes the picture; without one it changes and tells nothing', async () => {
    const { browser: chrome, userId } = await given.signedInBrowser();
    await chrome.upload('POST', '/v1/me/profile_image', await picture());

    expect((await bapi.delete(`/v1/users/${userId}/profile_image`)).body.has_image).toBe(false);
    expect((await bapi.delete(`/v1/users/${userId}/profile_image`)).status).toBe(200);
    expect(await events.of('user.updated', userId)).toHaveLength(2);
  });

  it('finds no unknown user', async () => {
    expect((await bapi.delete('/v1/users/user_unknown/profile_image')).status).toBe(404);
  });
});

describe('FAPI getImage', () => {
  it('draws the initials of a user without a picture', async () => {
    const { body: user } = await bapi.get(
      `/v1/users/${(await given.user({ first_name: 'Ada', last_name: '<b>Lovelace' })).id}`,
    );

    const reply = await fetch(user.image_url);

    expect(reply.status).toBe(200);
    expect(reply.headers.get('content-type')).toBe('image/svg+xml');
    const svg = await reply.text();
    expect(svg).toContain('>AB</text>');
  });

  it('shows a picture in the size that is asked for', async () => {
    const { browser: chrome } = await given.signedInBrowser();
    const { body } = await chrome.upload('POST', '/v1/me/profile_image', await picture());

    const small = await fetch(`${body.response.public_url}?width=80&height=80&fit=crop`);

    expect(await sharp(Buffer.from(await small.arrayBuffer())).metadata()).toMatchObject({ width: 80, height: 80 });
  });

  it('finds no unknown picture', async () => {
    const { status, body } = await browser().get('/v1/images/img_unknown');

    expect([status, codeOf(body)]).toEqual([404, 'image_not_found']);
  });
});
