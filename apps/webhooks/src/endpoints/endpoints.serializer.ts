import type { Endpoint } from '../generated/prisma/client.js';

/** Headers whose values are not shown again. */
const SENSITIVE =
  /^(authorization|proxy-authorization|cookie|x-.*(key|secret|token|auth).*|.*(api-key|apikey|secret|token))$/i;

/** The endpoint as the svix API shows it. Secrets and headers have calls of their own. */
export function toEndpointJSON(row: Endpoint) {
  return {
    id: row.id,
    uid: row.uid,
    url: row.url,
    description: row.description,
    version: row.version,
    disabled: row.isDisabled,
    filterTypes: row.filterTypes.length > 0 ? row.filterTypes : null,
    channels: row.channels.length > 0 ? row.channels : null,
    metadata: row.metadata,
    rateLimit: row.throttleRate,
    throttleRate: row.throttleRate,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
export type EndpointJSON = ReturnType<typeof toEndpointJSON>;

/** An endpoint's headers: of the sensitive ones only the names. */
export function toHeadersJSON(headers: Record<string, string>) {
  const entries = Object.entries(headers);
  return {
    headers: Object.fromEntries(entries.filter(([name]) => !SENSITIVE.test(name))),
    sensitive: entries.map(([name]) => name).filter((name) => SENSITIVE.test(name)),
  };
}
