import { Injectable } from '@nestjs/common';
import type { UserJSON } from '@clerk/backend';
import { primaryFirst, type UserSummary } from '@latchkey/clients';
import { Clock } from '@latchkey/core';
import type { Tx } from '../db.js';

/** What searches know of a user. */
export interface Profile {
  userId: string;
  firstName: string | null;
  lastName: string | null;
  username: string | null;
  emailAddresses: string[];
  phoneNumbers: string[];
  web3Wallets: string[];
  lastActiveAt: Date | null;
  publicUserData: UserSummary['public_user_data'];
  asOf: Date;
}

/** The local copy of what members are searched and ordered by; what is shown of them comes from identity. */
@Injectable()
export class UserProfilesService {
  constructor(private readonly clock: Clock) {}

  /** Keeps a profile, unless a newer one is here: events and questions may cross. */
  async save(tx: Tx, { instanceId }: { instanceId: string }, profile: Profile): Promise<void> {
    const now = this.clock.now();
    await tx.$executeRaw`
      INSERT INTO user_profiles (user_id, instance_id, first_name, last_name, username, email_addresses, phone_numbers,
        web3_wallets, last_active_at, public_user_data, as_of, created_at, updated_at)
      VALUES (${profile.userId}, ${instanceId}, ${profile.firstName}, ${profile.lastName}, ${profile.username},
        ${profile.emailAddresses}, ${profile.phoneNumbers}, ${profile.web3Wallets}, ${profile.lastActiveAt},
        ${JSON.stringify(profile.publicUserData)}::jsonb, ${profile.asOf}, ${now}, ${now})
      ON CONFLICT (user_id) DO UPDATE SET first_name = excluded.first_name, last_name = excluded.last_name,
        username = excluded.username, email_addresses = excluded.email_addresses, phone_numbers = excluded.phone_numbers,
        web3_wallets = excluded.web3_wallets, last_active_at = GREATEST(user_profiles.last_active_at, excluded.last_active_at),
        public_user_data = excluded.public_user_data, as_of = excluded.as_of, updated_at = excluded.updated_at
      WHERE user_profiles.instance_id = excluded.instance_id AND user_profiles.as_of <= excluded.as_of`;
  }

  /** Notes when users were last active. */
  async seen(
    tx: Tx,
    { instanceId }: { instanceId: string },
    users: { id: string; last_active_at: number }[],
  ): Promise<void> {
    const ids = users.map(({ id }) => id);
    const times = users.map((user) => new Date(user.last_active_at));
    await tx.$executeRaw`
      UPDATE user_profiles SET last_active_at = GREATEST(last_active_at, seen.at)
      FROM unnest(${ids}::text[], ${times}::timestamptz[]) AS seen (id, at)
      WHERE user_id = seen.id AND instance_id = ${instanceId}`;
  }
}

/** The profile in identity's answer. */
export const profileOfSummary = (user: UserSummary): Profile => ({
  userId: user.id,
  firstName: user.public_user_data.first_name,
  lastName: user.public_user_data.last_name,
  username: user.public_user_data.username ?? null,
  emailAddresses: user.email_addresses.map((row) => row.email_address),
  phoneNumbers: user.phone_numbers,
  web3Wallets: user.web3_wallets,
  lastActiveAt: user.last_active_at === null ? null : new Date(user.last_active_at),
  publicUserData: user.public_user_data,
  asOf: new Date(user.updated_at),
});

/** The profile in an event of identity's. */
export function profileOfEvent(user: UserJSON): Profile {
  const emails = primaryFirst(user.email_addresses, user.primary_email_address_id).map((row) => row.email_address);
  const phones = primaryFirst(user.phone_numbers, user.primary_phone_number_id).map((row) => row.phone_number);
  const wallets = primaryFirst(user.web3_wallets, user.primary_web3_wallet_id).map((row) => row.web3_wallet);
  return {
    userId: user.id,
    firstName: user.first_name,
    lastName: user.last_name,
    username: user.username,
    emailAddresses: emails,
    phoneNumbers: phones,
    web3Wallets: wallets,
    lastActiveAt: user.last_active_at === null ? null : new Date(user.last_active_at),
    publicUserData: {
      user_id: user.id,
      first_name: user.first_name,
      last_name: user.last_name,
      image_url: user.image_url,
      has_image: user.has_image,
      identifier: emails[0] ?? phones[0] ?? user.username ?? wallets[0] ?? '',
      ...(user.username ? { username: user.username } : {}),
      banned: user.banned,
      deprovisioned: false,
    },
    asOf: new Date(user.updated_at),
  };
}
