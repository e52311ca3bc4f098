import type { Clock } from '@latchkey/core';
import type { ServiceTransport } from '@latchkey/clients';
import type { EventsAdapter } from '@latchkey/events';
import type { JobsOptions } from '@latchkey/jobs';
import type { MessagingOptions } from '@latchkey/messaging';
import type { StateOptions } from '@latchkey/state';

/** Environment variables, from which each application reads its own configuration. */
export type Env = Record<string, string | undefined>;

/** Everything that differs between the two ways to run. No business code sees more of it than the ports. */
export interface Platform {
  clock: Clock;
  state: StateOptions;
  events: EventsAdapter;
  jobs: JobsOptions;
  messaging: MessagingOptions;
  transport: ServiceTransport;
}
