import { Injectable } from '@nestjs/common';
import type { JsonObject } from '@latchkey/contracts';
import { afterCommit } from '@latchkey/db';
import { ReadThrough, SharedState } from '@latchkey/state';
import { IdentityDb, type Tx } from '../db.js';
import { InstancesService } from '../instances/instances.service.js';
import { fullUser, hasSecondFactor, imageUrl, type FullUser } from './users.serializer.js';

/** The bound on an entry's age should its clearing be lost. */
const LIFETIME_MS = 600_000;
/** How long tokens keep saying what was true last while the database is away. */
const OUTAGE_MS = 3_600_000;

/** What tokens may say about a user (`{{user.…}}`), kept in shared state so that a token asks no database. */
@Injectable()
export class UserClaimsService {
  private readonly cache: ReadThrough<JsonObject>;

  constructor(
    private readonly db: IdentityDb,
    private readonly instances: InstancesService,
    state: SharedState,
  ) {
    this.cache = new ReadThrough<JsonObject>(state, {
      name: 'user-claims',
      ttlMs: LIFETIME_MS,
      localTtlMs: 0,
      staleOnErrorMs: OUTAGE_MS,
    });
  }

  /** Null when there is no such user. */
  get(instanceId: string, userId: string): Promise<JsonObject | null> {
    return this.cache.get(`${instanceId}:${userId}`, async () => {
      const user = await this.db.user.findUnique({ where: { id: userId, instanceId }, include: fullUser });
      return user && userClaims(user, (await this.instances.require(instanceId)).fapiUrl);
    });
  }

  /** Makes the next token read the user anew once the transaction has committed. */
  changed(tx: Tx, instanceId: string, userId: string): void {
    afterCommit(tx, () => this.cache.invalidate(`${instanceId}:${userId}`));
  }
}

function userClaims(user: FullUser, fapiUrl: string): JsonObject {
  const email = user.emailAddresses.find((row) => row.id === user.primaryEmailAddressId);
  const phone = user.phoneNumbers.find((row) => row.id === user.primaryPhoneNumberId);
  return {
    id: user.id,
    external_id: user.externalId,
    username: user.username,
    first_name: user.firstName,
    last_name: user.lastName,
    full_name: [user.firstName, user.lastName].filter(Boolean).join(' ') || null,
    image_url: imageUrl(user, fapiUrl),
    has_image: user.imageId !== null,
    primary_email_address: email?.emailAddress ?? null,
    // The documentation names it so.
    primary_phone_address: phone?.phoneNumber ?? null,
    primary_phone_number: phone?.phoneNumber ?? null,
    email_verified: email?.verifiedAt != null,
    phone_number_verified: phone?.verifiedAt != null,
    two_factor_enabled: hasSecondFactor(user),
    public_metadata: user.publicMetadata as JsonObject,
    unsafe_metadata: user.unsafeMetadata as JsonObject,
    created_at: Math.floor(user.createdAt.getTime() / 1000),
    updated_at: Math.floor(user.updatedAt.getTime() / 1000),
  };
}
