import { invitationLetter } from './messages.templates.js';

describe('invitationLetter', () => {
  const subject = (inviterName: string | null) =>
    invitationLetter({
      organizationName: 'Acme',
      applicationName: 'Shop',
      inviterName,
      url: 'https://clerk.shop.example/v1/tickets/accept?ticket=t',
      expiresInDays: 30,
    }).subject;

  it.each(['Ada Lovelace', 'J.R.R. Tolkien', 'Zoë O’Neil-Šimić', 'ada@example.com', '王小明'])(
    'names %s, who invites',
    (name) => {
      expect(subject(name)).toBe(`${name} has invited you to join Acme`);
    },
  );

  it.each([null, 'See http://evil.test', 'Your account at evil.test', 'www.evil', '<b>Ada</b>', 'evil.test/login'])(
    'names nobody for %s',
    (name) => {
      expect(subject(name)).toBe('You are invited to join Acme');
    },
  );
});
