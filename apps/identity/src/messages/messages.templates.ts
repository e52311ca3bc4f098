import Handlebars from 'handlebars';

/** A message that the product writes, as an administrator may change it. Handlebars; HTML is escaped unless in triple braces. */
export interface Template {
  slug: string;
  subject: string;
  text: string;
}

/** Every message that is sent, by slug. */
export const templates = {
  verification_code: {
    slug: 'verification_code',
    subject: '{{otp_code}} is your verification code',
    text: 'Your verification code for {{app.name}} is {{otp_code}}.\n\nIt works for ten minutes. If you did not ask for it, you can ignore this message; do not pass the code on to anybody.',
  },
  reset_password_code: {
    slug: 'reset_password_code',
    subject: '{{otp_code}} is your password reset code',
    text: 'Your code to set a new password for {{app.name}} is {{otp_code}}.\n\nIt works for ten minutes. If you did not ask for it, somebody else may have tried to get into your account; your password has not changed.',
  },
  sign_in_link: {
    slug: 'sign_in_link',
    subject: 'Sign in to {{app.name}}',
    text: 'Follow this link to sign in to {{app.name}}:\n\n{{action_url}}\n\nIt works once, for {{ttl_minutes}} minutes. If you did not ask for it, do not follow it: it would let somebody else in.',
  },
  sign_up_link: {
    slug: 'sign_up_link',
    subject: 'Sign up to {{app.name}}',
    text: 'Follow this link to go on with your sign-up to {{app.name}}:\n\n{{action_url}}\n\nIt works once, for {{ttl_minutes}} minutes. If you did not ask for it, you can ignore this message.',
  },
  verification_link: {
    slug: 'verification_link',
    subject: 'Your email address at {{app.name}}',
    text: 'Follow this link to confirm that this address is yours, and to add it to your account at {{app.name}}:\n\n{{action_url}}\n\nIt works once, for {{ttl_minutes}} minutes. If you did not ask for it, do not follow it: it would give your address to another account.',
  },
  no_account: {
    slug: 'no_account',
    subject: 'Your sign-in to {{app.name}}',
    text: 'Somebody tried to sign in to {{app.name}} with this address, but no account has it.\n\nIf it was you, sign up first, or try the address that you signed up with. If it was not, you can ignore this message.',
  },
  invitation: {
    slug: 'invitation',
    subject: 'Your invitation to {{app.name}}',
    text: 'You are invited to {{app.name}}. Follow this link to sign up:\n\n{{action_url}}\n\nIt works for {{invitation.expires_in_days}} days.',
  },
  waitlist_invitation: {
    slug: 'waitlist_invitation',
    subject: 'Your place at {{app.name}} is ready',
    text: 'You are off the waitlist of {{app.name}}. Follow this link to sign up:\n\n{{action_url}}\n\nIt works for {{invitation.expires_in_days}} days.',
  },
  primary_email_address_changed: {
    slug: 'primary_email_address_changed',
    subject: 'Your email address at {{app.name}} has changed',
    text: 'The primary email address of your account at {{app.name}} is now {{new_email_address}}.\n\nIf you did not change it, contact {{app.name}} at once.',
  },
  password_changed: {
    slug: 'password_changed',
    subject: 'Your password at {{app.name}} has changed',
    text: 'The password of your account at {{app.name}} was changed.\n\nIf it was not you, somebody else may have got into your account: set a new password, and contact {{app.name}}.',
  },
  password_removed: {
    slug: 'password_removed',
    subject: 'Your password at {{app.name}} was removed',
    text: 'Your account at {{app.name}} has no password any more.\n\nIf it was not you who removed it, contact {{app.name}} at once.',
  },
  allowed: {
    slug: 'allowed',
    subject: 'You can now sign up to {{app.name}}',
    text: 'You can now sign up to {{app.name}}:\n\n{{action_url}}',
  },
  account_exists: {
    slug: 'account_exists',
    subject: 'You already have an account at {{app.name}}',
    text: 'Somebody tried to sign up to {{app.name}} with this address, but you have an account already.\n\nIf it was you, sign in instead. If it was not, you can ignore this message.',
  },
} satisfies Record<string, Template>;

/** The name of a template. */
export type TemplateSlug = keyof typeof templates;

/** A message with its variables filled in. */
export interface Rendered {
  subject: string;
  text: string;
  html: string;
}

/** Fills in a template. */
export function render(slug: TemplateSlug, data: object): Rendered {
  const { subject, text } = templates[slug];
  const fill = (source: string) => Handlebars.compile(source, { noEscape: true })(data);
  const filled = fill(text);
  return { subject: fill(subject), text: filled, html: toHtml(filled) };
}

const toHtml = (text: string) =>
  text
    .split('\n\n')
    .map((paragraph) => `<p>${Handlebars.escapeExpression(paragraph)}</p>`)
    .join('\n');
