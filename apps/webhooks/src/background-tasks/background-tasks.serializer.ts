import type { BackgroundTask } from '../generated/prisma/client.js';

/** The task as the svix API shows it. */
export function toTaskJSON(row: BackgroundTask) {
  return { id: row.id, task: row.task, status: row.status, data: row.data, updatedAt: row.updatedAt.toISOString() };
}
export type TaskJSON = ReturnType<typeof toTaskJSON>;
