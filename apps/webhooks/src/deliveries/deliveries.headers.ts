import type { SecretBox } from '@latchkey/core';

/** The part of an endpoint's row that holds its headers. Those set before they were encrypted lie in `headers`. */
export interface KeptHeaders {
  headers: unknown;
  sealedHeaders: string | null;
}

/** Headers as an endpoint's row keeps them. They are what the endpoint knows its caller by, so nobody who reads the table may. */
export const sealHeaders = (box: SecretBox, headers: Record<string, string>) => ({
  headers: {},
  sealedHeaders: box.seal(JSON.stringify(headers)),
});

/** The headers of an endpoint. */
export const openHeaders = (box: SecretBox, { headers, sealedHeaders }: KeptHeaders): Record<string, string> =>
  (sealedHeaders === null ? headers : JSON.parse(box.open(sealedHeaders))) as Record<string, string>;
