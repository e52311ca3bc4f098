import { Injectable } from '@nestjs/common';
import { IdentityClient, InstanceViews, UserSummaries, type InstanceView, type UserSummary } from '@latchkey/clients';
import type { RequestContext } from '@latchkey/contracts';
import { notFound } from '@latchkey/core';

/** What identity knows: the instance with its settings, and its users. Kept in shared state, which identity clears. */
@Injectable()
export class DirectoryService {
  constructor(
    private readonly identity: IdentityClient,
    private readonly instances: InstanceViews,
    private readonly summaries: UserSummaries,
  ) {}

  /** The instance of the context; null when it exists no more. */
  findInstance(ctx: RequestContext): Promise<InstanceView | null> {
    return this.instances.get(ctx, () => this.identity.instanceView(ctx));
  }

  /** The instance of the context, as identity knows it this moment. */
  async freshInstance(ctx: RequestContext): Promise<InstanceView | null> {
    await this.instances.changed(ctx.instanceId);
    return this.findInstance(ctx);
  }

  /** The instance of the context. @throws `resource_not_found` (404) */
  async instance(ctx: RequestContext): Promise<InstanceView> {
    const view = await this.findInstance(ctx);
    if (!view) throw notFound('instance', ctx.instanceId);
    return view;
  }

  /** Users by id, in one question; unknown ones are left out. */
  users(ctx: RequestContext, ids: readonly string[]): Promise<Map<string, UserSummary>> {
    return this.summaries.get(ctx, [...new Set(ids)], (missing) => this.identity.users(ctx, missing));
  }

  /** A user; undefined when there is none of this id in the instance. */
  async findUser(ctx: RequestContext, id: string): Promise<UserSummary | undefined> {
    return (await this.users(ctx, [id])).get(id);
  }

  /** @throws `resource_not_found` (404) */
  async requireUser(ctx: RequestContext, id: string): Promise<UserSummary> {
    const user = await this.findUser(ctx, id);
    if (!user) throw notFound('user', id);
    return user;
  }
}
