import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiError } from '@latchkey/core';
import type { ContextualRequest } from './context.js';
import { API } from './operation.decorators.js';

/** FAPI paths on which nobody needs to be signed in. */
const OPEN =
  /^\/fapi\/(v1\/(client|environment|dev_browser|account_portal|images|verify|tickets|oauth_callback|saml|waitlist|billing\/plans|redirect|health|proxy-health|clear-site-data|agents|enterprise_connections\/[^/]+\/init_test_run)|\.well-known|oauth\/)(\/|\?|$|(?<=\/))/;

/** Lets only signed-in users through where the contract asks for one: everything on FAPI below `/me`, `/organizations`, `/billing`, ... */
@Injectable()
export class SessionGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(host: ExecutionContext): boolean {
    if (this.reflector.get<string | undefined>(API, host.getClass()) !== 'fapi') return true;
    const request = host.switchToHttp().getRequest<ContextualRequest>();
    if (OPEN.test(request.url) || request.latchkey?.userId) return true;
    throw signedOut();
  }
}

/** Nobody is signed in, and the operation needs somebody who is. */
export const signedOut = () =>
  new ApiError(401, {
    code: 'signed_out',
    message: 'Signed out',
    long_message: 'You are signed out. Sign in to go on.',
  });
