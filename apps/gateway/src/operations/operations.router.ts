import { operations, type Api, type OperationId, type ServiceName, type Traits } from '@latchkey/contracts';
import type { Operation } from '@latchkey/contracts';
import findMyWay, { type HTTPMethod, type Instance } from 'find-my-way';

/** The operation that a request asks for. */
export interface Match extends Traits {
  id: OperationId;
  owner: ServiceName;
  /** The path as its owner knows it. */
  path: string;
}

const compiled: Record<Api, Instance<findMyWay.HTTPVersion.V1>> = { fapi: compile('fapi'), bapi: compile('bapi') };

/** The operation at `method` and `path` of an API, from the table that the services share; undefined when there is none. */
export function findOperation(api: Api, method: string, path: string): Match | undefined {
  const known = canonical(api, path);
  // A HEAD is a GET whose body stays here.
  const found = compiled[api].find((method === 'HEAD' ? 'GET' : method) as HTTPMethod, known);
  return found ? { ...(found.store as Omit<Match, 'path'>), path: known } : undefined;
}

/** A path with what callers may leave out. */
function canonical(api: Api, path: string): string {
  // `@clerk/backend` leaves the version out for the credentials of machines.
  return api === 'bapi' && UNVERSIONED.test(path) ? `/v1${path}` : path;
}

const UNVERSIONED = /^\/(api_keys|m2m_tokens|oauth_applications\/access_tokens)(\/|$)/;

function compile(api: Api): Instance<findMyWay.HTTPVersion.V1> {
  const router = findMyWay({ maxParamLength: 512 });
  for (const [id, { method, path, status: _, ...found }] of Object.entries<Operation>(operations[api]))
    router.on(method, path, () => undefined, { id: id as OperationId, ...found });
  return router;
}
