import { notFound, type ApiError } from '@latchkey/core';
import type { Tx } from '../db.js';
import { sessionOver } from './sessions.errors.js';

/** Why a session cannot be found among the client's living ones: it is over, or it has never been this client's. */
export async function absence(
  tx: Pick<Tx, 'session'>,
  { instanceId, clientId = null }: { instanceId: string; clientId?: string | null },
  id: string,
): Promise<ApiError> {
  const had = clientId !== null && (await tx.session.count({ where: { id, instanceId, clientId } }));
  return had ? sessionOver() : notFound('session', id);
}
