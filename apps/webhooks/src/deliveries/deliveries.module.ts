import { Module } from '@nestjs/common';
import { OperationalModule } from '../operational/operational.module.js';
import { EndpointHealth } from './deliveries.health.js';
import { DeliveryLanes } from './deliveries.lanes.js';
import { DeliveryResults } from './deliveries.results.js';
import { Presence } from './deliveries.presence.js';
import { DeliverySender } from './deliveries.sender.js';
import { DeliveryTargets } from './deliveries.targets.js';
import { DeliveryWorker } from './deliveries.worker.js';

@Module({
  imports: [OperationalModule],
  providers: [
    DeliveryLanes,
    DeliveryResults,
    DeliverySender,
    DeliveryTargets,
    DeliveryWorker,
    EndpointHealth,
    Presence,
  ],
  exports: [DeliveryLanes, DeliveryTargets, DeliveryWorker, Presence],
})
export class DeliveriesModule {}
