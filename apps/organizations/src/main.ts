import { serve } from '@latchkey/platform';
import { OrganizationsModule } from './app.module.js';

await serve('organizations', OrganizationsModule, process.env);
