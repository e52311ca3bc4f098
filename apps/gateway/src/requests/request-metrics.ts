import type { Api } from '@latchkey/contracts';
import { histogram } from '@latchkey/observability';
import type { FastifyReply } from 'fastify';

const requestSeconds = histogram('latchkey_gateway_request_seconds', 'Time to answer a public request', [
  'api',
  'operation',
  'status',
]);

/** A request that is being measured. */
export interface Measure {
  /** The operation's id, once it is known; paths would make one series per caller. */
  operation: string;
  /** It has been answered. */
  end(): void;
}

/** Starts to measure a request. */
export function startRequest(api: Api, reply: FastifyReply): Measure {
  const stop = requestSeconds.startTimer({ api });
  return {
    operation: 'unknown',
    end() {
      stop({ operation: this.operation, status: String(reply.statusCode) });
    },
  };
}
