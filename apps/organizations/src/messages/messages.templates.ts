/** A mail with its variables filled in: the text's paragraphs are lines apart. */
export interface Letter {
  slug: string;
  subject: string;
  paragraphs: string[];
  /** A link among the paragraphs, to be followed. */
  url?: string;
  /** What was filled in, as `email.created` shows it. */
  data: Record<string, unknown>;
}

/**
 * Whether a name can be taken for an address or for markup. Users choose their own, and the mail that shows it goes to whom they like:
 * it must not carry their links there under the application's name.
 */
const isMisleading = (name: string) =>
  // Who has no name is called by their own address.
  /[:/\\<>]/.test(name) || (!/^\S+@\S+$/.test(name) && /\bwww\.|[\p{L}\p{N}]\.\p{L}{2,}/iu.test(name));

/** Asks somebody to join. */
export function invitationLetter(about: {
  organizationName: string;
  applicationName: string;
  /** The name of who invites; null when a server does. */
  inviterName: string | null;
  url: string;
  expiresInDays: number;
}): Letter {
  const { inviterName } = about;
  const who = inviterName && !isMisleading(inviterName) ? `${inviterName} has invited you` : 'You are invited';
  const days = `${about.expiresInDays} day${about.expiresInDays === 1 ? '' : 's'}`;
  return {
    slug: 'organization_invitation',
    subject: `${who} to join ${about.organizationName}`,
    paragraphs: [
      `${who} to join ${about.organizationName} on ${about.applicationName}.`,
      `Follow this link to accept: ${about.url}`,
      `The link works for ${days}. If you did not expect it, you can ignore this message.`,
    ],
    url: about.url,
    data: { org: { name: about.organizationName }, action_url: about.url },
  };
}

/** Tells who manages the members that somebody asks to join. */
export const membershipRequestLetter = (about: {
  organizationName: string;
  applicationName: string;
  requesterName: string;
}): Letter => ({
  slug: 'organization_membership_requested',
  subject: `${about.requesterName} asks to join ${about.organizationName}`,
  paragraphs: [
    `${about.requesterName} asks to join ${about.organizationName} on ${about.applicationName}.`,
    'You can accept or reject the request among the members of the organization.',
  ],
  data: { org: { name: about.organizationName }, requester: { name: about.requesterName } },
});

/** Carries the code that proves an address of a domain. */
export const domainCodeLetter = (about: { domain: string; applicationName: string; code: string }): Letter => ({
  slug: 'affiliation_code',
  subject: `${about.code} is your verification code`,
  paragraphs: [
    `Your code to verify the domain ${about.domain} for ${about.applicationName} is ${about.code}.`,
    'It works for ten minutes. If you did not ask for it, you can ignore this message; do not pass the code on to anybody.',
  ],
  data: { otp_code: about.code, domain: { name: about.domain } },
});
