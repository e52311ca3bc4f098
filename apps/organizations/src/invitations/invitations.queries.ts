import type { OrganizationsDb, Tx } from '../db.js';
import type { Invitation, Prisma } from '../generated/prisma/client.js';
import type { InvitationStatus } from './invitations.schemas.js';

/** Prisma's words for states. */
export function inStatus(statuses: readonly InvitationStatus[] | undefined, now: Date): Prisma.InvitationWhereInput {
  if (!statuses?.length) return {};
  return { OR: statuses.map((status) => oneStatus(status, now)) };
}

function oneStatus(status: InvitationStatus, now: Date): Prisma.InvitationWhereInput {
  if (status === 'pending') return { status, expiresAt: { gt: now } };
  if (status === 'expired') return { OR: [{ status }, { status: 'pending', expiresAt: { lte: now } }] };
  return { status };
}

/** Where an invitation belongs. */
interface Scope {
  instanceId: string;
  organizationId: string;
}

/** Takes places for invitations, when there are so many; the organization's row is locked from here on. */
export async function takePendingPlaces(
  tx: Tx,
  { instanceId, organizationId }: Scope,
  count: number,
): Promise<boolean> {
  const taken = await tx.$executeRaw`
    UPDATE organizations SET pending_invitations_count = pending_invitations_count + ${count}
    WHERE id = ${organizationId} AND instance_id = ${instanceId}
      AND (max_allowed_memberships = 0
        OR members_count + pending_invitations_count + ${count} <= max_allowed_memberships)`;
  return taken === 1;
}

/** Gives places of invitations back. */
export const leavePendingPlaces = (tx: Tx, { instanceId, organizationId }: Scope, count: number) =>
  tx.$executeRaw`
    UPDATE organizations SET pending_invitations_count = greatest(pending_invitations_count - ${count}, 0)
    WHERE id = ${organizationId} AND instance_id = ${instanceId}`;

/** Notes that pending invitations of an organization are past their time. Take its lock first. */
export async function expireDue(
  tx: Tx,
  { instanceId, organizationId }: Scope,
  now: Date,
  addresses?: string[],
): Promise<Invitation[]> {
  const expired = await tx.invitation.updateManyAndReturn({
    where: {
      instanceId,
      organizationId,
      status: 'pending',
      expiresAt: { lte: now },
      ...(addresses && { pendingAddress: { in: addresses } }),
    },
    data: { status: 'expired', pendingAddress: null },
  });
  const counted = expired.filter((row) => row.domainId === null).length;
  if (counted) await leavePendingPlaces(tx, { instanceId, organizationId }, counted);
  return expired;
}

/** Which of the addresses belong to members. */
export async function addressesOfMembers(
  db: OrganizationsDb,
  { instanceId, organizationId }: Scope,
  addresses: string[],
): Promise<string[]> {
  const rows = await db.$queryRaw<{ address: string }[]>`
    SELECT DISTINCT address FROM user_profiles p
    JOIN memberships m ON m.user_id = p.user_id AND m.instance_id = p.instance_id
    CROSS JOIN unnest(p.email_addresses) AS address
    WHERE p.instance_id = ${instanceId} AND m.organization_id = ${organizationId}
      AND p.email_addresses && ${addresses} AND address = ANY(${addresses})`;
  return rows.map((row) => row.address);
}
