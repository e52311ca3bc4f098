import { type Redis } from 'ioredis';
import { SharedState } from '../../shared-state.js';
import { type RedisLink } from './redis-link.js';

/** Begins the keys of the shared state in Redis, and of nothing else. */
export const STATE_PREFIX = 'latchkey:state:';

/** Shared state in Redis (6.2 or newer, not a cluster). What happens while it is away: see `RedisLink`. */
export class RedisSharedState extends SharedState {
  constructor(private readonly link: RedisLink) {
    super();
  }

  async get(key: string): Promise<string | null> {
    return this.link.run((redis) => redis.get(STATE_PREFIX + key)).catch(() => null);
  }

  async getMany(keys: readonly string[]): Promise<(string | null)[]> {
    if (keys.length === 0) return [];
    return this.link
      .run((redis) => redis.mget(keys.map((key) => STATE_PREFIX + key)))
      .catch(() => keys.map(() => null));
  }

  async set(key: string, value: string, ttlMs: number): Promise<void> {
    await this.write([STATE_PREFIX + key], (redis) =>
      redis.set(STATE_PREFIX + key, value, 'PX', Math.ceil(ttlMs)),
    ).catch(() => undefined);
  }

  async setIfAbsent(key: string, value: string, ttlMs: number): Promise<boolean> {
    // Not tainted when it fails: the entry it met may be another's, and removing that would give the key away twice.
    return (
      (await this.link.run((redis) => redis.set(STATE_PREFIX + key, value, 'PX', Math.ceil(ttlMs), 'NX'))) === 'OK'
    );
  }

  async take(key: string): Promise<string | null> {
    // The caller goes on in Postgres: what is left here must not be taken a second time.
    return this.write([STATE_PREFIX + key], (redis) => redis.getdel(STATE_PREFIX + key));
  }

  async delete(...keys: string[]): Promise<void> {
    if (keys.length === 0) return;
    const names = keys.map((key) => STATE_PREFIX + key);
    await this.write(names, (redis) => redis.unlink(...names)).catch(() => undefined);
  }

  async increment(key: string, ttlMs: number): Promise<number | null> {
    const name = STATE_PREFIX + key;
    const counted = this.link.run((redis) =>
      redis.multi().set(name, 0, 'PX', Math.ceil(ttlMs), 'NX').incr(name).exec(),
    );
    return counted.then((results) => Number(results?.[1]?.[1])).catch(() => null);
  }

  private async write<T>(names: string[], command: (redis: Redis) => Promise<T>): Promise<T> {
    try {
      return await this.link.run(command);
    } catch (error) {
      this.link.taint(names);
      throw error;
    }
  }
}
