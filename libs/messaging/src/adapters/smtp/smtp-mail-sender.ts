import { createTransport, type Transporter } from 'nodemailer';
import { MailSender, type Message, MessageRefused } from '../../senders.js';

/** Where mail is handed in. */
export interface SmtpOptions {
  /** For example `smtps://user:password@smtp.example.com:465`; `smtp://` uses STARTTLS when the server offers it. */
  url: string;
  /** The sender of mails that name none, such as `Acme <no-reply@acme.com>`. */
  from: string;
  /** Connections kept open; default 10. */
  maxConnections?: number;
}

/** Hands mail to an SMTP server, over a few connections that stay open. */
export class SmtpMailSender extends MailSender {
  private readonly transport: Transporter;

  constructor(private readonly options: SmtpOptions) {
    super();
    // All waits together stay below the lease of a queued mail, or another replica would send it as well.
    this.transport = createTransport({
      url: options.url,
      pool: true,
      maxConnections: options.maxConnections ?? 10,
      connectionTimeout: 10_000,
      greetingTimeout: 10_000,
      socketTimeout: 30_000,
      // Templates are ours, what they are filled with is not: nothing in a mail may name a file or URL to attach.
      disableFileAccess: true,
      disableUrlAccess: true,
    } as Parameters<typeof createTransport>[0]) as Transporter;
  }

  async send(message: Message): Promise<void> {
    try {
      await this.transport.sendMail({
        from: this.sender(message.from),
        // As an object: text would be read as a list of addresses.
        to: { name: '', address: message.to },
        subject: message.subject,
        text: message.text,
        html: message.html,
        headers: message.headers,
        ...(message.id && { messageId: `<${message.id}@latchkey>` }),
      });
    } catch (error) {
      const {
        responseCode = 0,
        code,
        message: text,
      } = error as { responseCode?: number; code?: string; message?: string };
      if (code === 'EENVELOPE' && responseCode >= 500) throw new MessageRefused(text, { cause: error });
      throw error;
    }
  }

  private sender(from: string | undefined): string {
    if (!from) return this.options.from;
    return from.includes('@') ? from : this.options.from.replace(/[^\s<>"]+@/, `${from}@`);
  }

  /** Ends the connections. */
  close(): void {
    this.transport.close();
  }
}
