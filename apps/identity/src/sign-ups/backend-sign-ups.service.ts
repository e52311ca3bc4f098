import { Injectable } from '@nestjs/common';
import type { SignUpJSON } from '@clerk/backend';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, notFound } from '@latchkey/core';
import { IdentityDb } from '../db.js';
import { InstancesService } from '../instances/instances.service.js';
import { SignUpStatesService } from './sign-up-states.service.js';
import { signUpCannotBeUpdated } from './sign-ups.errors.js';
import type { UpdateBackendSignUp } from './sign-ups.schemas.js';
import { toBackendSignUpJSON } from './sign-ups.serializer.js';

/** Sign-ups as an application's server sees and changes them. */
@Injectable()
export class BackendSignUpsService {
  constructor(
    private readonly db: IdentityDb,
    private readonly states: SignUpStatesService,
    private readonly instances: InstancesService,
    private readonly clock: Clock,
  ) {}

  /** Any client's sign-up. @throws `resource_not_found` (404) */
  async get(ctx: RequestContext, id: string): Promise<SignUpJSON> {
    const state = await this.states.load(this.db, ctx, { id });
    if (!state) throw notFound('sign up attempt', id);
    return toBackendSignUpJSON(state, await this.instances.settings(ctx.instanceId), this.clock.now());
  }

  /** Gives a sign-up under way what only the application knows. @throws `sign_up_cannot_be_updated` (403) */
  async update(ctx: RequestContext, id: string, input: UpdateBackendSignUp): Promise<SignUpJSON> {
    const { count } = await this.db.signUp.updateMany({
      where: {
        id,
        instanceId: ctx.instanceId,
        status: 'missing_requirements',
        abandonAt: { gt: this.clock.now() },
      },
      data: { externalId: input.external_id, customAction: input.custom_action ?? undefined },
    });
    const signUp = await this.get(ctx, id);
    if (count === 0) throw signUpCannotBeUpdated();
    return signUp;
  }
}
