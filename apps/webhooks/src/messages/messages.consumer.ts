import { publicEventTypes } from '@latchkey/contracts';
import { Consumer, On, type EventOf } from '@latchkey/events';
import type { EventType } from '@latchkey/contracts';
import { ApplicationsService } from '../applications/applications.service.js';
import type { Tx } from '../db.js';
import { MessageSender } from './messages.sender.js';

/** Turns every public event into a message to the instance's endpoints. */
@Consumer('webhooks.messages', { isTogether: true })
export class MessagesConsumer {
  constructor(
    private readonly sender: MessageSender,
    private readonly applications: ApplicationsService,
  ) {}

  @On('*')
  async happened(event: EventOf<EventType>, tx: Tx): Promise<void> {
    if (!(event.type in publicEventTypes)) return;
    const message = {
      instanceId: event.instanceid,
      eventId: event.id,
      eventType: event.type,
      subject: event.subject,
      payload: JSON.stringify({
        data: event.data,
        object: 'event',
        type: event.type,
        timestamp: new Date(event.time).getTime(),
        instance_id: event.instanceid,
        event_attributes: { http_request: { client_ip: event.clientip, user_agent: event.useragent } },
      }),
    };
    const { applicationId } = await this.sender.send(tx, { kind: 'instance' }, message);
    if (applicationId) return;
    // The instance's first event.
    await this.applications.ensure(tx, event.instanceid);
    await this.sender.send(tx, { kind: 'instance' }, message);
  }
}
