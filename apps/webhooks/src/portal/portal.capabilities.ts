import type { Capability } from './portal.schemas.js';

const APP = '/app/:app';

/** What a session must be capable of for each call; a call that is not listed is not open to the portal. */
const NEEDS: [method: string, path: RegExp, capability: Capability][] = [
  ['GET', call(`${APP}/endpoint/:id/secret`), 'ViewEndpointSecret'],
  ['POST', call(`${APP}/endpoint/:id/secret/rotate`), 'ManageEndpointSecret'],
  ['GET', call(`${APP}/endpoint/:id/headers`), 'ManageEndpoint'],
  ['PUT', call(`${APP}/endpoint/:id/headers`), 'ManageEndpoint'],
  ['PATCH', call(`${APP}/endpoint/:id/headers`), 'ManageEndpoint'],
  ['POST', call(`${APP}/endpoint/:id/recover`), 'CreateAttempts'],
  ['POST', call(`${APP}/endpoint/:id/replay-missing`), 'CreateAttempts'],
  ['POST', call(`${APP}/endpoint/:id/bulk-replay`), 'CreateAttempts'],
  ['POST', call(`${APP}/endpoint/:id/send-example`), 'CreateAttempts'],
  ['POST', call(`${APP}/msg/:id/endpoint/:endpoint/resend`), 'CreateAttempts'],
  ['POST', call(`${APP}/endpoint`), 'ManageEndpoint'],
  ['PUT', call(`${APP}/endpoint/:id`), 'ManageEndpoint'],
  ['PATCH', call(`${APP}/endpoint/:id`), 'ManageEndpoint'],
  ['DELETE', call(`${APP}/endpoint/:id`), 'ManageEndpoint'],
  ['GET', call(APP), 'ViewBase'],
  ['GET', call(`${APP}/endpoint`), 'ViewBase'],
  ['GET', call(`${APP}/endpoint/:id`), 'ViewBase'],
  ['GET', call(`${APP}/endpoint/:id/stats`), 'ViewBase'],
  ['GET', call(`${APP}/endpoint/:id/msg`), 'ViewBase'],
  ['GET', call(`${APP}/msg`), 'ViewBase'],
  ['GET', call(`${APP}/msg/:id`), 'ViewBase'],
  ['GET', call(`${APP}/msg/:id/endpoint`), 'ViewBase'],
  ['GET', call(`${APP}/msg/:id/attempt/:attempt`), 'ViewBase'],
  ['GET', call(`${APP}/attempt/endpoint/:id`), 'ViewBase'],
  ['GET', call(`${APP}/attempt/msg/:id`), 'ViewBase'],
  ['GET', call('/event-type'), 'ViewBase'],
  ['GET', call('/event-type/:name'), 'ViewBase'],
];

/** A capability that others contain. */
const CONTAINED_IN: Partial<Record<Capability, Capability[]>> = {
  ViewEndpointSecret: ['ManageEndpointSecret', 'ManageEndpoint'],
  ManageEndpointSecret: ['ManageEndpoint'],
};

/** A call of the svix API, as the portal makes it. */
export interface PortalCall {
  /** The application it is about; undefined when it is about none. */
  app: string | undefined;
  /** Any of these allows it. */
  capabilities: Capability[];
}

/** What a call is about and needs; undefined when it is not open to the portal. `path` is what follows `/api/v1`. */
export function portalCall(method: string, path: string): PortalCall | undefined {
  for (const [wanted, pattern, capability] of NEEDS) {
    const match = method === wanted ? pattern.exec(path) : null;
    if (!match) continue;
    return {
      app: match.groups?.['app'] && decodeURIComponent(match.groups['app']),
      capabilities: [capability, ...(CONTAINED_IN[capability] ?? [])],
    };
  }
  return undefined;
}

function call(path: string): RegExp {
  return new RegExp(`^${path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`);
}
