import { serve } from '@latchkey/platform';
import { BillingModule } from './app.module.js';

await serve('billing', BillingModule, process.env);
