import { Controller, Get, Header, HttpCode, Injectable, Res } from '@nestjs/common';
import { log, metricsText } from '@latchkey/observability';
import type { FastifyReply } from 'fastify';

/** Resolves while what it looks at works. */
export type HealthCheck = () => Promise<unknown>;

/** What a service depends on, by name. */
@Injectable()
export class HealthChecks {
  private draining = false;

  constructor(private readonly checks: Record<string, HealthCheck>) {}

  /** From now on the service says that it is not ready, so that no new requests are sent to it. */
  drain(): void {
    this.draining = true;
  }

  /** The state of each dependency. */
  async run(): Promise<{ ready: boolean; checks: Record<string, 'ok' | 'failed'> }> {
    const entries = await Promise.all(
      Object.entries(this.checks).map(async ([name, check]) => {
        const ok = await Promise.race([check(), deadline()]).then(
          () => true,
          (err: unknown) => (log.warn({ err, check: name }, 'not ready'), false),
        );
        return [name, ok ? 'ok' : 'failed'] as const;
      }),
    );
    return {
      ready: !this.draining && entries.every(([, state]) => state === 'ok'),
      checks: Object.fromEntries(entries),
    };
  }
}

const deadline = () =>
  new Promise((_, reject) => setTimeout(() => reject(new Error('no answer within 2 s')), 2000).unref());

/** `/health/live`: the process works. `/health/ready`: so does what it depends on. `/metrics`: Prometheus. */
@Controller()
export class HealthController {
  constructor(private readonly checks: HealthChecks) {}

  @Get('/health/live')
  live(): { status: string } {
    return { status: 'ok' };
  }

  @Get('/health/ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const result = await this.checks.run();
    if (!result.ready) reply.status(503);
    return { status: result.ready ? 'ok' : 'unavailable', checks: result.checks };
  }

  @Get('/metrics')
  @HttpCode(200)
  @Header('content-type', 'text/plain; version=0.0.4')
  metrics(): Promise<string> {
    return metricsText();
  }
}
