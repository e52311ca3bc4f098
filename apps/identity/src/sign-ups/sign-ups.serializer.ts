import type { SignUpJSON as BackendSignUpJSON } from '@clerk/backend';
import type { SignUpJSON } from '@clerk/shared/types';
import type { InstanceSettings } from '../instances/instances.settings.js';
import { toVerificationJSON } from '../verifications/verifications.serializer.js';
import { requirementsOf, type SignUpState } from './sign-ups.requirements.js';
import type { Verification } from '../generated/prisma/client.js';

/** The sign-up as FAPI shows it. */
export function toSignUpJSON(state: SignUpState, settings: InstanceSettings, now: Date): SignUpJSON {
  return {
    ...common(state, settings, now),
    has_password: state.signUp.passwordDigest !== null,
    external_account_strategy: null,
  } as unknown as SignUpJSON;
}

/** The sign-up as BAPI shows it. */
export function toBackendSignUpJSON(state: SignUpState, settings: InstanceSettings, now: Date): BackendSignUpJSON {
  return common(state, settings, now) as unknown as BackendSignUpJSON;
}

function common(state: SignUpState, settings: InstanceSettings, now: Date) {
  const { signUp, emailVerification, phoneVerification } = state;
  const { email_address: email, phone_number: phone } = settings.attributes;
  const isAbandoned = signUp.status === 'missing_requirements' && signUp.abandonAt <= now;
  return {
    object: 'sign_up_attempt' as const,
    id: signUp.id,
    status: isAbandoned ? 'abandoned' : signUp.status,
    ...requirementsOf(settings, state),
    username: signUp.username,
    first_name: signUp.firstName,
    last_name: signUp.lastName,
    email_address: signUp.emailAddress,
    phone_number: signUp.phoneNumber,
    web3_wallet: null,
    password_enabled: signUp.passwordDigest !== null,
    external_account: null,
    custom_action: signUp.customAction,
    external_id: signUp.externalId,
    unsafe_metadata: signUp.unsafeMetadata,
    public_metadata: signUp.publicMetadata,
    locale: signUp.locale,
    legal_accepted_at: signUp.legalAcceptedAt?.getTime() ?? null,
    created_session_id: signUp.createdSessionId,
    created_user_id: signUp.createdUserId,
    abandon_at: signUp.abandonAt.getTime(),
    verifications: {
      email_address: identifierProof(signUp.emailAddress, emailVerification, email.verifications, now),
      phone_number: identifierProof(signUp.phoneNumber, phoneVerification, phone.verifications, now),
      web3_wallet: null,
      external_account: null,
    },
  };
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
