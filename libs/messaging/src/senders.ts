/** A mail or SMS as a sender gets it. */
export interface Message {
  /** The same for each try, so that a receiver can drop a repetition: becomes the Message-ID or the `idempotency-key`. */
  id?: string;
  instanceId: string;
  /** One address or one number in E.164. Never a list. */
  to: string;
  /** In place of the sender's own; of a mail, without an `@`, in place of what stands before it in the sender's own. */
  from?: string;
  /** Mail only. */
  subject?: string;
  text: string;
  /** Mail only. */
  html?: string;
  /** Mail only: further headers. */
  headers?: Record<string, string>;
}

/** Sends mail. */
export abstract class MailSender {
  /**
   * Hands a mail to whoever delivers it.
   *
   * @throws MessageRefused when trying again does not help; any other error when it may
   */
  abstract send(message: Message): Promise<void>;
}

/** Sends SMS. */
export abstract class SmsSender {
  /**
   * Hands an SMS to whoever delivers it.
   *
   * @throws MessageRefused when trying again does not help; any other error when it may
   */
  abstract send(message: Message): Promise<void>;
}

/** The message will never be taken, for its recipient or what it says. */
export class MessageRefused extends Error {
  override readonly name = 'MessageRefused';
}
