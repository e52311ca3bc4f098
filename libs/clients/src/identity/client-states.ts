import type { RequestContext } from '@latchkey/contracts';
import { ReadThrough, type SharedState } from '@latchkey/state';
import type { ClientState } from './identity-client.js';

/** The bound on a state's age should its clearing be lost. */
const LIFETIME_MS = 600_000;
/** How long live sessions keep their state, and so get tokens, while identity's database is away. */
const OUTAGE_MS = 3_600_000;

/**
 * The states of clients, as all replicas of gateway and identity see them: in shared state, cleared by identity after
 * each change, loaded from it when missing. No local copy: a revoked session must be signed out at its next call.
 */
export class ClientStates {
  private readonly cache: ReadThrough<ClientState>;

  constructor(state: SharedState) {
    this.cache = new ReadThrough<ClientState>(state, {
      name: 'client',
      ttlMs: LIFETIME_MS,
      localTtlMs: 0,
      staleOnErrorMs: OUTAGE_MS,
    });
  }

  /** The client's state; `load` is asked when shared state does not hold it. */
  get(ctx: RequestContext, clientId: string, load: () => Promise<ClientState | null>): Promise<ClientState | null> {
    return this.cache.get(`${ctx.instanceId}:${clientId}`, load);
  }

  /** Makes the next read ask the database. Call it after the commit of a change to the client or its sessions. */
  changed(instanceId: string, ...clientIds: string[]): Promise<void> {
    return this.cache.invalidate(...clientIds.map((id) => `${instanceId}:${id}`));
  }
}
