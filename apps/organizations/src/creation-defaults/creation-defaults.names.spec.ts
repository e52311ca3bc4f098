import type { UserSummary } from '@latchkey/clients';
import { nameFor, ownDomains } from './creation-defaults.names.js';

const user = (names: object, addresses: [string, boolean][] = []) =>
  ({
    public_user_data: { first_name: null, last_name: null, ...names },
    email_addresses: addresses.map(([email_address, is_verified]) => ({ email_address, is_verified })),
  }) as unknown as UserSummary;

describe('names for new organizations', () => {
  it.each([
    ['acme.com', 'Acme'],
    ['mail.big-corp.co.uk', 'Big Corp'],
  ])('come from the domain %s', (domain, name) => {
    expect(nameFor(user({ first_name: 'Ada' }), domain)).toBe(name);
  });

  it.each([
    [{ first_name: 'Ada', last_name: 'Byron', username: 'ada' }, "Ada's organization"],
    [{ last_name: 'Byron' }, "Byron's organization"],
    [{ username: 'ada' }, "ada's organization"],
    [{}, 'My organization'],
  ])('come from the user %j without one', (names, name) => {
    expect(nameFor(user(names), undefined)).toBe(name);
  });

  it('look at proved domains that are no provider of mail', () => {
    const addresses: [string, boolean][] = [
      ['ada@gmail.com', true],
      ['ada@unproved.example', false],
      ['ada@Acme.com', true],
      ['ada@mailinator.com', true],
    ];
    expect(ownDomains(user({}, addresses))).toEqual(['acme.com']);
  });
});
