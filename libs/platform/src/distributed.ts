import { HttpTransport } from '@latchkey/clients';
import { loadConfig } from '@latchkey/config';
import { SystemClock } from '@latchkey/core';
import { z } from 'zod';
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
  /** Copies of a topic when it is made. */
  KAFKA_REPLICATION_FACTOR: z.coerce.number().int().min(1).default(1),
  /** Redis, for revocation, limits, caches and delayed work. */
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).meta({ example: 'redis://redis:6379' }),
  /** The mail server. Without one, mail is kept in memory and never delivered: fit for trying out only. */
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
  /** Where the services answer each other. */
  IDENTITY_URL: z.url().default('http://127.0.0.1:4201'),
  ORGANIZATIONS_URL: z.url().default('http://127.0.0.1:4202'),
  BILLING_URL: z.url().default('http://127.0.0.1:4203'),
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
    transport: new HttpTransport({
      identity: config.IDENTITY_URL,
      organizations: config.ORGANIZATIONS_URL,
      billing: config.BILLING_URL,
      webhooks: config.WEBHOOKS_URL,
    }),
  };
}
