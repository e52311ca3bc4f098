import { loggedError, withoutSecrets } from './safe.js';

describe('withoutSecrets', () => {
  it('hides secrets however deep they lie, and says what went wrong', () => {
    const entry = {
      code: 'ECONNREFUSED',
      request: {
        headers: { Authorization: 'Bearer x', accept: 'text/html' },
        body: { code: '424242', strategy: 'email_code' },
      },
      a: { b: { c: { d: [{ password: 'hunter2', id: 1 }] } } },
      token: null,
    };

    expect(withoutSecrets(entry)).toEqual({
      code: 'ECONNREFUSED',
      request: {
        headers: { Authorization: '[redacted]', accept: 'text/html' },
        body: { code: '[redacted]', strategy: 'email_code' },
      },
      a: { b: { c: { d: [{ password: '[redacted]', id: 1 }] } } },
      token: null,
    });
    expect(entry.a.b.c.d[0]!.password).toBe('hunter2');
  });

  it.each([
    'access_token',
    'client_secret',
    'clerk-secret-key',
    '__clerk_ticket',
    'Set-Cookie',
    'current_password',
    'x-latchkey-context',
  ])('hides %s', (name) => expect(withoutSecrets({ [name]: 'x' })).toEqual({ [name]: '[redacted]' }));

  it.each(['key', 'keys_count', 'token_type', 'context'])('shows %s', (name) =>
    expect(withoutSecrets({ [name]: 'x' })).toEqual({ [name]: 'x' }),
  );

  it('ends where an entry goes round in a circle', () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;

    expect(JSON.stringify(withoutSecrets(circle))).toContain('[deeper]');
  });
});

describe('loggedError', () => {
  it('tells kind, words, place, code and causes', () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED', port: 5432 });

    const logged = loggedError(new TypeError('could not read', { cause })) as Record<string, unknown>;

    expect(logged).toMatchObject({
      type: 'TypeError',
      message: 'could not read',
      cause: { code: 'ECONNREFUSED', port: 5432 },
    });
    expect(logged.stack).toMatch(/^TypeError: could not read\n\s+at .*safe\.spec/);
  });

  it('tells nothing else that hangs on an error', () => {
    const error = Object.assign(new Error('refused'), { config: { headers: { authorization: 'Bearer x' } } });

    expect(JSON.stringify(loggedError(error))).not.toContain('Bearer');
  });

  it('tells neither the query of Prisma nor the row of Postgres', () => {
    const query = Object.assign(
      new Error(
        'Invalid `prisma.user.create()` invocation:\n\n{\n  data: { emailAddress: "ada@example.com" }\n}\n\nArgument `firstName`: Invalid value "Ada" provided.',
      ),
      { name: 'PrismaClientValidationError', meta: { data: 'ada@example.com' } },
    );
    const row = Object.assign(new Error('invalid input syntax for type integer: "ada@example.com"'), {
      severity: 'ERROR',
      code: '22P02',
      detail: 'Key (email)=(ada@example.com) already exists.',
    });

    const logged = loggedError(new Error('could not write', { cause: Object.assign(query, { cause: row }) }));

    expect(JSON.stringify(logged)).not.toMatch(/ada@|Ada"/);
    expect(logged).toMatchObject({
      cause: {
        message: '`prisma.user.create()`: Argument `firstName`: Invalid value "…" provided.',
        cause: { code: '22P02' },
      },
    });
  });
});
