import { ConfigError, loadConfig, refuseSharedPort } from '@latchkey/config';
import { readTlsFiles } from '@latchkey/installation';
import { log } from '@latchkey/observability';
import { distributedPlatform, orExplain, stopOnSignal } from '@latchkey/platform';
import { createGateway, listen } from './app.module.js';
import { ListenConfig } from './config.js';

await orExplain(async () => {
  const config: ListenConfig = loadConfig(ListenConfig, process.env);
  const { GATEWAY_FAPI_PORT, GATEWAY_BAPI_PORT, GATEWAY_TLS_PORT, GATEWAY_OPS_PORT } = config;
  refuseSharedPort({ GATEWAY_FAPI_PORT, GATEWAY_BAPI_PORT, GATEWAY_TLS_PORT, GATEWAY_OPS_PORT });
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
  return readTlsFiles(['GATEWAY_TLS_CERT_FILE', cert], ['GATEWAY_TLS_KEY_FILE', key]);
}
