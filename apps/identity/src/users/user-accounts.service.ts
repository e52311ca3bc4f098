import { Injectable } from '@nestjs/common';
import {
  type JsonObject,
  mergeMetadata,
  METADATA_APART_SINCE,
  type RequestContext,
  requireMetadataSize,
} from '@latchkey/contracts';
import { Clock, paramError } from '@latchkey/core';
import { transaction } from '@latchkey/db';
import { ClientsService } from '../clients/clients.service.js';
import { IdentityDb, type Tx } from '../db.js';
import { Prisma } from '../generated/prisma/client.js';
import { InstancesService } from '../instances/instances.service.js';
import { EmailAddressesService } from '../email-addresses/email-addresses.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { VerificationsService } from '../verifications/verifications.service.js';
import { UserFieldsService } from './user-fields.service.js';
import {
  bulkSizeExceeded,
  lockoutDisabled,
  notOfUser,
  paramNeeds,
  paramUnknown,
  primaryNeedsVerification,
} from './users.errors.js';
import { lockUser } from './users.queries.js';
import type { CreateUser, ReplaceUserMetadata, UpdateUser, UpdateUserMetadata } from './users.schemas.js';
import { isLocked, type FullUser } from './users.serializer.js';
import { takenIdentifiers, UsersService, type NewIdentifier } from './users.service.js';

const MINUTE_MS = 60_000;
const MAX_BULK = 50;

/** The columns of the metadata documents, by the contract's names. */
const DOCUMENTS = {
  public_metadata: 'publicMetadata',
  private_metadata: 'privateMetadata',
  unsafe_metadata: 'unsafeMetadata',
} as const;
type DocumentName = keyof typeof DOCUMENTS;
const documentNames = Object.keys(DOCUMENTS) as DocumentName[];

