import { fillIn } from './shortcodes.js';

const values = {
  user: {
    id: 'user_1',
    first_name: 'Ada',
    last_name: null,
    email_verified: true,
    created_at: 1_700_000_000,
    public_metadata: { roles: ['admin', 'editor'], plan: { tier: 'gold' }, beta: false },
  },
  org: undefined,
};
const fill = (claim: string) => fillIn({ claim }, values).claim;

describe('fillIn', () => {
  it.each([
    ['a text', '{{user.id}}', 'user_1'],
    ['blanks inside the braces', '{{  user.id }}', 'user_1'],
    ['a boolean', '{{user.email_verified}}', true],
    ['a number', '{{user.created_at}}', 1_700_000_000],
    ['an object', '{{user.public_metadata.plan}}', { tier: 'gold' }],
    ['a list', '{{user.public_metadata.roles}}', ['admin', 'editor']],
    ['what lies deeper', '{{user.public_metadata.plan.tier}}', 'gold'],
    ['what is not set', '{{user.last_name}}', null],
    ['what nobody knows', '{{user.shoe_size}}', null],
    ['what lies below nothing', '{{org.public_metadata.a.b}}', null],
    ['nothing that objects merely inherit', '{{user.constructor}}', null],
  ])('gives a claim that is one shortcode the type of %s', (_, claim, value) => {
    expect(fill(claim)).toEqual(value);
  });

  it.each([
    ['Hello {{user.first_name}}!', 'Hello Ada!'],
    ['{{user.first_name}} {{user.last_name}}', 'Ada null'],
    ['{{user.email_verified}}/{{user.created_at}}', 'true/1700000000'],
    ['plan={{user.public_metadata.plan}}', 'plan={"tier":"gold"}'],
  ])('prints the values within longer text: %s', (claim, text) => {
    expect(fill(claim)).toBe(text);
  });

  it.each([
    ["{{user.last_name || 'Unknown'}}", 'Unknown'],
    ["{{user.last_name||user.first_name||'Unknown'}}", 'Ada'],
    ['{{user.public_metadata.beta || 30}}', 30],
    ['{{user.last_name || user.public_metadata.beta}}', false],
    ['{{user.public_metadata.beta || user.last_name}}', null],
    ['{{user.last_name || true}}', true],
    ['{{user.last_name || -1.5}}', -1.5],
    ["{{user.last_name || 'a || b'}}", 'a || b'],
    ["{{user.last_name || 'it\\'s'}}", "it's"],
    ["{{user.last_name || ''}}", ''],
  ])('takes the first alternative that is something: %s', (claim, value) => {
    expect(fill(claim)).toBe(value);
  });

  it('reaches every depth and leaves what is no shortcode', () => {
    const claims = { a: { b: ['{{user.id}}', 1, null, true] }, aud: 'https://x.test', '{{user.id}}': '{ {user.id} }' };

    expect(fillIn(claims, values)).toEqual({
      a: { b: ['user_1', 1, null, true] },
      aud: 'https://x.test',
      '{{user.id}}': '{ {user.id} }',
    });
  });
});
