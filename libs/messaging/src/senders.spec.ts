import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Global, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { Clock, TestClock } from '@latchkey/core';
import { HttpSmsSender } from './adapters/http/http-sms-sender.js';
import { SmtpMailSender } from './adapters/smtp/smtp-mail-sender.js';
import { LocalInbox, MailSender, MessageRefused, MessagingModule, SmsSender } from './index.js';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A real SMTP server that refuses the recipient `nobody@...` for good and `later@...` for now. */
async function smtpServer() {
  const mails: { email: Email; to: string[] }[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: ({ address }, _session, done) => {
      const responseCode = address.startsWith('nobody@') ? 550 : address.startsWith('later@') ? 451 : 0;
      done(responseCode ? Object.assign(new Error('refused'), { responseCode }) : undefined);
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        void PostalMime.parse(Buffer.concat(chunks)).then((email) => {
          mails.push({ email, to: session.envelope.rcptTo.map(({ address }) => address) });
          done();
        });
      });
    },
  });
  server.on('error', () => undefined);
  const listener = server.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  ends.push(() => new Promise<void>((done) => server.close(done)));
  return { mails, url: `smtp://127.0.0.1:${(listener.address() as AddressInfo).port}` };
}

describe('SmtpMailSender', () => {
  const from = 'Acme <no-reply@acme.test>';

  it('hands the mail in, with both bodies, headers and a message id', async () => {
    const { mails, url } = await smtpServer();
    const sender = new SmtpMailSender({ url, from });
    ends.push(() => sender.close());

    await sender.send({
      id: 'msg_1',
      instanceId: 'ins_1',
      to: 'jane@example.com',
      subject: 'Grüße',
      text: 'päss',
      html: '<b>x</b>',
      headers: { 'X-Kind': 'code' },
    });
    await sender.send({ instanceId: 'ins_1', to: 'jane@example.com', from: 'other@acme.test', text: 'y' });

    await sender.send({ instanceId: 'ins_1', to: 'jane@example.com', from: 'hello', text: 'z' });

    const [first, second, third] = mails;
    expect(first?.to).toEqual(['jane@example.com']);
    expect(first?.email).toMatchObject({
      subject: 'Grüße',
      messageId: '<msg_1@latchkey>',
      from: { address: 'no-reply@acme.test', name: 'Acme' },
    });
    expect([first?.email.text?.trim(), first?.email.html?.trim()]).toEqual(['päss', '<b>x</b>']);
    expect(first?.email.headers).toContainEqual(expect.objectContaining({ key: 'x-kind', value: 'code' }));
    expect(second?.email.from?.address).toBe('other@acme.test');
    expect(third?.email.from).toMatchObject({ address: 'hello@acme.test', name: 'Acme' });
  });

  it('reads an address as one, whatever is in it', async () => {
    const { mails, url } = await smtpServer();
    const sender = new SmtpMailSender({ url, from });
    ends.push(() => sender.close());

    await sender.send({ instanceId: 'ins_1', to: 'a@example.com, b@example.com', text: 'x' }).catch(() => undefined);

    expect(mails.flatMap(({ to }) => to)).not.toContain('b@example.com');
  });

  it('tells a refusal for good from one for now and from an absent server', async () => {
    const { url } = await smtpServer();
    const [sender, absent] = [
      new SmtpMailSender({ url, from }),
      new SmtpMailSender({ url: 'smtp://127.0.0.1:1', from }),
    ];
    ends.push(
      () => sender.close(),
      () => absent.close(),
    );
    const send = (to: string, by = sender) =>
      by.send({ instanceId: 'ins_1', to, text: 'x' }).catch((thrown: unknown) => thrown);

    expect(await send('nobody@example.com')).toBeInstanceOf(MessageRefused);
    expect(await send('later@example.com')).toBeInstanceOf(Error);
    expect(await send('later@example.com')).not.toBeInstanceOf(MessageRefused);
    expect(await send('jane@example.com', absent)).toMatchObject({ code: 'ESOCKET' });
  });
});

describe('HttpSmsSender', () => {
  it('posts signed JSON, and reads the status', async () => {
    const seen: unknown[] = [];
    let status = 200;
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        seen.push([
          request.method,
          request.headers.authorization,
          request.headers['idempotency-key'],
          JSON.parse(body),
        ]);
        response.writeHead(status).end('{}');
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    ends.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/sms`;
    const sender = new HttpSmsSender({ url, token: 'secret', from: 'Acme' });
    const send = () => sender.send({ id: 'msg_1', instanceId: 'ins_1', to: '+15555550100', text: '123456' });

    await send();
    expect(seen).toEqual([
      ['POST', 'Bearer secret', 'msg_1', { instance_id: 'ins_1', to: '+15555550100', from: 'Acme', text: '123456' }],
    ]);
    status = 422;
    await expect(send()).rejects.toThrow(MessageRefused);
    status = 503;
    await expect(send()).rejects.toThrow('answered 503');
  });
});

describe('LocalInbox', () => {
  it('lists newest first, by recipient and instance, and finds the code', () => {
    const clock = new TestClock();
    const inbox = new LocalInbox(clock, 3);
    const add = (to: string, text: string, instanceId = 'ins_1') => inbox.add('email', { instanceId, to, text });
    add('dropped@example.com', 'x');
    add('jane@example.com', 'Your code is 123456.');
    add('john@example.com', 'no code: 1234567', 'ins_2');
    add('Jane@example.com', 'hello');

    expect(inbox.list().map(({ text }) => text)).toEqual(['hello', 'no code: 1234567', 'Your code is 123456.']);
    expect(inbox.list({ to: 'JANE@example.com' }).map(({ code }) => code)).toEqual([undefined, '123456']);
    expect(inbox.list({ instanceId: 'ins_2' })).toHaveLength(1);
    expect(inbox.find(inbox.list()[0]!.id)).toMatchObject({
      kind: 'email',
      instance_id: 'ins_1',
      from: null,
      subject: null,
      html: null,
    });
    inbox.clear();
    expect([inbox.list(), inbox.find('x')]).toEqual([[], null]);
  });
});

describe('MessagingModule', () => {
  @Global()
  @Module({ providers: [{ provide: Clock, useClass: TestClock }], exports: [Clock] })
  class ClockModule {}

  it('sends into the shared inbox, or over SMTP', async () => {
    const { mails, url } = await smtpServer();
    const inbox = new LocalInbox(new TestClock());
    const start = async (mail: Parameters<typeof MessagingModule.forRoot>[0]['mail']) => {
      const messaging = MessagingModule.forRoot({ mail, sms: { adapter: 'local-inbox' }, inbox });
      const app = await Test.createTestingModule({ imports: [ClockModule, messaging] }).compile();
      ends.push(() => app.close());
      return app.init();
    };
    const [local, smtp] = [
      await start({ adapter: 'local-inbox' }),
      await start({ adapter: 'smtp', url, from: 'a@acme.test' }),
    ];
    const message = { instanceId: 'ins_1', to: 'jane@example.com', text: 'x' };

    await local.get(MailSender).send(message);
    await local.get(SmsSender).send({ ...message, to: '+15555550100' });
    await smtp.get(MailSender).send(message);

    expect(inbox.list().map(({ kind, to }) => [kind, to])).toEqual([
      ['sms', '+15555550100'],
      ['email', 'jane@example.com'],
    ]);
    expect(mails).toHaveLength(1);
  });
});
