import { Injectable } from '@nestjs/common';
import { primaryFirst, type UserSummary } from '@latchkey/clients';
import type { RequestContext } from '@latchkey/contracts';
import { toPublicUserDataJSON } from '../client-snapshots/client-snapshots.serializer.js';
import { IdentityDb } from '../db.js';
import { InstancesService } from '../instances/instances.service.js';
import { fullUser, imageUrl, type FullUser } from './users.serializer.js';

/** Users as the other services may know them. */
@Injectable()
export class UserSummariesService {
  constructor(
    private readonly db: IdentityDb,
    private readonly instances: InstancesService,
  ) {}

  /** The users of `ids`, in no order; unknown ones are left out. */
  async list({ instanceId }: RequestContext, ids: string[]): Promise<UserSummary[]> {
    const { fapiUrl } = await this.instances.require(instanceId);
    const users = await this.db.user.findMany({ where: { instanceId, id: { in: ids } }, include: fullUser });
    return users.map((user) => toUserSummary(user, fapiUrl));
  }
}

function toUserSummary(user: FullUser, fapiUrl: string): UserSummary {
  const emails = primaryFirst(user.emailAddresses, user.primaryEmailAddressId);
  const phones = primaryFirst(user.phoneNumbers, user.primaryPhoneNumberId);
  return {
    id: user.id,
    public_user_data: {
      ...toPublicUserDataJSON(user, fapiUrl),
      user_id: user.id,
      ...{ profile_image_url: imageUrl(user, fapiUrl) },
      banned: user.isBanned,
      deprovisioned: false,
    },
    email_addresses: emails.map((row) => ({ email_address: row.emailAddress, is_verified: row.verifiedAt !== null })),
    phone_numbers: phones.map((row) => row.phoneNumber),
    web3_wallets: [],
    create_organization_enabled: user.createOrganizationEnabled,
    create_organizations_limit: user.createOrganizationsLimit,
    last_active_at: user.lastActiveAt?.getTime() ?? null,
    updated_at: user.updatedAt.getTime(),
  };
}
