import { HttpTransport } from '@latchkey/clients';
import { loadConfig } from '@latchkey/config';
import type { EventSource } from '@latchkey/contracts';
import { SystemClock } from '@latchkey/core';
import { ContextSigner } from '@latchkey/http';
import { log } from '@latchkey/observability';
import { z } from 'zod';
import { kafkaSecurity } from './kafka-security.js';
import type { Env, Platform } from './platform.js';

/** What every process of a distributed installation needs to know. */
export const DistributedConfig = z.object({
  /** Kafka's bootstrap servers, separated by commas. */
  KAFKA_BROKERS: z
    .string()
    .transform((text) => text.split(',').map((broker) => broker.trim()))
    .meta({ example: 'kafka-0:9092,kafka-1:9092' }),
  /** Partitions of a topic when it is made: the most consumers of one service that can share it. */
  KAFKA_PARTITIONS: z.coerce.number().int().min(1).default(6),
  /** Copies of a topic when it is made; left out, as many as the brokers' `default.replication.factor` says. */
  KAFKA_REPLICATION_FACTOR: z.coerce.number().int().min(1).optional(),
  /** `on` speaks TLS with Kafka. */
  KAFKA_TLS: z.enum(['on', 'off']).default('off'),
  /** The authority that has signed the brokers' certificates, as a PEM file, where the system's do not know it. */
  KAFKA_TLS_CA_FILE: z.string().optional(),
  /** How this process proves to Kafka who it is; left out, it does not. */
  KAFKA_SASL_MECHANISM: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).optional(),
  /** The name for that. */
  KAFKA_USERNAME: z.string().optional(),
  /** Its password. */
  KAFKA_PASSWORD: z.string().optional(),
  /** Redis, for revocation, limits, caches and delayed work. */
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).meta({ example: 'redis://redis:6379' }),
  /** The mail server. Without one, mail is lost, and the start warns of it: fit for trying out only. */
  SMTP_URL: z
    .url({ protocol: /^smtps?$/ })
    .optional()
    .meta({ example: 'smtps://user:password@smtp.example.com:465' }),
  /** The sender of mails. */
  MAIL_FROM: z.string().default('Latchkey <noreply@localhost>'),
  /** A gateway for SMS: gets `POST` with `{instance_id, to, from, text}`. */
  SMS_URL: z.url().optional(),
  /** Sent to it as `authorization: Bearer`. */
  SMS_TOKEN: z.string().default(''),
  /** Signs the context of what is asked of another service; all have the same. */
  CONTEXT_SIGNING_KEY: z.string().min(32),
  /** Where identity answers the other services. */
  IDENTITY_URL: z.url().default('http://127.0.0.1:4201'),
  /** The same of organizations. */
  ORGANIZATIONS_URL: z.url().default('http://127.0.0.1:4202'),
  /** The same of billing. */
  BILLING_URL: z.url().default('http://127.0.0.1:4203'),
  /** The same of webhooks. */
  WEBHOOKS_URL: z.url().default('http://127.0.0.1:4204'),
});

/** The platform of a process of its own: Kafka, Redis, and HTTP between the services. */
export function distributedPlatform(env: Env): Platform {
  const config = loadConfig(DistributedConfig, env);
  return {
    clock: new SystemClock(),
    state: { adapter: 'redis', url: config.REDIS_URL },
    events: {
      kind: 'kafka',
      brokers: config.KAFKA_BROKERS,
      partitions: config.KAFKA_PARTITIONS,
      replicationFactor: config.KAFKA_REPLICATION_FACTOR,
      ...kafkaSecurity(config),
    },
    jobs: { adapter: 'bullmq', url: config.REDIS_URL },
    messaging: {
      mail: config.SMTP_URL
        ? { adapter: 'smtp', url: config.SMTP_URL, from: config.MAIL_FROM }
        : { adapter: 'local-inbox' },
      sms: config.SMS_URL
        ? { adapter: 'http', url: config.SMS_URL, token: config.SMS_TOKEN }
        : { adapter: 'local-inbox' },
    },
    transport: new HttpTransport(
      {
        identity: config.IDENTITY_URL,
        organizations: config.ORGANIZATIONS_URL,
        billing: config.BILLING_URL,
        webhooks: config.WEBHOOKS_URL,
      },
      new ContextSigner(config.CONTEXT_SIGNING_KEY),
    ),
  };
}

/** Who sends what: a setting that is missing there loses it. */
const SENDERS: Record<'SMTP_URL' | 'SMS_URL', { what: string; services: EventSource[] }> = {
  SMTP_URL: { what: 'mail', services: ['identity', 'organizations'] },
  SMS_URL: { what: 'SMS', services: ['identity'] },
};

/** Says what will be lost, as this process is set up: whoever forgot a setting should not learn of it from his users. */
export function warnOfLosses(service: EventSource, env: Env): void {
  const config = loadConfig(DistributedConfig, env);
  for (const [setting, { what, services }] of Object.entries(SENDERS)) {
    if (config[setting as keyof typeof SENDERS] !== undefined || !services.includes(service)) continue;
    log.warn({ service, setting }, `${setting} is not set: no ${what} will be delivered`);
  }
}
