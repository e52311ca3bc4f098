import { type DynamicModule, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '@latchkey/core';
import { HttpSmsSender, type HttpSmsOptions } from './adapters/http/http-sms-sender.js';
import { LocalInboxMailSender, LocalInboxSmsSender } from './adapters/local-inbox/local-inbox-senders.js';
import { SmtpMailSender, type SmtpOptions } from './adapters/smtp/smtp-mail-sender.js';
import { LocalInbox } from './local-inbox.js';
import { MailSender, SmsSender } from './senders.js';

/** How mail and SMS leave. */
export interface MessagingOptions {
  mail: { adapter: 'local-inbox' } | ({ adapter: 'smtp' } & SmtpOptions);
  sms: { adapter: 'local-inbox' } | ({ adapter: 'http' } & HttpSmsOptions);
  /** The inbox of the process, when several applications in it share one; else the module makes its own. */
  inbox?: LocalInbox;
}

/** Gives `MailSender`, `SmsSender` and `LocalInbox` to every module of an application. It needs a global provider of `Clock`. */
@Module({})
export class MessagingModule implements OnApplicationShutdown {
  constructor(private readonly mail: MailSender) {}

  static forRoot({ mail, sms, inbox }: MessagingOptions): DynamicModule {
    const makeMail = (local: LocalInbox) =>
      mail.adapter === 'smtp' ? new SmtpMailSender(mail) : new LocalInboxMailSender(local);
    const makeSms = (local: LocalInbox) =>
      sms.adapter === 'http' ? new HttpSmsSender(sms) : new LocalInboxSmsSender(local);
    return {
      module: MessagingModule,
      global: true,
      providers: [
        { provide: LocalInbox, useFactory: (clock: Clock) => inbox ?? new LocalInbox(clock), inject: [Clock] },
        { provide: MailSender, useFactory: makeMail, inject: [LocalInbox] },
        { provide: SmsSender, useFactory: makeSms, inject: [LocalInbox] },
      ],
      exports: [LocalInbox, MailSender, SmsSender],
    };
  }

  onApplicationShutdown(): void {
    if (this.mail instanceof SmtpMailSender) this.mail.close();
  }
}
