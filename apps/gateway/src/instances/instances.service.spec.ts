import { IdentityClient, ServiceTransport, type ServiceResponse } from '@latchkey/clients';
import { RateLimits } from '@latchkey/state';
import { GatewayConfig } from '../config.js';
import { GuessesService } from '../limits/guesses.service.js';
import { InstancesService } from './instances.service.js';

/** A way to an identity that answers when the test says so. */
class Way extends ServiceTransport {
  answer: () => Promise<ServiceResponse> = async () => ({
    status: 200,
    headers: {},
    body: Buffer.from('{"id":"ins_1"}'),
  });
  request = () => this.answer();
}

/** Nobody guesses here. */
class Unlimited extends RateLimits {
  consume = () => Promise.resolve();
}

const ASKER = { requestId: 'request', ipAddress: '203.0.113.7' };

describe('InstancesService', () => {
  const way = new Way();
  const config = GatewayConfig.parse({});
  const guesses = new GuessesService(new Unlimited(), config);
  const instances = new InstancesService(new IdentityClient(way), guesses);
  let later = 0;

  beforeEach(() => {
    const now = performance.now.bind(performance);
    jest.spyOn(performance, 'now').mockImplementation(() => now() + later);
  });
  afterEach(() => jest.restoreAllMocks());

  it('goes on with the instance that it knows while identity hangs, and stops when identity says so', async () => {
    expect(await instances.bySecretKey('sk_test_1', ASKER)).toEqual({ id: 'ins_1' });
    const { promise: hanging, resolve } = Promise.withResolvers<ServiceResponse>();
    way.answer = () => hanging;

    later = 6_000;
    const began = Date.now();
    expect(await instances.bySecretKey('sk_test_1', ASKER)).toEqual({ id: 'ins_1' });
    expect(Date.now() - began).toBeLessThan(2_500);

    // Those that come later do not wait anew.
    later = 8_000;
    expect(await instances.bySecretKey('sk_test_1', ASKER)).toEqual({ id: 'ins_1' });

    // The key has been revoked meanwhile.
    resolve({ status: 200, headers: {}, body: Buffer.alloc(0) });
    await hanging;
    expect(await instances.bySecretKey('sk_test_1', ASKER)).toBeNull();
  });

  it('asks before it lets an old key in again', async () => {
    way.answer = async () => ({ status: 200, headers: {}, body: Buffer.from('{"id":"ins_2"}') });
    expect(await instances.bySecretKey('sk_test_2', ASKER)).toEqual({ id: 'ins_2' });
    way.answer = async () => ({ status: 200, headers: {}, body: Buffer.alloc(0) });
    later = 20_000;
    expect(await instances.bySecretKey('sk_test_2', ASKER)).toBeNull();
  });
});
