import type { SignUpJSON } from '@clerk/shared/types';
import type { InstanceSettings } from '../instances/instances.settings.js';
import { toVerificationJSON } from '../verifications/verifications.serializer.js';
import { requirementsOf, type SignUpState } from './sign-ups.requirements.js';
import type { Verification } from '../generated/prisma/client.js';

/** The sign-up as FAPI shows it. */
export function toSignUpJSON(state: SignUpState, settings: InstanceSettings, now: Date): SignUpJSON {
  const { signUp } = state;
  return {
    object: 'sign_up_attempt',
    id: signUp.id,
    status: signUp.status,
    ...requirementsOf(settings, state),
    username: signUp.username,
    first_name: signUp.firstName,
    last_name: signUp.lastName,
    email_address: signUp.emailAddress,
    phone_number: signUp.phoneNumber,
    web3_wallet: null,
    has_password: signUp.passwordDigest !== null,
    password_enabled: signUp.passwordDigest !== null,
    external_account: null,
    external_account_strategy: null,
    custom_action: false,
    external_id: signUp.externalId,
    unsafe_metadata: signUp.unsafeMetadata,
    public_metadata: signUp.publicMetadata,
    locale: signUp.locale,
    timezone: null,
    legal_accepted_at: signUp.legalAcceptedAt?.getTime() ?? null,
    created_session_id: signUp.createdSessionId,
    created_user_id: signUp.createdUserId,
    abandon_at: signUp.abandonAt.getTime(),
    verifications: {
      email_address: identifierProof(
        signUp.emailAddress,
        state.emailVerification,
        settings.attributes.email_address.verifications,
        now,
      ),
      phone_number: identifierProof(
        signUp.phoneNumber,
        state.phoneVerification,
        settings.attributes.phone_number.verifications,
        now,
      ),
      web3_wallet: null,
      external_account: null,
    },
  } as unknown as SignUpJSON;
}

/** The proof of an address, with what the UI should do next about it. */
function identifierProof(value: string | null, verification: Verification | null, strategies: string[], now: Date) {
  if (!value) return null;
  const shown = toVerificationJSON(verification, now);
  const next =
    shown === null || ['failed', 'expired'].includes(shown.status)
      ? 'needs_prepare'
      : shown.status === 'verified'
        ? ''
        : 'needs_attempt';
  return {
    ...(shown ?? { object: 'verification_otp', status: 'unverified', strategy: '', attempts: null, expire_at: null }),
    next_action: next,
    supported_strategies: strategies,
  };
}
