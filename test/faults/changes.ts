import { randomUUID } from 'node:crypto';
import type { Installation } from './installation.js';

const USERS_AT_ONCE = 8;
const PAUSE_MS = 100;
const ANSWER_MS = 15_000;

/** A change that was accepted: the `n`th of a user, whose `public_metadata.n` it set. */
export interface Change {
  userId: string;
  n: number;
  /** When the answer came. */
  at: number;
}

/**
 * A steady stream of changes to several users at once, through the gateway. A change counts as accepted when it was answered with 200.
 * One that was not answered may have happened or may yet happen; so its user is left alone from then on and another takes its place:
 * of each user only the last change can be in doubt.
 */
export class Changes {
  readonly accepted: Change[] = [];
  /** How many were refused or not answered. */
  unanswered = 0;
  private isStopped = false;
  private readonly lanes: Promise<void>[];

  constructor(private readonly installation: Installation) {
    this.lanes = Array.from({ length: USERS_AT_ONCE }, () => this.changeUsers());
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await Promise.all(this.lanes);
  }

  private async changeUsers(): Promise<void> {
    while (!this.isStopped) {
      const userId = await this.call('POST', '/v1/users', {
        email_address: [`${randomUUID()}@example.com`],
        skip_password_requirement: true,
        public_metadata: { n: 0 },
      });
      if (userId) {
        this.accepted.push({ userId, n: 0, at: Date.now() });
        await this.changeUser(userId);
      }
      await pause();
    }
  }

  private async changeUser(userId: string): Promise<void> {
    for (let n = 1; !this.isStopped; n++) {
      await pause();
      if (!(await this.call('PATCH', `/v1/users/${userId}/metadata`, { public_metadata: { n } }))) return;
      this.accepted.push({ userId, n, at: Date.now() });
    }
  }

  private async call(method: string, path: string, body: object): Promise<string | undefined> {
    const { app } = this.installation;
    try {
      const answer = await fetch(app.CLERK_API_URL + path, {
        method,
        headers: { authorization: `Bearer ${app.CLERK_SECRET_KEY}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      const { id } = (await answer.json()) as { id?: string };
      if (answer.status === 200 && id) return id;
    } catch {
      // not answered
    }
    this.unanswered++;
    return undefined;
  }
}

/** What makes the stream steady rather than as fast as can be. */
const pause = () => new Promise((wake) => setTimeout(wake, PAUSE_MS));
