import { Consumer, On, type EventCause, type EventOf } from '@latchkey/events';
import type { Tx } from '../db.js';
import { EnrollmentService } from './enrollment.service.js';

/** Lets the domains of organizations work on users who have proved an address there. */
@Consumer('organizations.enrollment')
export class EnrollmentConsumer {
  constructor(private readonly enrollment: EnrollmentService) {}

  @On('user.created', 'user.updated')
  async userChanged(event: EventOf<'user.created' | 'user.updated'>, tx: Tx): Promise<void> {
    const user = event.data;
    const verified = user.email_addresses
      .filter((row) => row.verification?.status === 'verified')
      .map((row) => row.email_address);
    if (verified.length) await this.enrollment.userChanged(tx, causeOf(event), user.id, verified);
  }
}

const causeOf = ({ instanceid, clientip, useragent }: EventOf<'user.created' | 'user.updated'>): EventCause => ({
  instanceId: instanceid,
  ipAddress: clientip,
  userAgent: useragent,
});
