import { serve } from '@latchkey/platform';
import { IdentityModule } from './app.module.js';

await serve('identity', IdentityModule, process.env);
