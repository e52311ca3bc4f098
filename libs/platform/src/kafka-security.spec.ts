import { kafkaSecurity } from './kafka-security.js';

describe('kafkaSecurity', () => {
  it('is neither TLS nor a proof of identity unless the settings say so', () => {
    expect(kafkaSecurity({})).toEqual({ ssl: false });
    expect(kafkaSecurity({ KAFKA_TLS: 'off' })).toEqual({ ssl: false });
  });

  it('speaks TLS and proves who it is', () => {
    const settings = {
      KAFKA_TLS: 'on',
      KAFKA_SASL_MECHANISM: 'scram-sha-512',
      KAFKA_USERNAME: 'a',
      KAFKA_PASSWORD: 'b',
    };

    expect(kafkaSecurity(settings)).toEqual({
      ssl: true,
      sasl: { mechanism: 'scram-sha-512', username: 'a', password: 'b' },
    });
  });

  it.each([
    { KAFKA_SASL_MECHANISM: 'plain' },
    { KAFKA_USERNAME: 'a', KAFKA_PASSWORD: 'b' },
    { KAFKA_SASL_MECHANISM: 'plain', KAFKA_USERNAME: 'a' },
    { KAFKA_TLS_CA_FILE: 'ca.pem' },
    { KAFKA_TLS: 'off', KAFKA_TLS_CA_FILE: 'ca.pem' },
  ])('refuses half of a setting: %j', (settings) => {
    expect(() => kafkaSecurity(settings)).toThrow(/KAFKA_/);
  });
});
