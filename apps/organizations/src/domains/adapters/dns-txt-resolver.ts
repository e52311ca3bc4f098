import { Resolver } from 'node:dns/promises';
import { log } from '@latchkey/observability';
import { TxtResolver } from '../txt-resolver.js';

const NO_RECORD = new Set(['ENODATA', 'ENOTFOUND']);

/** The real one. */
export class DnsTxtResolver extends TxtResolver {
  private readonly resolver = new Resolver({ timeout: 3_000, tries: 2 });

  /** @param servers addresses of name servers; those of the machine when there are none */
  constructor(servers: readonly string[]) {
    super();
    if (servers.length) this.resolver.setServers(servers);
  }

  async txt(name: string): Promise<string[]> {
    try {
      return (await this.resolver.resolveTxt(name)).map((chunks) => chunks.join(''));
    } catch (err) {
      if (!NO_RECORD.has((err as { code?: string }).code ?? ''))
        log.warn({ err, name }, 'a name could not be resolved');
      return [];
    }
  }
}
