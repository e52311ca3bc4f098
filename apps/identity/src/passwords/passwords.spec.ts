import { InstanceSettings } from '../instances/instances.settings.js';
import { brokenRule } from './passwords.service.js';

const judge = (password: string, rules: object = {}, identifiers: string[] = []) =>
  brokenRule(InstanceSettings.parse({ password: rules }).password, password, identifiers, 'new_password');
const codes = (password: string, rules?: object, identifiers?: string[]) =>
  judge(password, rules, identifiers)?.items.map((item) => item.code);

describe('brokenRule', () => {
  it('passes a good password, of any script', () => {
    expect(codes('a long enough pass phrase 73')).toBeUndefined();
    expect(codes('пароль из слов')).toBeUndefined();
  });

  it('names every rule about characters that is broken', () => {
    const strict = {
      require_uppercase: true,
      require_lowercase: true,
      require_numbers: true,
      require_special_char: true,
    };

    expect(codes('', strict)).toEqual([
      'form_password_length_too_short',
      'form_password_no_uppercase',
      'form_password_no_lowercase',
      'form_password_no_number',
      'form_password_no_special_char',
    ]);
    expect(codes('Aa1!Aa1!xyz', strict)).toBeUndefined();
    expect(codes('Aa1 Aa1 xyz', strict)).toEqual(['form_password_no_special_char']);
  });

  it('counts characters, and limits what hashing can take in', () => {
    expect(codes('😀'.repeat(7))).toEqual(['form_password_length_too_short']);
    expect(codes('😀'.repeat(9))).toBeUndefined();
    expect(codes('😀'.repeat(19))).toEqual(['form_password_size_in_bytes_exceeded']);
    expect(codes('x'.repeat(73))).toEqual(['form_password_length_too_long']);
  });

  it('refuses an identifier of the user, and what breaches have made public', () => {
    expect(codes('Ada@Example.com', {}, ['ada@example.com'])).toEqual(['form_password_matches_identifier']);
    expect(codes('password1')).toEqual(['form_password_pwned']);
    expect(codes('password1', { disable_hibp: true })).toBeUndefined();
  });

  it('refuses a weak one with suggestions, where a strength is asked for', () => {
    const error = judge('abcabcabc1', { min_zxcvbn_strength: 3, disable_hibp: true });

    expect(error).toMatchObject({ status: 422, code: 'form_password_not_strong_enough' });
    const { param_name, zxcvbn } = error!.items[0]!.meta as {
      param_name: string;
      zxcvbn: { suggestions: { code: string; message: string }[] };
    };
    expect(param_name).toBe('new_password');
    expect(zxcvbn.suggestions.map(({ code }) => code)).toContain('repeated');
    expect(codes('correct horse battery staple 91', { min_zxcvbn_strength: 4 })).toBeUndefined();
  });
});
