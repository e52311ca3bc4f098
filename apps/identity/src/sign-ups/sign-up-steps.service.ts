import { Injectable } from '@nestjs/common';
import type { SignUpJSON } from '@clerk/shared/types';
import type { RequestContext } from '@latchkey/contracts';
import type { ApiError } from '@latchkey/core';
import { transaction } from '@latchkey/db';
import { ClientsService } from '../clients/clients.service.js';
import { IdentityDb, type Tx } from '../db.js';
import type { Client, SignUp } from '../generated/prisma/client.js';
import { InstancesService } from '../instances/instances.service.js';
import { SessionAdmissionService } from '../sessions/session-admission.service.js';
import { takenIdentifiers } from '../users/users.service.js';
import { SignUpCompletionService } from './sign-up-completion.service.js';
import { SignUpStatesService } from './sign-up-states.service.js';
import { SignUpTicketsService } from './sign-up-tickets.service.js';
import { requirementsOf } from './sign-ups.requirements.js';

/** The steps of a sign-up: each a transaction that holds the client, and the last one makes the user. */
@Injectable()
export class SignUpStepsService {
  constructor(
    private readonly db: IdentityDb,
    private readonly states: SignUpStatesService,
    private readonly completion: SignUpCompletionService,
    private readonly clients: ClientsService,
    private readonly instances: InstancesService,
    private readonly admission: SessionAdmissionService,
    private readonly tickets: SignUpTicketsService,
  ) {}

  /**
   * One step: `step` changes the sign-up of the locked client, then the sign-up is completed if nothing is wanting.
   * A problem that `step` returns is thrown after the commit, so that what it counted stays counted.
   */
  async take(ctx: RequestContext, step: (tx: Tx, client: Client) => Promise<SignUp | ApiError>): Promise<SignUpJSON> {
    const settings = await this.instances.settings(ctx.instanceId);
    const work = async (tx: Tx) => {
      const client = await this.clients.ensure(tx, ctx);
      await this.admission.require(tx, ctx, client.id);
      const result = await step(tx, client);
      if (result instanceof Error) return result;
      const state = await this.states.load(tx, ctx, { id: result.id });
      if (state!.signUp.status === 'complete') return state!;
      const { missing_fields, unverified_fields } = requirementsOf(settings, state!);
      return missing_fields.length || unverified_fields.length
        ? state!
        : this.completion.complete(tx, ctx, client, state!);
    };
    const outcome = await transaction(this.db, work, { taken: takenIdentifiers });
    if (outcome instanceof Error) throw outcome;
    if (outcome.signUp.status === 'complete') await this.tickets.join(ctx, outcome.signUp);
    return this.states.toJSON(ctx, outcome);
  }

  /** A step that completes nothing, whatever it proves: for who may not begin a session where they are. */
  async takeOnly(
    ctx: RequestContext,
    id: string,
    step: (tx: Tx, client: Client) => Promise<SignUp>,
  ): Promise<SignUpJSON> {
    await transaction(this.db, async (tx) => step(tx, await this.clients.ensure(tx, ctx)));
    return this.states.toJSON(ctx, await this.states.require(ctx, id));
  }
}
