import { publicEventTypes, type EventType } from '@latchkey/contracts';
import { Consumer, On, type Claim, type EventOf } from '@latchkey/events';
import { ApplicationsService } from '../applications/applications.service.js';
import { WebhooksDb } from '../db.js';
import { DeliveryLanes } from '../deliveries/deliveries.lanes.js';
import { MessageSender, type NewMessage } from './messages.sender.js';

/** Turns every public event into a message to the instance's endpoints, those that come together in one go. */
@Consumer('webhooks.messages', { isTogether: true })
export class MessagesConsumer {
  constructor(
    private readonly db: WebhooksDb,
    private readonly sender: MessageSender,
    private readonly applications: ApplicationsService,
    private readonly lanes: DeliveryLanes,
  ) {}

  @On('*')
  async happened(events: EventOf<EventType>[], claim: Claim): Promise<void> {
    const messages = events.filter(({ type }) => type in publicEventTypes).map(toMessage);
    const sent = await this.sender.sendClaimed(claim, messages);
    const early = messages.filter((_, index) => !sent[index]!.applicationId);
    if (early.length > 0) {
      // The first events of their instances: not claimed yet, for there was no application to send them to.
      for (const id of new Set(early.map(({ instanceId }) => instanceId))) await this.applications.ensure(this.db, id);
      await this.sender.sendClaimed(claim, early);
    }
    await this.lanes.untilCalm();
  }
}

const toMessage = (event: EventOf<EventType>): NewMessage => ({
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
});
