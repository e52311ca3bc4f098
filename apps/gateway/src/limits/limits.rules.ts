import type { OperationId } from '@latchkey/contracts';
import type { RateRule } from '@latchkey/state';
import type { GatewayConfig } from '../config.js';

const WINDOW_MS = 10_000;
const HOUR_MS = 3_600_000;

/** FAPI, per address. The numbers of this file are those of `compat/behaviours-auth.md` 19. */
export function fapiRules(config: GatewayConfig): Partial<Record<OperationId, RateRule>> {
  const create = (name: string) => ({ name, limit: config.GATEWAY_LIMIT_CREATE, windowMs: WINDOW_MS });
  const attempt = (name: string) => ({ name, limit: config.GATEWAY_LIMIT_ATTEMPT, windowMs: WINDOW_MS });
  const factor = attempt('attempt_factor');
  return {
    createSignIn: create('create_sign_in'),
    createSignUps: create('create_sign_up'),
    attemptSignInFactorOne: factor,
    attemptSignInFactorTwo: factor,
    resetPassword: attempt('reset_password'),
    attemptSignUpsVerification: attempt('attempt_sign_up'),
  };
}

const invitation: RateRule = { name: 'organization_invitation', limit: 250, windowMs: HOUR_MS };
const invitations: RateRule = { name: 'organization_invitations', limit: 50, windowMs: HOUR_MS };

/** FAPI, per user: mail to strangers. The contract has these numbers per instance, where one user could use up the share of all. */
export const fapiUserRules: Partial<Record<OperationId, RateRule>> = {
  createOrganizationInvitations: invitation,
  bulkCreateOrganizationInvitations: invitations,
};

/** All of BAPI, per instance. */
export const bapiRules = (config: GatewayConfig) => ({
  production: { name: 'bapi', limit: config.GATEWAY_LIMIT_BAPI, windowMs: WINDOW_MS },
  development: { name: 'bapi_development', limit: config.GATEWAY_LIMIT_BAPI_DEVELOPMENT, windowMs: WINDOW_MS },
});

/** Per address, over both APIs. Not documented by the contract: it protects what knows no instance yet. */
export const guessRule = (config: GatewayConfig): RateRule => ({
  name: 'guess',
  limit: config.GATEWAY_LIMIT_GUESSES,
  windowMs: WINDOW_MS,
});

/** BAPI operations with a limit of their own, per instance. */
export const bapiOperationRules: Partial<Record<OperationId, RateRule>> = {
  CreateInvitation: { name: 'invitation', limit: 100, windowMs: HOUR_MS },
  CreateBulkInvitations: { name: 'invitations', limit: 25, windowMs: HOUR_MS },
  CreateOrganizationInvitation: invitation,
  CreateOrganizationInvitationBulk: invitations,
};

const perObject = (name: string): RateRule => ({ name, limit: 10, windowMs: WINDOW_MS });
const user = perObject('user_change');
const organization = perObject('organization_change');
const membership = perObject('membership_change');

/** BAPI operations with a limit per object, the object being what the path names up to `/metadata`. */
export const bapiObjectRules: Partial<Record<OperationId, RateRule>> = {
  UpdateUser: user,
  UpdateUserMetadata: user,
  ReplaceUserMetadata: user,
  UpdateOrganization: organization,
  MergeOrganizationMetadata: organization,
  ReplaceOrganizationMetadata: organization,
  UpdateOrganizationMembership: membership,
  UpdateOrganizationMembershipMetadata: membership,
};
