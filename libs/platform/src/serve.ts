import type { DynamicModule } from '@nestjs/common';
import { Transport } from '@nestjs/microservices';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ConfigError, loadConfig } from '@latchkey/config';
import type { EventSource } from '@latchkey/contracts';
import { kafkaConfig, type KafkaOptions } from '@latchkey/events';
import { createApp, HealthChecks } from '@latchkey/http';
import { log } from '@latchkey/observability';
import { z } from 'zod';
import { distributedPlatform } from './distributed.js';
import type { Env, Platform } from './platform.js';

/** A service's application module. */
export interface AppModule {
  forRoot(env: Env, platform: Platform): DynamicModule;
}

const ListenConfig = z.object({
  /** The address to listen on. */
  HOST: z.string().default('0.0.0.0'),
  /** The port to listen on. */
  PORT: z.coerce.number().int().min(0).max(65535),
});

const DRAIN_MS = 5_000;

/** Starts a service as a process of its own: HTTP for the gateway, Kafka for events; stops cleanly on SIGTERM. */
export async function serve(service: EventSource, module: AppModule, env: Env): Promise<void> {
  await orExplain(async () => {
    const { HOST, PORT } = loadConfig(ListenConfig, env);
    const platform = distributedPlatform(env);
    const app = await createApp(module.forRoot(env, platform));
    if (platform.events.kind === 'kafka') connectKafka(app, service, platform.events);
    await app.startAllMicroservices();
    await app.listen(PORT, HOST);
    drainOnSignal(app);
    log.info({ service, url: await app.getUrl() }, 'ready');
  });
}

/** Runs a start; a bad configuration ends the process with what must be changed instead of a stack. */
export async function orExplain(start: () => Promise<void>): Promise<void> {
  try {
    await start();
  } catch (error) {
    if (error instanceof ConfigError) process.stderr.write(`${error.message}\n`);
    else log.fatal({ err: error }, 'could not start');
    process.exit(1);
  }
}

/** On SIGTERM or SIGINT: say that no more requests are wanted, answer those in hand, and end. */
export function drainOnSignal(app: NestFastifyApplication): void {
  const stop = (signal: string) => {
    log.info({ signal }, 'stopping');
    app.get(HealthChecks).drain();
    setTimeout(() => process.exit(1), DRAIN_MS).unref();
    void app.close().then(() => process.exit(0));
  };
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => stop(signal));
}

function connectKafka(app: NestFastifyApplication, service: EventSource, options: KafkaOptions): void {
  app.connectMicroservice({
    transport: Transport.KAFKA,
    options: {
      client: kafkaConfig(service, options),
      consumer: {
        groupId: `latchkey-${service}`,
        maxWaitTimeInMs: 500,
        allowAutoTopicCreation: false,
        retry: { initialRetryTime: 300, retries: 5, restartOnFailure: () => Promise.resolve(true) },
      },
      subscribe: { fromBeginning: true },
      run: { partitionsConsumedConcurrently: 4 },
    },
  });
}
