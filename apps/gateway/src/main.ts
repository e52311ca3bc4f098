import { readFileSync } from 'node:fs';
import { ConfigError, loadConfig } from '@latchkey/config';
import { log } from '@latchkey/observability';
import { distributedPlatform, orExplain, stopOnSignal } from '@latchkey/platform';
import { createGateway, listen } from './app.module.js';
import { ListenConfig } from './config.js';

await orExplain(async () => {
  const config: ListenConfig = loadConfig(ListenConfig, process.env);
  const tls = tlsOf(config);
  const app = await createGateway(process.env, distributedPlatform(process.env));
  const { GATEWAY_HOST: host } = config;
  const tlsPort = config.GATEWAY_TLS_PORT;
  const urls = await listen(app, {
    fapi: { host, port: config.GATEWAY_FAPI_PORT, tls: tlsPort === undefined ? tls : undefined },
    bapi: { host, port: config.GATEWAY_BAPI_PORT, tls: tlsPort === undefined ? tls : undefined },
    ...(tlsPort !== undefined && tls && { fapiTls: { host, port: tlsPort, tls } }),
    ops: { host, port: config.GATEWAY_OPS_PORT },
  });
  stopOnSignal(app, process.env);
  log.info({ service: 'gateway', ...urls }, 'ready');
});

/** Half of what TLS needs would serve plain HTTP where somebody expects TLS. */
function tlsOf(config: ListenConfig): { cert: string; key: string } | undefined {
  const { GATEWAY_TLS_CERT_FILE: cert, GATEWAY_TLS_KEY_FILE: key, GATEWAY_TLS_PORT: port } = config;
  if (!cert && !key && port === undefined) return undefined;
  if (!cert || !key)
    throw new ConfigError(
      'GATEWAY_TLS_CERT_FILE and GATEWAY_TLS_KEY_FILE belong together, and GATEWAY_TLS_PORT needs both.',
    );
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
}
