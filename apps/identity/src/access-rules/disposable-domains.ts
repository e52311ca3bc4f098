/** Well-known providers of mailboxes that anybody can read and that are gone within the hour. */
const DOMAINS = new Set([
  '10minutemail.com', '10minutemail.net', '20minutemail.com', 'burnermail.io', 'discard.email', 'dispostable.com',
  'emailondeck.com', 'fakeinbox.com', 'fakemail.net', 'getairmail.com', 'getnada.com', 'grr.la', 'guerrillamail.biz',
  'guerrillamail.com', 'guerrillamail.de', 'guerrillamail.info', 'guerrillamail.net', 'guerrillamail.org',
  'guerrillamailblock.com', 'harakirimail.com', 'inboxbear.com', 'inboxkitten.com', 'jetable.org', 'mail-temp.com',
  'mail.tm', 'mailcatch.com', 'maildrop.cc', 'mailexpire.com', 'mailforspam.com', 'mailinator.com', 'mailinator.net',
  'mailinator2.com', 'mailnesia.com', 'mailnull.com', 'mailsac.com', 'mintemail.com', 'moakt.com', 'mohmal.com',
  'mytemp.email', 'nada.email', 'pokemail.net', 'sharklasers.com', 'spam4.me', 'spambog.com', 'spamex.com',
  'spamgourmet.com', 'temp-mail.io', 'temp-mail.org', 'tempail.com', 'tempmail.com', 'tempmail.dev', 'tempmail.net',
  'tempmailo.com', 'tempr.email', 'throwawaymail.com', 'trash-mail.com', 'trashmail.com', 'trashmail.de', 'trashmail.net',
  'yopmail.com', 'yopmail.fr', 'yopmail.net',
]); // prettier-ignore

/** Whether an address belongs to a throw-away provider, or to a domain below one of its. */
export function isDisposable(address: string): boolean {
  const labels = address.slice(address.lastIndexOf('@') + 1).split('.');
  return labels.some((_, index) => DOMAINS.has(labels.slice(index).join('.')));
}
