/** Providers that give one mailbox many spellings; see `compat/behaviours-auth.md` 18. */
const GMAIL = new Set(['gmail.com', 'googlemail.com']);
const YAHOO =
  /^(yahoo\.(com|co\.(uk|jp|in|id|kr|nz|th|za)|com\.(ar|au|br|cn|co|hk|mx|my|pe|ph|sg|tr|tw|ve|vn)|de|fr|es|it|ca|ie|se|no|dk|pl|ro|gr|nl|be|at|cz|fi|hu|pt|in|cl)|ymail\.com|rocketmail\.com|y7mail\.com)$/;

/** An address taken apart as its provider reads it. */
export interface EmailBase {
  /** The mailbox, without what was added to it. */
  local: string;
  /** The provider's domains, which lead to the same mailbox. */
  domains: string[];
  /** What the provider takes for the beginning of an addition. */
  separators: string;
  ignoresDots: boolean;
}

/**
 * The mailbox that an address leads to: `ada+news@example.com` is `ada@example.com`.
 *
 * @param mayIgnoreDots whether `a.da` and `ada` are one where the provider says so
 */
export function emailBase(address: string, mayIgnoreDots = true): EmailBase {
  const at = address.lastIndexOf('@');
  const domain = address.slice(at + 1);
  const isGmail = GMAIL.has(domain);
  const ignoresDots = isGmail && mayIgnoreDots;
  const separators = YAHOO.test(domain) ? '+=#-' : '+=#';
  const [first = ''] = address.slice(0, at).split(new RegExp(`[${separators.replace('-', '\\-')}]`));
  return {
    local: ignoresDots ? first.replaceAll('.', '') : first,
    domains: isGmail ? [...GMAIL] : [domain],
    separators,
    ignoresDots,
  };
}
