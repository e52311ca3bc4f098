import type {
  ClientJSON,
  PublicUserDataJSON,
  SessionJSON,
  SignInJSON,
  SignUpJSON,
  UserJSON,
} from '@clerk/shared/types';
import type { Client, Session } from '../generated/prisma/client.js';
import { ageMinutes } from '../sessions/session-claims.js';
import { imageUrl, type FullUser, type UserView } from '../users/users.serializer.js';

/** A session of the client with what FAPI shows beside it. */
export interface OwnSession {
  session: Session;
  user: FullUser;
  userJSON: UserJSON | null;
  /** A fresh session token. */
  jwt: string | null;
  tasks: { key: string }[];
}

/** The session as FAPI shows it to its own client. */
export function toOwnSessionJSON({ session, user, userJSON, jwt, tasks }: OwnSession, view: UserView): SessionJSON {
  return {
    object: 'session',
    id: session.id,
    status: session.status as SessionJSON['status'],
    expire_at: session.expireAt.getTime(),
    abandon_at: session.abandonAt.getTime(),
    last_active_at: session.lastActiveAt.getTime(),
    last_active_organization_id: session.lastActiveOrganizationId,
    last_active_token: jwt === null ? null : { object: 'token', jwt },
    actor: session.actor,
    tasks: tasks.length ? tasks : null,
    factor_verification_age: [
      ageMinutes(session.firstFactorAt?.getTime() ?? null, view.now.getTime()),
      ageMinutes(session.secondFactorAt?.getTime() ?? null, view.now.getTime()),
    ],
    user: userJSON,
    public_user_data: toPublicUserDataJSON(user, view.fapiUrl),
    created_at: session.createdAt.getTime(),
    updated_at: session.updatedAt.getTime(),
  } as unknown as SessionJSON;
}

/** The client as FAPI shows it: the whole of what clerk-js knows. */
export function toClientJSON(
  client: Client,
  parts: { sessions: SessionJSON[]; signIn: SignInJSON | null; signUp: SignUpJSON | null },
): ClientJSON {
  return {
    object: 'client',
    id: client.id,
    sessions: parts.sessions,
    sign_in: parts.signIn,
    sign_up: parts.signUp,
    last_active_session_id: client.lastActiveSessionId,
    last_authentication_strategy: client.lastAuthenticationStrategy as ClientJSON['last_authentication_strategy'],
    // Null: the cookie is long-lived, and no visit is needed to refresh it.
    cookie_expires_at: null,
    captcha_bypass: false,
    created_at: client.createdAt.getTime(),
    updated_at: client.updatedAt.getTime(),
  };
}

/** What others may see of a user. */
export function toPublicUserDataJSON(user: FullUser, fapiUrl: string): PublicUserDataJSON {
  return {
    first_name: user.firstName,
    last_name: user.lastName,
    image_url: imageUrl(user, fapiUrl),
    has_image: user.imageId !== null,
    identifier: identifierOf(user),
    user_id: user.id,
    ...(user.username ? { username: user.username } : {}),
  };
}

/** The name a user signs in with: primary address, else number, else user name. */
export function identifierOf(user: FullUser): string {
  const email = user.emailAddresses.find((row) => row.id === user.primaryEmailAddressId) ?? user.emailAddresses[0];
  const phone = user.phoneNumbers.find((row) => row.id === user.primaryPhoneNumberId) ?? user.phoneNumbers[0];
  return email?.emailAddress ?? phone?.phoneNumber ?? user.username ?? '';
}
