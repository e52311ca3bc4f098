import type { SignInFirstFactorJSON, SignInJSON } from '@clerk/shared/types';
import type { SignIn, Verification } from '../generated/prisma/client.js';
import type { InstanceSettings } from '../instances/instances.settings.js';
import { imageUrl, type FullUser, type UserView } from '../users/users.serializer.js';
import { toVerificationJSON } from '../verifications/verifications.serializer.js';
import { secondFactors, supportedIdentifiers } from './sign-ins.factors.js';

/** A sign-in with whom it is about and what was proved. */
export interface SignInState {
  signIn: SignIn;
  user: FullUser | null;
  firstVerification: Verification | null;
  secondVerification: Verification | null;
}

/** What showing a sign-in depends on besides. */
export interface SignInView extends UserView {
  settings: InstanceSettings;
  firstFactors: SignInFirstFactorJSON[];
  /** Nobody may learn whether the identifier belongs to somebody: the user is not shown before they have proved it. */
  isVeiled: boolean;
}

/** The sign-in as FAPI shows it. */
export function toSignInJSON(state: SignInState, view: SignInView): SignInJSON {
  const { signIn, user } = state;
  const isIdentified = signIn.status !== 'needs_identifier';
  const isProved = !['needs_identifier', 'needs_first_factor'].includes(signIn.status);
  return {
    object: 'sign_in_attempt',
    id: signIn.id,
    status: signIn.status,
    supported_identifiers: supportedIdentifiers(view.settings),
    supported_first_factors: isIdentified ? view.firstFactors : null,
    supported_second_factors: isProved && user ? secondFactors(user, view.settings) : null,
    first_factor_verification: toVerificationJSON(state.firstVerification, view.now),
    second_factor_verification: toVerificationJSON(state.secondVerification, view.now),
    identifier: signIn.identifier,
    user_data: user && (isProved || !view.isVeiled) ? toUserData(user, view.fapiUrl) : null,
    created_session_id: signIn.createdSessionId,
    abandon_at: signIn.abandonAt.getTime(),
  } as unknown as SignInJSON;
}

const toUserData = (user: FullUser, fapiUrl: string) => ({
  first_name: user.firstName,
  last_name: user.lastName,
  image_url: imageUrl(user, fapiUrl),
  profile_image_url: imageUrl(user, fapiUrl),
  has_image: user.imageId !== null,
});
