import {
  Inject,
  Injectable,
  Module,
  type Abstract,
  type DynamicModule,
  type OnApplicationShutdown,
  type OnModuleInit,
  type Type,
} from '@nestjs/common';
import { DiscoveryModule, DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { topicOf, type EventSource, type LatchkeyEvent } from '@latchkey/contracts';
import { Clock } from '@latchkey/core';
import type { InProcessBus } from './adapters/in-process/in-process-bus.js';
import { TableDeadLetters, type DeadLetterDb } from './adapters/in-process/table-dead-letters.js';
import { KafkaBus } from './adapters/kafka/kafka-bus.js';
import { KafkaDeadLetters } from './adapters/kafka/kafka-dead-letters.js';
import { kafkaInbound } from './adapters/kafka/kafka-inbound.js';
import { KafkaProducer, type KafkaOptions } from './adapters/kafka/kafka-producer.js';
import { EventBus } from './bus.js';
import { CONSUMER, ON, TOGETHER, type Claim } from './consumer.decorators.js';
import { DeadLetters, EventDispatcher, type Handler } from './dispatcher.js';
import type { InboxDb, InboxTx } from './once.js';
import { Sweepers } from '@latchkey/jobs';
import { Outbox, RelayWaker } from './outbox.js';
import { Relay } from './relay.js';
import { EventRetention, type RetentionDb } from './retention.js';

/** The way events travel. */
export type EventsAdapter = { kind: 'in-process'; bus: InProcessBus } | ({ kind: 'kafka' } & KafkaOptions);

/** What of a service's database its events use. */
type ServiceDb = InboxDb & DeadLetterDb & RetentionDb;

/** What a service's events need to know. */
export interface EventsOptions {
  service: EventSource;
  /** The Nest token of the service's database. */
  db: Abstract<ServiceDb> | Type<ServiceDb>;
  databaseUrl: string;
  /** Whose events this service consumes. */
  consumes: EventSource[];
  adapter: EventsAdapter;
}

/** Starts the relay and ties the consumers of the application to the bus. */
@Injectable()
class EventsRuntime implements OnModuleInit, OnApplicationShutdown {
  constructor(
    @Inject(RelayWaker) private readonly relay: Relay,
    private readonly dispatcher: EventDispatcher,
    @Inject('EventsAdapter') private readonly adapter: EventsAdapter,
  ) {}

  onModuleInit(): void {
    if (this.adapter.kind === 'in-process') this.adapter.bus.subscribe(this.dispatcher);
    this.relay.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.relay.stop();
  }
}

/** Outbox, relay, inbox and consumers of one service. */
@Module({})
export class EventsModule {
  static forRoot(options: EventsOptions): DynamicModule {
    const { service, adapter } = options;
    const topics = options.consumes.map(topicOf);
    const kafka = adapter.kind === 'kafka' ? new KafkaProducer(service, adapter) : undefined;
    const parked = kafka && new KafkaDeadLetters(service, kafka);
    return {
      module: EventsModule,
      global: true,
      imports: [DiscoveryModule],
      controllers: parked && topics.length ? [kafkaInbound(service, topics, parked)] : [],
      providers: [
        EventsRuntime,
        { provide: 'EventsAdapter', useValue: adapter },
        ...(kafka ? [{ provide: KafkaProducer, useValue: kafka }] : []),
        {
          provide: EventBus,
          useValue: adapter.kind === 'in-process' ? adapter.bus : new KafkaBus(service, kafka!),
        },
        {
          provide: DeadLetters,
          inject: [options.db, Clock],
          useFactory: (db: DeadLetterDb, clock: Clock) => parked ?? new TableDeadLetters(db, clock),
        },
        {
          provide: RelayWaker,
          inject: [EventBus, Clock],
          useFactory: (bus: EventBus, clock: Clock) =>
            new Relay({ service, databaseUrl: options.databaseUrl, bus, clock }),
        },
        {
          provide: Outbox,
          inject: [Clock, RelayWaker],
          useFactory: (clock: Clock, waker: RelayWaker) => new Outbox(service, clock, waker),
        },
        {
          provide: EventRetention,
          inject: [options.db, Sweepers, Clock],
          useFactory: (db: RetentionDb, sweepers: Sweepers, clock: Clock) =>
            new EventRetention(service, db, sweepers, clock),
        },
        {
          provide: EventDispatcher,
          inject: [options.db, DeadLetters, Clock, DiscoveryService, MetadataScanner, Reflector],
          useFactory: (
            db: InboxDb,
            letters: DeadLetters,
            clock: Clock,
            discovery: DiscoveryService,
            scanner: MetadataScanner,
            reflector: Reflector,
          ) => new EventDispatcher(service, db, letters, clock, () => findHandlers(discovery, scanner, reflector)),
        },
      ],
      exports: [Outbox, EventDispatcher, RelayWaker],
    };
  }
}

function findHandlers(discovery: DiscoveryService, scanner: MetadataScanner, reflector: Reflector): Handler[] {
  return discovery.getProviders().flatMap(({ instance, metatype }) => {
    const consumer = metatype && reflector.get<string | undefined>(CONSUMER, metatype);
    if (!consumer || !instance) return [];
    const isTogether = reflector.get<boolean>(TOGETHER, metatype);
    const methods = instance as Record<
      string,
      (events: LatchkeyEvent | LatchkeyEvent[], by: InboxTx | Claim) => Promise<void>
    >;
    return scanner.getAllMethodNames(Object.getPrototypeOf(instance) as object).flatMap((name) => {
      const types = reflector.get<Handler['types'] | undefined>(ON, methods[name]!);
      const handle: Handler['handle'] = (events, by) => methods[name]!(isTogether ? events : events[0]!, by);
      return types ? [{ consumer, types, isTogether, handle }] : [];
    });
  });
}
