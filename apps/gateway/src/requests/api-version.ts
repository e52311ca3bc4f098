import { apiVersions, type ApiVersion } from '@latchkey/contracts';
import { apiVersionInvalid } from './gateway-errors.js';

const known: ReadonlySet<string> = new Set(apiVersions);
const newest = apiVersions[apiVersions.length - 1]!;

/**
 * The version whose shapes the answer has. SDKs are released before the contract that they name is published: what is
 * newer than all we know is answered as the newest.
 *
 * @throws `api_version_invalid` (400) when both places name one, or when none such was ever published
 */
export function apiVersionOf(header: string | string[] | undefined, query: string | undefined): ApiVersion {
  if (Array.isArray(header) || (header !== undefined && query !== undefined)) throw apiVersionInvalid();
  const asked = header ?? query;
  if (asked === undefined || asked === '') return newest;
  if (known.has(asked)) return asked as ApiVersion;
  if (/^\d{4}-\d{2}-\d{2}$/.test(asked) && asked > newest) return newest;
  throw apiVersionInvalid();
}
