import { isDatabaseUnavailable, isDeadlock } from './transaction.js';

const prismaError = (code: string, message: string, cause?: object) =>
  Object.assign(new Error(message), { code, meta: { driverAdapterError: { cause } } });

describe('isDatabaseUnavailable', () => {
  it.each([
    ['a refused connection', Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })],
    ['a connection that ended', new Error('Connection terminated unexpectedly')],
    ['a server that shuts down', prismaError('P2010', 'Raw query failed', { originalCode: '57P01' })],
    ['too many connections', prismaError('P2010', 'Raw query failed', { originalCode: '53300' })],
    ['a server that cannot be reached', prismaError('P1001', "Can't reach database server")],
    ['no free connection', prismaError('P2028', 'Unable to start a transaction in the given time.')],
    ['any of them as a cause', new Error('no luck', { cause: { originalCode: '08006' } })],
  ])('says so of %s', (_, error) => {
    expect(isDatabaseUnavailable(error)).toBe(true);
  });

  it.each([
    ['a value that looks like a code', new Error('Invalid value "+1 408 5553 53300 08123 57P01"')],
    ['a refused value', prismaError('P2010', 'Raw query failed', { originalCode: '22021' })],
    ['a taken value', prismaError('P2002', 'Unique constraint failed')],
    ['a deadlock', prismaError('P2034', 'Transaction failed due to a write conflict or a deadlock')],
    ['nothing at all', undefined],
    [
      'another service that does not answer',
      Object.assign(new Error('identity did not answer', { cause: { code: 'ECONNREFUSED' } }), {
        name: 'ServiceUnavailable',
      }),
    ],
  ])('does not say so of %s', (_, error) => {
    expect(isDatabaseUnavailable(error)).toBe(false);
  });
});

describe('isDeadlock', () => {
  it.each([
    ['a deadlock', prismaError('P2034', 'Transaction failed due to a write conflict or a deadlock')],
    ['a deadlock of raw SQL', prismaError('P2010', 'Raw query failed', { originalCode: '40P01' })],
    ['a serialization failure of raw SQL', prismaError('P2010', 'Raw query failed', { originalCode: '40001' })],
  ])('says so of %s', (_, error) => {
    expect(isDeadlock(error)).toBe(true);
  });

  it.each([
    ['a value that looks like a code', prismaError('P2010', 'Key (id)=(40001 40P01 P2034)', { originalCode: '23514' })],
    ['a server that shuts down', prismaError('P2010', 'Raw query failed', { originalCode: '57P01' })],
    ['nothing at all', undefined],
    [
      'another service that does not answer',
      Object.assign(new Error('identity did not answer', { cause: { code: 'ECONNREFUSED' } }), {
        name: 'ServiceUnavailable',
      }),
    ],
  ])('does not say so of %s', (_, error) => {
    expect(isDeadlock(error)).toBe(false);
  });
});