/** User accounts as an administrator manages them. */
@Injectable()
export class UserAccountsService {
  constructor(
    private readonly db: IdentityDb,
    private readonly users: UsersService,
    private readonly clients: ClientsService,
    private readonly fields: UserFieldsService,
    private readonly sessions: SessionsService,
    private readonly emailAddresses: EmailAddressesService,
    private readonly verifications: VerificationsService,
    private readonly instances: InstancesService,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes a user.
   *
   * @throws `form_data_missing`, `form_identifier_exists`, `form_param_*`, `form_password_*`, `form_username_*` (422)
   */
  async create(ctx: RequestContext, input: CreateUser): Promise<FullUser> {
    await this.fields.requireComplete(ctx, input);
    const emails = withStatus(input.email_address, input.email_address_identification_status, 'email_address');
    const phones = withStatus(input.phone_number, input.phone_number_identification_status, 'phone_number');
    const identifiers = [...emails, ...phones].map(({ value }) => value).concat(input.username ?? []);
    const { actions } = await this.instances.settings(ctx.instanceId);
    const fields = {
      deleteSelfEnabled: actions.delete_self,
      createOrganizationEnabled: actions.create_organization,
      createOrganizationsLimit: actions.create_organizations_limit,
      ...defined(await this.fields.toColumns(ctx, input, identifiers)),
      ...documentColumns(input),
      ...(input.banned ? { isBanned: true } : {}),
      ...(input.locked ? await this.lock(ctx) : {}),
    } as Prisma.UserUncheckedCreateInput;
    const work = async (tx: Tx) => {
      const emailAddresses = await this.proved(tx, ctx, emails);
      const phoneNumbers = await this.proved(tx, ctx, phones);
      return this.users.create(tx, ctx, { emailAddresses, phoneNumbers, fields });
    };
    return transaction(this.db, work, { taken: takenIdentifiers });
  }

  /**
   * Changes a user's fields; what is left out stays.
   *
   * @throws `resource_not_found` (404), `form_identifier_exists`, `form_verification_needed`, `form_param_*` (422)
   */
  async update(ctx: RequestContext, id: string, input: UpdateUser): Promise<FullUser> {
    const moved = documentNames.find((name) => input[name] !== undefined);
    if (moved && ctx.apiVersion >= METADATA_APART_SINCE) throw paramUnknown(moved);
    if (input.sign_out_of_other_sessions && input.password == null)
      throw paramNeeds('sign_out_of_other_sessions', 'password');
    const user = await this.users.require(ctx, id);
    const columns = {
      ...defined(await this.fields.toColumns(ctx, input, identifiersOf(user))),
      ...documentColumns(input),
    } as Prisma.UserUncheckedUpdateInput;
    const work = async (tx: Tx) => {
      await this.clients.lockWithUsers(tx, ctx, [id]);
      const current = await this.users.requireIn(tx, ctx, id);
      const changes = { ...columns, ...primaries(current, input), ...(await this.image(tx, ctx, current, input)) };
      if (Object.keys(changes).length === 0) return current;
      const updated = await this.sessions.changeUser(tx, ctx, id, changes);
      if (input.notify_primary_email_address_changed) await this.tellPrevious(tx, ctx, current, updated);
      if (input.sign_out_of_other_sessions) await this.sessions.end(tx, ctx, { userId: id }, 'revoked');
      return updated;
    };
    return transaction(this.db, work, { taken: takenIdentifiers });
  }

  /** Tells the address that was the primary one of the other that now is. */
  private async tellPrevious(tx: Tx, ctx: RequestContext, before: FullUser, after: FullUser): Promise<void> {
    const primaryOf = (user: FullUser) => user.emailAddresses.find(({ id }) => id === user.primaryEmailAddressId);
    const [previous, present] = [primaryOf(before), primaryOf(after)];
    if (previous && present && previous.id !== present.id)
      await this.emailAddresses.tellPrevious(tx, ctx, previous, present);
  }

  /** Merges into the given documents: null removes a key at any depth. @throws `resource_not_found` (404) */
  async mergeMetadata(ctx: RequestContext, id: string, input: UpdateUserMetadata): Promise<FullUser> {
    return this.changeDocuments(ctx, id, input, (before, patch) => mergeMetadata(before, patch ?? {}));
  }

  /** Replaces the given documents whole. @throws `resource_not_found` (404) */
  async replaceMetadata(ctx: RequestContext, id: string, input: ReplaceUserMetadata): Promise<FullUser> {
    return this.changeDocuments(ctx, id, input, (_before, document) => document);
  }

  /** Removes a user; their sessions end. @throws `resource_not_found` (404) */
  async delete(ctx: RequestContext, id: string): Promise<FullUser> {
    return transaction(this.db, async (tx) => {
      await this.clients.lockWithUsers(tx, ctx, [id]);
      const user = await this.users.requireIn(tx, ctx, id);
      await this.sessions.end(tx, ctx, { userId: id }, 'revoked');
      await this.users.delete(tx, ctx, user);
      return user;
    });
  }

  /** Keeps users out, and ends their sessions, or lets them in again: all of them, or none. @throws `resource_not_found` (404) */
  async setBanned(ctx: RequestContext, ids: string[], isBanned: boolean): Promise<FullUser[]> {
    const unique = [...new Set(ids)];
    if (unique.length > MAX_BULK) throw bulkSizeExceeded(MAX_BULK);
    await transaction(this.db, async (tx) => {
      await this.clients.lockWithUsers(tx, ctx, unique);
      for (const id of unique) {
        const user = await this.users.requireIn(tx, ctx, id);
        if (user.isBanned === isBanned) continue;
        await this.users.update(tx, ctx, id, { isBanned });
        if (isBanned) await this.sessions.end(tx, ctx, { userId: id }, 'revoked');
      }
    });
    return this.users.inOrder(ctx, unique);
  }

  /**
   * Locks a user for as long as the instance locks those who fail too often, or unlocks them.
   *
   * @throws `resource_not_found` (404), `feature_not_enabled` (403)
   */
  async setLocked(ctx: RequestContext, id: string, shallBeLocked: boolean): Promise<FullUser> {
    const columns = shallBeLocked ? await this.lock(ctx) : { isLocked: false, lockedUntil: null, failedAttempts: 0 };
    return transaction(this.db, async (tx) => {
      await lockUser(tx, ctx, id);
      const user = await this.users.requireIn(tx, ctx, id);
      if (!shallBeLocked && !isLocked(user, this.clock.now()) && user.failedAttempts === 0) return user;
      return this.users.update(tx, ctx, id, columns);
    });
  }

  private async lock(ctx: RequestContext): Promise<{ isLocked: boolean; lockedUntil: Date | null }> {
    const { user_lockout: rule } = (await this.instances.settings(ctx.instanceId)).attack_protection;
    if (!rule.enabled) throw lockoutDisabled();
    if (rule.duration_in_minutes === 0) return { isLocked: true, lockedUntil: null };
    return {
      isLocked: false,
      lockedUntil: new Date(this.clock.now().getTime() + rule.duration_in_minutes * MINUTE_MS),
    };
  }

  private async changeDocuments(
    ctx: RequestContext,
    id: string,
    input: Partial<Record<DocumentName, JsonObject | null>>,
    change: (before: unknown, given: JsonObject | null) => JsonObject | null,
  ): Promise<FullUser> {
    return transaction(this.db, async (tx) => {
      await lockUser(tx, ctx, id);
      const user = await this.users.requireIn(tx, ctx, id);
      const columns: Prisma.UserUncheckedUpdateInput = {};
      for (const name of documentNames) {
        const given = input[name];
        if (given === undefined) continue;
        const document = change(user[DOCUMENTS[name]], given);
        if (document) requireMetadataSize(name, document);
        columns[DOCUMENTS[name]] = document ?? Prisma.JsonNull;
      }
      return Object.keys(columns).length ? this.users.update(tx, ctx, id, columns) : user;
    });
  }

  private async proved(tx: Tx, ctx: RequestContext, items: StatedIdentifier[]): Promise<NewIdentifier[]> {
    const identifiers: NewIdentifier[] = [];
    for (const { value, status } of items) {
      const isVerified = status === 'verified';
      const proof = isVerified ? await this.verifications.createVerified(tx, ctx, 'admin') : null;
      identifiers.push({ value, verificationId: proof?.id ?? null, isVerified, isReserved: status === 'reserved' });
    }
    return identifiers;
  }

  private async image(tx: Tx, ctx: RequestContext, user: FullUser, { profile_image_id: imageId }: UpdateUser) {
    if (!imageId || imageId === user.imageId) return {};
    const image = await tx.image.findFirst({
      where: { id: imageId, instanceId: ctx.instanceId, userId: user.id },
      select: { id: true },
    });
    if (!image) throw notOfUser('profile_image_id', imageId);
    return { imageId };
  }
}

/** An address or number with the status that it is created with. */
interface StatedIdentifier {
  value: string;
  status: 'verified' | 'reserved';
}

/** The two parallel lists as one. @throws `form_param_array_length_mismatch` (422) */
function withStatus(
  values: string[] | undefined,
  statuses: ('verified' | 'reserved')[] | null | undefined,
  param: string,
): StatedIdentifier[] {
  const given = statuses?.length ? statuses : undefined;
  if (given && given.length !== (values?.length ?? 0)) {
    const text = `${param}_identification_status must have one item per ${param}.`;
    throw paramError('form_param_array_length_mismatch', `${param}_identification_status`, 'length mismatch', text);
  }
  return (values ?? []).map((value, index) => ({ value, status: given?.[index] ?? 'verified' }));
}

/** What a password must not equal. */
export const identifiersOf = (user: FullUser): string[] => [
  ...user.emailAddresses.map(({ emailAddress }) => emailAddress),
  ...user.phoneNumbers.map(({ phoneNumber }) => phoneNumber),
  ...(user.username ? [user.username] : []),
];

/** The columns of another primary address or number. @throws `form_resource_not_found`, `form_verification_needed` (422) */
export function primaries(
  user: FullUser,
  input: {
    primary_email_address_id?: string | null;
    primary_phone_number_id?: string | null;
    primary_web3_wallet_id?: string | null;
  },
): Prisma.UserUncheckedUpdateInput {
  const { primary_email_address_id: email, primary_phone_number_id: phone, primary_web3_wallet_id: wallet } = input;
  if (wallet) throw notOfUser('primary_web3_wallet_id', wallet);
  const columns: Prisma.UserUncheckedUpdateInput = {};
  if (email && email !== user.primaryEmailAddressId)
    columns.primaryEmailAddressId = requireVerified(user.emailAddresses, email, 'primary_email_address_id');
  if (phone && phone !== user.primaryPhoneNumberId)
    columns.primaryPhoneNumberId = requireVerified(user.phoneNumbers, phone, 'primary_phone_number_id');
  return columns;
}

function requireVerified(rows: { id: string; verifiedAt: Date | null }[], id: string, param: string): string {
  const row = rows.find((item) => item.id === id);
  if (!row) throw notOfUser(param, id);
  if (!row.verifiedAt) throw primaryNeedsVerification(param);
  return id;
}

/** The given documents, each replacing what was there. */
function documentColumns(input: Partial<Record<DocumentName, JsonObject | null>>) {
  const columns: Partial<Record<(typeof DOCUMENTS)[DocumentName], Prisma.InputJsonValue>> = {};
  for (const name of documentNames) {
    const document = input[name];
    if (document != null) columns[DOCUMENTS[name]] = document;
  }
  return columns;
}

const defined = <T extends object>(columns: T): Partial<T> =>
  Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined)) as Partial<T>;
