import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { operations, type Operation } from '@latchkey/contracts';
import { refusal } from '@latchkey/core';
import type { ContextualRequest } from './context.js';
import { API, OPERATION } from './operation.decorators.js';

/** Lets only signed-in users through, except to those operations of FAPI that the table opens to others. */
@Injectable()
export class SessionGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(host: ExecutionContext): boolean {
    if (this.reflector.get<string | undefined>(API, host.getClass()) !== 'fapi') return true;
    const request = host.switchToHttp().getRequest<ContextualRequest>();
    const id = this.reflector.get<string | undefined>(OPERATION, host.getHandler());
    const auth = fapi[id ?? '']?.auth;
    if (auth === 'none' || auth === 'own' || request.latchkey?.userId) return true;
    throw signedOut();
  }
}

const fapi = operations.fapi as Record<string, Operation | undefined>;

/** Nobody is signed in, and the operation needs somebody who is. */
export const signedOut = () => refusal(401, 'signed_out', 'Signed out', 'You are signed out. Sign in to go on.');
