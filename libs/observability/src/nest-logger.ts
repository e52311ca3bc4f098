import type { LoggerService } from '@nestjs/common';
import { log } from './log.js';

/** Nest's own messages in the process's log. What Nest says at every start is of use to nobody but its developers. */
export class NestLogger implements LoggerService {
  log(message: unknown, context?: string): void {
    log.debug({ context }, String(message));
  }
  warn(message: unknown, context?: string): void {
    log.warn({ context }, String(message));
  }
  error(message: unknown, stack?: string, context?: string): void {
    log.error({ context, stack }, String(message));
  }
  debug(message: unknown, context?: string): void {
    log.debug({ context }, String(message));
  }
}
