import { loadConfig } from '@latchkey/config';
import { log } from '@latchkey/observability';
import { distributedPlatform, drainOnSignal, orExplain } from '@latchkey/platform';
import { createGateway, GatewayModule, listen } from './app.module.js';
import { ListenConfig } from './config.js';

await orExplain(async () => {
  const config = loadConfig(ListenConfig, process.env);
  const app = await createGateway(GatewayModule.forRoot(process.env, distributedPlatform(process.env)));
  const at = (port: number) => ({ host: config.GATEWAY_HOST, port });
  const urls = await listen(app, {
    fapi: at(config.GATEWAY_FAPI_PORT),
    bapi: at(config.GATEWAY_BAPI_PORT),
    ops: at(config.GATEWAY_OPS_PORT),
  });
  drainOnSignal(app);
  log.info({ service: 'gateway', ...urls }, 'ready');
});
