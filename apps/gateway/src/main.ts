import { readFileSync } from 'node:fs';
import { loadConfig } from '@latchkey/config';
import { log } from '@latchkey/observability';
import { distributedPlatform, drainOnSignal, orExplain } from '@latchkey/platform';
import { createGateway, GatewayModule, listen } from './app.module.js';
import { ListenConfig } from './config.js';

await orExplain(async () => {
  const config = loadConfig(ListenConfig, process.env);
  const app = await createGateway(GatewayModule.forRoot(process.env, distributedPlatform(process.env)));
  const { GATEWAY_HOST: host, GATEWAY_TLS_CERT_FILE: cert, GATEWAY_TLS_KEY_FILE: key } = config;
  const tls = cert && key ? { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') } : undefined;
  const tlsPort = config.GATEWAY_TLS_PORT;
  const urls = await listen(app, {
    fapi: { host, port: config.GATEWAY_FAPI_PORT, tls: tlsPort === undefined ? tls : undefined },
    bapi: { host, port: config.GATEWAY_BAPI_PORT, tls: tlsPort === undefined ? tls : undefined },
    ...(tlsPort !== undefined && tls && { fapiTls: { host, port: tlsPort, tls } }),
    ops: { host, port: config.GATEWAY_OPS_PORT },
  });
  drainOnSignal(app);
  log.info({ service: 'gateway', ...urls }, 'ready');
});
