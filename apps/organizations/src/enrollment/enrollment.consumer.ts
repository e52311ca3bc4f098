import { Consumer, On, type EventCause, type EventOf } from '@latchkey/events';
import type { LatchkeyEvent } from '@latchkey/contracts';
import type { Tx } from '../db.js';
import { EnrollmentService } from './enrollment.service.js';

/** Lets the domains of organizations work on users who have proved an address there, now or before they could. */
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

  @On('latchkey.instance.updated')
  async instanceUpdated(event: EventOf<'latchkey.instance.updated'>, tx: Tx): Promise<void> {
    const { enrollment_modes_begun: modes = [] } = event.data;
    if (modes.length) await this.enrollment.modesBegan(tx, causeOf(event), modes);
  }
}

const causeOf = ({ instanceid, clientip, useragent }: LatchkeyEvent): EventCause => ({
  instanceId: instanceid,
  ipAddress: clientip,
  userAgent: useragent,
});
