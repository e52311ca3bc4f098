import { serve } from '@latchkey/platform';
import { WebhooksModule } from './app.module.js';

await serve('webhooks', WebhooksModule, process.env);
