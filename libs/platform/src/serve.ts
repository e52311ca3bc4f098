import { setTimeout as delay } from 'node:timers/promises';
import type { DynamicModule } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { loadConfig } from '@latchkey/config';
import type { EventSource } from '@latchkey/contracts';
import { KafkaServer } from '@latchkey/events';
import { createApp, HealthChecks } from '@latchkey/http';
import { log } from '@latchkey/observability';
import { z } from 'zod';
import { distributedPlatform, warnOfLosses } from './distributed.js';
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

/** How a process of a distributed installation stops. */
export const StopConfig = z.object({
  /**
   * How long a process that got SIGTERM says that it is not ready and still answers, in seconds: as long as whoever sends requests
   * to it takes to notice.
   */
  DRAIN_SECONDS: z.coerce.number().min(0).max(300).default(5),
  /** How long what is in hand may take after that, in seconds, before the process ends without it. */
  STOP_SECONDS: z.coerce.number().min(1).max(600).default(25),
});

/** Starts a service as a process of its own: HTTP for the gateway, Kafka for events; stops cleanly on SIGTERM. */
export async function serve(service: EventSource, module: AppModule, env: Env): Promise<void> {
  await orExplain(async () => {
    const { HOST, PORT } = loadConfig(ListenConfig, env);
    loadConfig(StopConfig, env);
    const platform = distributedPlatform(env);
    const app = await createApp(module.forRoot(env, platform));
    if (platform.events.kind === 'kafka')
      app.connectMicroservice({ strategy: new KafkaServer(service, platform.events, endWithConsumer) });
    // First, for it makes the topics that the consumers then subscribe to.
    await app.init();
    await app.listen(PORT, HOST);
    stopOnSignal(app, env);
    warnOfLosses(service, env);
    log.info({ service, url: await app.getUrl() }, 'ready');
    // Requests need not wait for it: after a crash Kafka keeps the group closed until the dead member's session has ended.
    await app.startAllMicroservices();
  });
}

/** Runs a start; what an operator can put right ends the process with what that is, instead of a stack. */
export async function orExplain(start: () => Promise<void>): Promise<void> {
  try {
    await start();
  } catch (error) {
    const explanation = explain(error);
    if (explanation) process.stderr.write(`${explanation}\n`);
    else log.fatal({ err: error }, 'could not start');
    process.exit(1);
  }
}

/** Errors whose message says what is wrong and what to do about it. */
const EXPLAINED = new Set(['ConfigError', 'DeclarationError', 'MigrationError', 'ServerError']);

function explain(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (EXPLAINED.has(error.name)) return error.message;
  const { code, address, port } = error as { code?: string; address?: string; port?: number };
  if (code === 'EADDRINUSE')
    return `Another process listens on ${address}:${port} already. Stop it, or set another port.`;
  if (code === 'EADDRNOTAVAIL') return `${address} is not an address of this machine. Set another host to listen on.`;
  if (code === 'EACCES' && port) return `This process may not listen on ${address}:${port}. Set another port.`;
  return undefined;
}

/**
 * On SIGTERM: say that no more requests are wanted and go on answering until others had time to see it; then answer those in hand,
 * end what runs in the background, and end. SIGINT, from somebody at a terminal, does not wait; nor does a second signal.
 */
export function stopOnSignal(app: NestFastifyApplication, env: Env): void {
  const { DRAIN_SECONDS, STOP_SECONDS } = loadConfig(StopConfig, env);
  const drained = new AbortController();
  let isStopping = false;
  const stop = async (signal: NodeJS.Signals) => {
    if (signal === 'SIGINT' || isStopping) drained.abort();
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, 'stopping');
    app.get(HealthChecks).drain();
    await delay(DRAIN_SECONDS * 1000, undefined, { signal: drained.signal }).catch(() => undefined);
    setTimeout(() => {
      log.error({ seconds: STOP_SECONDS }, 'ended before everything in hand was done');
      process.exit(1);
    }, STOP_SECONDS * 1000).unref();
    try {
      await app.close();
    } catch (error) {
      log.error({ err: error }, 'could not stop in order');
      process.exit(1);
    }
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));
}

/** Without its consumer a process would answer and consume nothing: whoever started it must start another. */
function endWithConsumer(error: Error): void {
  log.fatal({ err: error }, 'the Kafka consumer cannot go on');
  process.exit(1);
}
