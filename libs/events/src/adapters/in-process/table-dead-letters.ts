import type { Clock } from '@latchkey/core';
import { newId } from '@latchkey/core';
import { DeadLetters, type DeadLetter } from '../../dispatcher.js';

/** The table that parked events are kept in. */
export interface DeadLetterDb {
  deadLetter: {
    create(args: {
      data: { id: string; consumer: string; envelope: string; error: string; createdAt: Date };
    }): Promise<unknown>;
  };
}

/** Parks events in a table of the service that could not consume them. */
export class TableDeadLetters extends DeadLetters {
  constructor(
    private readonly db: DeadLetterDb,
    private readonly clock: Clock,
  ) {
    super();
  }

  async park(letter: DeadLetter): Promise<void> {
    const now = this.clock.now();
    await this.db.deadLetter.create({
      data: {
        id: newId('event', now),
        consumer: letter.consumer,
        envelope: JSON.stringify(letter.event),
        error: letter.error,
        createdAt: now,
      },
    });
  }
}
