import { request } from 'undici';
import { type Message, MessageRefused, SmsSender } from '../../senders.js';

/** The gateway that takes SMS. */
export interface HttpSmsOptions {
  /** Gets `POST` with JSON `{instance_id, to, from, text}`; any 2xx means taken, 400 and 422 mean never. */
  url: string;
  /** Sent as `authorization: Bearer`. */
  token: string;
  /** The sender of messages that name none: a number or an alphanumeric id. */
  from?: string;
}

/** Hands SMS to an HTTP gateway of the operator's choice. The operator names its address, so no guard stands before it. */
export class HttpSmsSender extends SmsSender {
  constructor(private readonly options: HttpSmsOptions) {
    super();
  }

  async send(message: Message): Promise<void> {
    const { url, token, from } = this.options;
    const body = {
      instance_id: message.instanceId,
      to: message.to,
      from: message.from ?? from ?? null,
      text: message.text,
    };
    const response = await request(url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        ...(message.id && { 'idempotency-key': message.id }),
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(15_000),
    });
    await response.body.dump();
    if (response.statusCode >= 200 && response.statusCode < 300) return;
    const text = `the SMS gateway answered ${response.statusCode}`;
    throw response.statusCode === 400 || response.statusCode === 422 ? new MessageRefused(text) : new Error(text);
  }
}
