import { parse } from 'tldts';
import { domainBlocked, domainCommon } from './domains.errors.js';

/** Providers whose addresses anybody can get: sharing one says nothing about people. */
const COMMON = new Set(
  (
    'gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com aol.com icloud.com me.com mac.com ' +
    'proton.me protonmail.com pm.me gmx.com gmx.de gmx.net web.de mail.com mail.ru yandex.com yandex.ru zoho.com fastmail.com ' +
    'hey.com tutanota.com qq.com 163.com 126.com naver.com hanmail.net orange.fr free.fr laposte.net libero.it t-online.de ' +
    'comcast.net verizon.net att.net btinternet.com'
  ).split(' '),
);

/** Providers of addresses to be thrown away. */
const DISPOSABLE = new Set(
  'mailinator.com guerrillamail.com 10minutemail.com tempmail.com temp-mail.org yopmail.com trashmail.com sharklasers.com getnada.com'.split(
    ' ',
  ),
);

/** Whether the text is the name of a domain that mail can be sent to. */
export function isDomainName(name: string): boolean {
  const { domain, isIp, hostname } = parse(name, { validateHostname: true });
  return domain !== null && isIp === false && hostname === name;
}

/** @throws `organization_domain_common`, `organization_domain_blocked` (422) */
export function requireOwnable(name: string): void {
  if (COMMON.has(name)) throw domainCommon();
  if (DISPOSABLE.has(name)) throw domainBlocked();
}

/** Whether a domain may belong to an organization: it is no provider's. */
export const isOwnable = (name: string): boolean => !COMMON.has(name) && !DISPOSABLE.has(name);

/** The domain of an address. */
export const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase();
