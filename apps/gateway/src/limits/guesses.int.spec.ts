import { useGateway } from '../testing/use-gateway.js';

const { owner, bapi, fapi, clock } = useGateway({ GATEWAY_LIMIT_GUESSES: '5' });
const of = (key: string) => ({ authorization: `Bearer ${key}` });
const guess = async (key: string) => (await bapi({ path: '/v1/users', headers: of(key) })).status;

beforeAll(() => owner.addInstance('ins_dev', 'development', 'dev.example', 'sk_test_1'));
// Past the window of the test before.
beforeEach(() => clock.advance(60_000));

describe('Hosts and keys of no instance', () => {
  it('are asked about once in a second', async () => {
    owner.looked.length = 0;
    const statuses = [await guess('sk_test_same'), await guess('sk_test_same'), await guess('sk_test_same')];

    expect(statuses).toEqual([401, 401, 401]);
    expect(owner.looked).toHaveLength(1);
  });

  it('are not those that are known without their port', async () => {
    const calls = Array.from({ length: 10 }, () =>
      fapi({ path: '/v1/environment', headers: { host: 'dev.example:8443' } }),
    );
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual(calls.map(() => 200));
    expect(await guess('sk_test_after')).toBe(401);
  });

  it('are refused beyond the limit of their address, without a question, while what is known is answered', async () => {
    expect(await guess('sk_test_1')).toBe(200);
    const statuses: number[] = [];
    for (let count = 0; count < 12; count++) statuses.push(await guess(`sk_test_guess_${count}`));
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
    owner.looked.length = 0;

    const refused = await bapi({ path: '/v1/users', headers: of('sk_test_more') });
    expect([refused.status, refused.json().errors[0].code]).toEqual([429, 'too_many_requests']);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(10);
    expect((await fapi({ path: '/v1/environment', headers: { host: 'nobody.example' } })).status).toBe(429);
    expect(owner.looked).toEqual([]);
    expect(await guess('sk_test_1')).toBe(200);
  });
});
