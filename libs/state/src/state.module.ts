import { type DynamicModule, Inject, Module, type OnApplicationShutdown, type Provider } from '@nestjs/common';
import { Clock } from '@latchkey/core';
import { counter } from '@latchkey/observability';
import { MemoryRateLimits } from './adapters/memory/memory-rate-limits.js';
import { MemorySharedState } from './adapters/memory/memory-shared-state.js';
import { RedisLink, type StateEvent } from './adapters/redis/redis-link.js';
import { RedisRateLimits } from './adapters/redis/redis-rate-limits.js';
import { RedisSharedState, STATE_PREFIX } from './adapters/redis/redis-shared-state.js';
import { RateLimits } from './rate-limits.js';
import { SharedState } from './shared-state.js';

/** Where the shared state lives. */
export type StateOptions =
  | {
      adapter: 'memory';
      /** The state of the process, when several applications in it share one; else the module makes its own. */
      state?: MemorySharedState;
    }
  | {
      adapter: 'redis';
      /** For example `redis://127.0.0.1:6379/0`. */
      url: string;
    };

const LINK = Symbol('RedisLink');
const events = counter('latchkey_state_events_total', 'What happened to the link to the shared state', ['event']);

/** Gives `SharedState` and `RateLimits` to every module of an application. It needs a global provider of `Clock`. */
@Module({})
export class StateModule implements OnApplicationShutdown {
  constructor(@Inject(LINK) private readonly link: RedisLink | null) {}

  static forRoot(options: StateOptions): DynamicModule {
    const providers = options.adapter === 'memory' ? memoryProviders(options.state) : redisProviders(options);
    return { module: StateModule, global: true, providers, exports: [SharedState, RateLimits] };
  }

  onApplicationShutdown(): void {
    this.link?.close();
  }
}

function memoryProviders(state: MemorySharedState | undefined): Provider[] {
  return [
    { provide: LINK, useValue: null },
    { provide: SharedState, useFactory: (clock: Clock) => state ?? new MemorySharedState(clock), inject: [Clock] },
    { provide: RateLimits, useFactory: (clock: Clock) => new MemoryRateLimits(clock), inject: [Clock] },
  ];
}

function redisProviders({ url }: Extract<StateOptions, { adapter: 'redis' }>): Provider[] {
  const connect = async () => {
    const link = new RedisLink({ url, prefix: STATE_PREFIX, observe: (event: StateEvent) => events.inc({ event }) });
    // A moment for the connection, so that the first requests find it; without Redis the start goes on.
    await link.waitUntilUp(1_000);
    return link;
  };
  return [
    { provide: LINK, useFactory: connect },
    { provide: SharedState, useFactory: (link: RedisLink) => new RedisSharedState(link), inject: [LINK] },
    {
      provide: RateLimits,
      useFactory: (link: RedisLink, clock: Clock) => new RedisRateLimits(link, new MemoryRateLimits(clock)),
      inject: [LINK, Clock],
    },
  ];
}
