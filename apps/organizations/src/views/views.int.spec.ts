import { decodeJwt } from 'jose';
import { useLatchkey } from '@latchkey/testing';

const settings = { organizations: { enabled: true } };

describe('what identity says of memberships', () => {
  const { bapi, given } = useLatchkey({ settings });

  const claimsOf = async ({ browser, sessionId }: Awaited<ReturnType<typeof given.signedInBrowser>>) => {
    const { body } = await browser.post(`/v1/client/sessions/${sessionId}/tokens`);
    return decodeJwt<{ o?: { id: string; slg: string; rol: string } }>(body.jwt).o;
  };
  /** Somebody with an organization that is active in their session. */
  const active = async () => {
    const user = await given.signedInBrowser();
    const { body } = await user.browser.post('/v1/organizations', { name: 'Active' });
    const organization = body.response as { id: string; slug: string };
    await user.browser.post(`/v1/client/sessions/${user.sessionId}/touch`, { active_organization_id: organization.id });
    return { user, organization };
  };

  it('shows a new organization in the client that comes with the answer', async () => {
    const { browser, userId } = await given.signedInBrowser();

    const { body } = await browser.post('/v1/organizations', { name: 'At once' });

    const [session] = body.client.sessions;
    expect(session.user.organization_memberships).toMatchObject([
      {
        role: 'org:admin',
        role_name: 'Admin',
        organization: { id: body.response.id, name: 'At once', members_count: 1 },
      },
    ]);
    expect(session.user.id).toBe(userId);
  });

  it('shows each change of a membership, its organization and its role in the next client', async () => {
    const { user, organization } = await active();
    const shown = async () => {
      const { body } = await user.browser.get('/v1/client');
      const [{ organization: of, ...membership }] = body.response.sessions[0].user.organization_memberships;
      return {
        name: of.name,
        members: of.members_count,
        role: membership.role_name,
        metadata: membership.public_metadata,
      };
    };
    const members = `/v1/organizations/${organization.id}/memberships`;
    const role = await bapi.post('/v1/organization_roles', {
      name: 'Keeper',
      key: 'org:keeper',
      permissions: [],
      include_in_initial_role_set: true,
    });
    expect(await shown()).toEqual({ name: 'Active', members: 1, role: 'Admin', metadata: {} });

    await bapi.post(members, { user_id: (await given.signedInBrowser()).userId, role: 'org:admin' });
    expect(await shown()).toMatchObject({ members: 2 });
    await bapi.patch(`/v1/organizations/${organization.id}`, { name: 'Renamed' });
    expect(await shown()).toMatchObject({ name: 'Renamed' });
    await bapi.patch(`${members}/${user.userId}/metadata`, { public_metadata: { desk: 4 } });
    expect(await shown()).toMatchObject({ metadata: { desk: 4 } });
    await bapi.patch(`${members}/${user.userId}`, { role: 'org:keeper' });
    expect(await shown()).toMatchObject({ role: 'Keeper' });
    await bapi.patch(`/v1/organization_roles/${role.body.id}`, { name: 'Warden' });
    expect(await shown()).toEqual({ name: 'Renamed', members: 2, role: 'Warden', metadata: { desk: 4 } });
  });

  it('has the role in the token as soon as the organization is active', async () => {
    const { user, organization } = await active();

    expect(await claimsOf(user)).toMatchObject({ id: organization.id, slg: organization.slug, rol: 'admin' });
  });

  it('has a changed role and a changed slug in the next token', async () => {
    const { user, organization } = await active();
    const other = await given.signedInBrowser();
    const members = `/v1/organizations/${organization.id}/memberships`;
    await bapi.post(members, { user_id: other.userId, role: 'org:admin' });

    await bapi.patch(`${members}/${user.userId}`, { role: 'org:member' });
    expect(await claimsOf(user)).toMatchObject({ rol: 'member' });
    await bapi.patch(`/v1/organizations/${organization.id}`, { slug: `${organization.slug}-new` });
    expect(await claimsOf(user)).toMatchObject({ slg: `${organization.slug}-new` });
  });

  it('has no organization in the next token of a removed member, nor of a deleted organization', async () => {
    const { user, organization } = await active();
    const other = await given.signedInBrowser();
    const members = `/v1/organizations/${organization.id}/memberships`;
    await bapi.post(members, { user_id: other.userId, role: 'org:admin' });
    await other.browser.post(`/v1/client/sessions/${other.sessionId}/touch`, {
      active_organization_id: organization.id,
    });
    expect(await claimsOf(other)).toMatchObject({ id: organization.id });

    await bapi.delete(`${members}/${user.userId}`);
    expect(await claimsOf(user)).toBeUndefined();
    await bapi.delete(`/v1/organizations/${organization.id}`);
    expect(await claimsOf(other)).toBeUndefined();
    const { body } = await other.browser.get('/v1/client');
    expect(body.response.sessions[0].user.organization_memberships).toEqual([]);
  });
});
