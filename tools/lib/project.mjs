/** Where the project lies, and which services it has: what every tool here needs to know. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The services that own a database, in the order in which they are brought up. */
export const SERVICES = ['identity', 'organizations', 'billing', 'webhooks'];

/** @param {string} service */
export const schemaOf = (service) => join(ROOT, 'prisma', service, 'schema.prisma');

/** The services whose schema exists. */
export const servicesWithSchema = () => SERVICES.filter((service) => existsSync(schemaOf(service)));
