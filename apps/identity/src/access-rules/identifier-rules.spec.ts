import { isDisposable } from './disposable-domains.js';
import { emailBase } from './email-bases.js';
import { entriesBlocking, entriesCovering, readEntry } from './identifier-rules.js';

describe('readEntry', () => {
  it.each([
    ['Ada@Example.com', 'ada@example.com', 'email_address'],
    ['*@Example.com', '*@example.com', 'email_address'],
    ['*@*.example.com', '*@*.example.com', 'email_address'],
    ['john*@example.com', 'john*@example.com', 'email_address'],
    ['+1 (201) 555-0123', '+12015550123', 'phone_number'],
    ['0xAb5801a7D398351b8bE11C439e05C5B3259aeC9B', '0xab5801a7d398351b8be11c439e05c5b3259aec9b', 'web3_wallet'],
  ])('reads %s', (text, identifier, identifierType) => {
    expect(readEntry(text)).toEqual({ identifier, identifierType });
  });

  it.each(['ada', '', 'example.com', '+1'])('refuses %p', (text) => {
    expect(() => readEntry(text)).toThrow('form_param_format_invalid');
  });
});

describe('entriesCovering', () => {
  it('goes from the address to the domains above it', () => {
    expect(entriesCovering('ada@mail.example.co.uk')).toEqual([
      'ada@mail.example.co.uk',
      '*@mail.example.co.uk',
      '*@*.example.co.uk',
      '*@*.co.uk',
      '*@*.uk',
    ]);
  });
});

describe('entriesBlocking', () => {
  it('adds the address without what was added to it', () => {
    expect(entriesBlocking('ada+news@example.com')).toContain('ada@example.com');
    expect(entriesBlocking('a.d.a@gmail.com')).not.toContain('ada@gmail.com');
  });
});

describe('emailBase', () => {
  it.each([
    ['ada+news@example.com', 'ada'],
    ['ada=x#y@example.com', 'ada'],
    ['ada-x@example.com', 'ada-x'],
    ['ada-x@yahoo.co.uk', 'ada'],
    ['a.d.a+x@googlemail.com', 'ada'],
  ])('of %s is %s', (address, local) => {
    expect(emailBase(address).local).toBe(local);
  });

  it('knows that two domains of one provider are one', () => {
    expect(emailBase('ada@gmail.com').domains).toEqual(emailBase('ada@googlemail.com').domains);
  });
});

describe('isDisposable', () => {
  it('knows a domain and those below it', () => {
    expect(isDisposable('x@mailinator.com')).toBe(true);
    expect(isDisposable('x@eu.mailinator.com')).toBe(true);
    expect(isDisposable('x@notmailinator.com')).toBe(false);
  });
});
