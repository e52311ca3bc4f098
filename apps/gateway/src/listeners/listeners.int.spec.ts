import { Agent, request } from 'node:http';
import { useGateway } from '../testing/use-gateway.js';

const { owner, at, stop } = useGateway();
beforeAll(() => owner.addInstance('ins_dev', 'development', 'dev.example', 'sk_test_1'));

describe('A gateway that is told to stop', () => {
  it('answers the requests in hand, takes no more, and ends at once', async () => {
    const agent = new Agent({ keepAlive: true });
    const ask = () =>
      new Promise<number>((resolve, reject) => {
        const headers = { host: 'dev.example' };
        const sent = request(`${at().fapi}/v1/client`, { agent, headers }, (response) => {
          response.resume();
          response.on('end', () => resolve(response.statusCode!));
        });
        sent.on('error', reject);
        sent.end();
      });
    expect(await ask()).toBe(200);
    owner.hold = Promise.withResolvers<void>();
    const seen = owner.asked.length;
    const inHand = ask();
    while (owner.asked.length === seen) await new Promise(setImmediate);

    const begun = performance.now();
    const stopped = stop();
    owner.hold.resolve();

    expect(await inHand).toBe(200);
    await stopped;
    expect(performance.now() - begun).toBeLessThan(2000);
    await expect(ask()).rejects.toThrow(/ECONNREFUSED|hang up/);
  });
});
