import { readFileSync } from 'node:fs';
import { ConfigError } from '@latchkey/config';
import type { KafkaSecurity } from '@latchkey/events';

/** The settings that say how Kafka is spoken to; see `DistributedConfig`. */
export interface KafkaSecuritySettings {
  KAFKA_TLS?: string;
  KAFKA_TLS_CA_FILE?: string;
  KAFKA_SASL_MECHANISM?: string;
  KAFKA_USERNAME?: string;
  KAFKA_PASSWORD?: string;
}

/** TLS and the proof of identity, of the settings that name them. */
export function kafkaSecurity(settings: KafkaSecuritySettings): KafkaSecurity {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_USERNAME: username, KAFKA_PASSWORD: password } = settings;
  const given = [mechanism, username, password].filter(Boolean).length;
  if (given !== 0 && given !== 3)
    throw new ConfigError('KAFKA_SASL_MECHANISM, KAFKA_USERNAME and KAFKA_PASSWORD belong together: set all or none.');
  if (settings.KAFKA_TLS_CA_FILE && settings.KAFKA_TLS !== 'on')
    throw new ConfigError('KAFKA_TLS_CA_FILE is set, but KAFKA_TLS is off: set KAFKA_TLS=on.');
  const ca = settings.KAFKA_TLS_CA_FILE && readFileSync(settings.KAFKA_TLS_CA_FILE, 'utf8');
  return {
    ssl: settings.KAFKA_TLS === 'on' && (ca ? { ca } : true),
    // kafkajs tells the mechanisms apart by type, and each takes the same.
    ...(mechanism && { sasl: { mechanism, username, password } as KafkaSecurity['sasl'] }),
  };
}
