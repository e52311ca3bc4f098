import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { AddressGuard } from './address-guard.js';
import {
  GuardedClient,
  type GuardedClientOptions,
  OutboundFailed,
  OutboundTimeout,
  type Resolve,
  TargetRefused,
} from './guarded-client.js';

const LOOPBACK = ['127.0.0.0/8', '::1/128'];
const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function client(options: GuardedClientOptions = {}): GuardedClient {
  const made = new GuardedClient({ allow: LOOPBACK, ...options });
  ends.push(() => made.close());
  return made;
}

async function listen(server: Server | TcpServer, host = '127.0.0.1'): Promise<number> {
  server.listen(0, host);
  await once(server, 'listening');
  ends.push(async () => {
    if ('closeAllConnections' in server) server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const serve = (handle: RequestListener) => listen(createServer(handle));

describe('AddressGuard', () => {
  const guard = new AddressGuard();

  it.each([
    ...[
      '0.0.0.0',
      '0.1.2.3',
      '10.0.0.1',
      '100.64.0.1',
      '127.0.0.1',
      '127.255.255.254',
      '169.254.169.254',
      '172.16.0.1',
    ],
    ...[
      '192.168.1.1',
      '192.0.0.1',
      '192.0.2.1',
      '198.18.0.1',
      '203.0.113.5',
      '224.0.0.1',
      '240.0.0.1',
      '255.255.255.255',
    ],
    ...[
      '::',
      '::1',
      '::127.0.0.1',
      'fe80::1',
      'fe80::1%eth0',
      'fec0::1',
      'fc00::1',
      'fd12::1',
      'ff02::1',
      '2001:db8::1',
    ],
    ...[
      '::ffff:127.0.0.1',
      '::ffff:10.0.0.1',
      '::ffff:a9fe:a9fe',
      '::ffff:0:127.0.0.1',
      '64:ff9b::7f00:1',
      '64:ff9b::10.0.0.1',
    ],
    ...[
      '64:ff9b:1::1',
      '2002:7f00:1::',
      '2002:c0a8:101::1',
      '2001:0:1::1',
      '2a00::5efe:a00:1',
      '2a00::200:5efe:a00:1',
      '4000::1',
    ],
    ...['', 'localhost', '1.2.3', '999.1.1.1'],
  ])('refuses %j', (address) => {
    expect(guard.allows(address)).toBe(false);
  });

  it.each([
    '1.1.1.1',
    '8.8.8.8',
    '172.32.0.1',
    '2606:4700::1111',
    '::ffff:8.8.8.8',
    '64:ff9b::808:808',
    '2002:808:808::1',
  ])('allows %s', (address) => {
    expect(guard.allows(address)).toBe(true);
  });

  it('allows what the list names, also in its IPv4-mapped form, and nothing beside it', () => {
    const listed = new AddressGuard(['10.1.0.0/16', '::1']);

    expect(['10.1.2.3', '::ffff:10.1.2.3', '::1'].map((address) => listed.allows(address))).toEqual([true, true, true]);
    expect(['10.2.0.1', '127.0.0.1', '::2'].map((address) => listed.allows(address))).toEqual([false, false, false]);
    expect(() => new AddressGuard(['nonsense/8'])).toThrow();
  });
});

describe('GuardedClient', () => {
  it('sends method, headers and body, and returns status, headers and body', async () => {
    const port = await serve((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        response.writeHead(418, { 'set-cookie': ['a=1', 'b=2'], 'x-path': request.url });
        response.end(`${request.method} ${request.headers['x-signature']} ${Buffer.concat(chunks).toString()}`);
      });
    });

    const response = await client().request({
      url: `http://127.0.0.1:${port}/hook?x=1`,
      method: 'POST',
      headers: { 'x-signature': 'v1' },
      body: 'päss',
    });

    expect(response.status).toBe(418);
    expect(response.headers['set-cookie']).toEqual(['a=1', 'b=2']);
    expect(response.headers['x-path']).toBe('/hook?x=1');
    expect(response.body.toString()).toBe('POST v1 päss');
    expect(response.isTruncated).toBe(false);
    expect(response.durationMs).toBeGreaterThanOrEqual(0);
  });

  describe('refuses without connecting', () => {
    it.each(['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1', '0177.0.0.1', '0', 'localhost'])(
      '%s',
      async (host) => {
        let requests = 0;
        const server = createServer((_request, response) => void response.end(String(++requests)));
        const port = await listen(server, '::');

        await expect(client({ allow: [] }).request({ url: `http://${host}:${port}/` })).rejects.toThrow(TargetRefused);
        await expect(client({ allow: [] }).request({ url: `https://${host}:${port}/` })).rejects.toThrow(TargetRefused);

        expect(requests).toBe(0);
      },
    );

    it.each(['ftp://example.com/', 'file:///etc/passwd', 'nonsense', 'http://user:pass@example.com/'])(
      '%s',
      async (url) => {
        await expect(client().request({ url })).rejects.toThrow(TargetRefused);
      },
    );
  });

  it('checks a name each time it connects, so that its second answer does not get past', async () => {
    const handle: RequestListener = (_request, response) =>
      void response.writeHead(200, { connection: 'close' }).end('ok');
    const port = await listen(createServer(handle), '127.0.0.2');
    let secrets = 0;
    const internal = createServer((_request, response) => void response.end(String(++secrets))).listen(
      port,
      '127.0.0.1',
    );
    await once(internal, 'listening');
    ends.push(async () => internal.close());
    const answers = ['127.0.0.2', '127.0.0.1'];
    const rebind: Resolve = (_name, _options, done) => done(null, [{ address: answers.shift()!, family: 4 }]);
    const guarded = client({ allow: ['127.0.0.2'], resolve: rebind });
    const call = () => guarded.request({ url: `http://rebind.test:${port}/` });

    expect((await call()).body.toString()).toBe('ok');
    await expect(call()).rejects.toThrow(TargetRefused);
    expect([answers, secrets]).toEqual([[], 0]);
  });

  it('connects only to those of the addresses of a name that it may', async () => {
    const port = await serve((_request, response) => void response.end('ok'));
    const both: Resolve = (_name, _options, done) =>
      done(null, [
        { address: '10.255.255.1', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ]);

    const response = await client({ resolve: both }).request({ url: `http://both.test:${port}/` });

    expect(response.body.toString()).toBe('ok');
  });

  it('reuses connections', async () => {
    const ports = new Set<number | undefined>();
    const port = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      response.end('ok');
    });
    const guarded = client();
    for (let i = 0; i < 50; i++) await guarded.request({ url: `http://127.0.0.1:${port}/` });

    // Two: the next call may begin before the first connection knows that it is free.
    expect(ports.size).toBeLessThanOrEqual(2);
  });

  describe('redirects', () => {
    const chain = () =>
      serve((request, response) => {
        const step = Number(request.url?.slice(1));
        if (step === 0)
          return void response.end(
            `${request.method} ${request.headers.authorization} ${request.headers['content-type']}`,
          );
        response
          .writeHead(step === 7 ? 307 : 302, {
            location: step === 9 ? 'http://10.0.0.1/' : step === 8 ? 'file:///etc/passwd' : '/0',
          })
          .end();
      });

    it('are not followed unless asked', async () => {
      const port = await chain();
      const response = await client().request({ url: `http://127.0.0.1:${port}/1` });
      expect([response.status, response.headers['location']]).toEqual([302, '/0']);
    });

    it('turn a POST into a GET, except 307', async () => {
      const port = await chain();
      const post = (step: number) =>
        client().request({
          url: `http://127.0.0.1:${port}/${step}`,
          method: 'POST',
          headers: { authorization: 'Bearer x', 'content-type': 'text/plain' },
          body: 'x',
          maxRedirects: 1,
        });

      expect((await post(1)).body.toString()).toBe('GET Bearer x undefined');
      expect((await post(7)).body.toString()).toBe('POST Bearer x text/plain');
      expect((await post(1)).url).toBe(`http://127.0.0.1:${port}/0`);
    });

    it('are checked like the first target, and counted', async () => {
      const port = await chain();
      const loop = await serve((_request, response) => void response.writeHead(302, { location: '/' }).end());

      await expect(client().request({ url: `http://127.0.0.1:${port}/9`, maxRedirects: 3 })).rejects.toThrow(
        TargetRefused,
      );
      await expect(client().request({ url: `http://127.0.0.1:${port}/8`, maxRedirects: 3 })).rejects.toThrow(
        TargetRefused,
      );
      await expect(client().request({ url: `http://127.0.0.1:${loop}/`, maxRedirects: 3 })).rejects.toThrow(
        'too many redirects',
      );
    });

    it('carry no credentials to another origin', async () => {
      const target = await serve(
        (request, response) => void response.end(`${request.headers.authorization} ${request.headers['x-kept']}`),
      );
      const port = await serve(
        (_request, response) => void response.writeHead(307, { location: `http://127.0.0.1:${target}/` }).end(),
      );

      const response = await client().request({
        url: `http://127.0.0.1:${port}/`,
        headers: { Authorization: 'Bearer x', 'x-kept': 'yes' },
        maxRedirects: 1,
      });

      expect(response.body.toString()).toBe('undefined yes');
    });
  });

  describe('limits', () => {
    it('end a call whose target never answers, or drips its answer, at the deadline', async () => {
      const silent = await listen(createTcpServer());
      const timers = new Set<NodeJS.Timeout>();
      const dripping = await serve((_request, response) => {
        response.writeHead(200);
        timers.add(setInterval(() => response.write('x'), 20));
      });
      const guarded = client({ deadlineMs: 200 });

      for (const port of [silent, dripping]) {
        const start = performance.now();
        const error = await guarded.request({ url: `http://127.0.0.1:${port}/` }).catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(OutboundTimeout);
        expect((error as OutboundTimeout).phase).toBe('total');
        expect(performance.now() - start).toBeLessThan(1_000);
      }
      for (const timer of timers) clearInterval(timer);
    });

    it('end a call that waits for a connection at the deadline too', async () => {
      const silent = await listen(createTcpServer());
      const guarded = client({ deadlineMs: 150, connectionsPerOrigin: 1 });
      const call = () => guarded.request({ url: `http://127.0.0.1:${silent}/` }).catch((thrown: unknown) => thrown);

      const errors = await Promise.all([call(), call(), call()]);

      expect(errors.map((error) => error instanceof OutboundTimeout)).toEqual([true, true, true]);
    });

    it('cut or fail an answer that is too long', async () => {
      const port = await serve((_request, response) => void response.end('x'.repeat(200_000)));
      const url = `http://127.0.0.1:${port}/`;

      const cut = await client().request({ url, maxResponseBytes: 1_000, onOversize: 'truncate' });
      const error = await client({ maxResponseBytes: 1_000 })
        .request({ url })
        .catch((thrown: unknown) => thrown);

      expect([cut.status, cut.body.length, cut.isTruncated]).toEqual([200, 1_000, true]);
      expect(error).toBeInstanceOf(OutboundFailed);
      expect((error as OutboundFailed).code).toBe('RESPONSE_TOO_LONG');
      expect((await client().request({ url })).body.length).toBe(200_000);
    });
  });

  it('says why it failed', async () => {
    const gone = createTcpServer();
    const port = await listen(gone);
    gone.close();
    const garbage = await listen(
      createTcpServer((socket) => socket.on('error', () => undefined).end('nonsense\r\n\r\n')),
    );
    const failure = (url: string, method?: 'POST') =>
      client()
        .request({ url, method, headers: method && { 'bad header': 'x' } })
        .catch((thrown: unknown) => thrown);

    expect(await failure(`http://127.0.0.1:${port}/`)).toMatchObject({ name: 'OutboundFailed', code: 'ECONNREFUSED' });
    expect(await failure(`http://127.0.0.1:${garbage}/`)).toBeInstanceOf(OutboundFailed);
    expect(await failure(`http://127.0.0.1:${garbage}/`, 'POST')).toBeInstanceOf(OutboundFailed);
    expect(await failure(`https://127.0.0.1:${garbage}/`)).toBeInstanceOf(OutboundFailed);
  });
});
