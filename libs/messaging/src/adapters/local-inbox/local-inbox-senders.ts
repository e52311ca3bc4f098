import type { LocalInbox } from '../../local-inbox.js';
import { MailSender, type Message, SmsSender } from '../../senders.js';

/** Puts mail into the local inbox. */
export class LocalInboxMailSender extends MailSender {
  constructor(private readonly inbox: LocalInbox) {
    super();
  }

  async send(message: Message): Promise<void> {
    this.inbox.add('email', message);
  }
}

/** Puts SMS into the local inbox. */
export class LocalInboxSmsSender extends SmsSender {
  constructor(private readonly inbox: LocalInbox) {
    super();
  }

  async send(message: Message): Promise<void> {
    this.inbox.add('sms', message);
  }
}
