import type { Application } from '../generated/prisma/client.js';

/** The application as the svix API shows it. */
export function toApplicationJSON(row: Application) {
  return {
    id: row.id,
    uid: row.uid,
    name: row.name,
    metadata: row.metadata,
    rateLimit: row.throttleRate,
    throttleRate: row.throttleRate,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
export type ApplicationJSON = ReturnType<typeof toApplicationJSON>;
