import type { EventData } from '@latchkey/contracts';

/** A mail that was queued. */
export interface ToldMail {
  id: string;
  /** Of its template. */
  slug: string;
  /** The sender's name before the @; `noreply` when left out. */
  from?: string;
  to: string;
  /** The id of the address, when it is a user's own. */
  emailAddressId?: string;
  userId?: string;
  subject: string;
  html: string;
  text: string;
  /** What the template was filled with. */
  data: object;
}

/** A queued mail as the event `email.created` shows it. */
export function toEmailJSON(mail: ToldMail): EventData<'email.created'> {
  const shown = {
    object: 'email',
    id: mail.id,
    slug: mail.slug,
    from_email_name: mail.from ?? 'noreply',
    reply_to_email_name: null,
    to_email_address: mail.to,
    email_address_id: mail.emailAddressId ?? null,
    user_id: mail.userId ?? null,
    subject: mail.subject,
    body: mail.html,
    body_plain: mail.text,
    status: 'queued',
    data: mail.data,
    delivered_by_clerk: true,
  };
  return shown as unknown as EventData<'email.created'>;
}
