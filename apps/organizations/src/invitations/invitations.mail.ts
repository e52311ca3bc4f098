import type { QueuedMail } from '@latchkey/messaging';

/** What the mail of an invitation says. */
export interface InvitationMail {
  instanceId: string;
  to: string;
  applicationName: string;
  organizationName: string;
  /** The name of who invites; null when a server does. */
  inviterName: string | null;
  url: string;
  expiresInDays: number;
}

/** The mail that asks somebody to join. */
export function invitationMail(mail: InvitationMail): QueuedMail {
  const who = mail.inviterName ? `${mail.inviterName} has invited you` : 'You are invited';
  const lines = [
    `${who} to join ${mail.organizationName} on ${mail.applicationName}.`,
    `Follow this link to accept: ${mail.url}`,
    `The link works for ${mail.expiresInDays} day${mail.expiresInDays === 1 ? '' : 's'}. If you did not expect it, you can ignore this message.`,
  ];
  return {
    instanceId: mail.instanceId,
    kind: 'email',
    to: mail.to,
    subject: `${who} to join ${mail.organizationName}`,
    text: lines.join('\n\n'),
    html: lines
      .map(
        (line) =>
          `<p>${escape(line).replace(escape(mail.url), `<a href="${escape(mail.url)}">${escape(mail.url)}</a>`)}</p>`,
      )
      .join('\n'),
  };
}

/** Text as HTML shows it. */
export const escape = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** Whether a mail address is one of those that test mode treats as reached without sending. */
export const isTestEmail = (address: string): boolean => /^[^@]*\+clerk_test[^@]*@/.test(address);
