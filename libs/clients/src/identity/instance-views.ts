import type { RequestContext } from '@latchkey/contracts';
import { ReadThrough, type SharedState } from '@latchkey/state';

/** The settings of organizations, as an administrator has set them. */
export interface OrganizationSettings {
  enabled: boolean;
  /** Of a new organization; 0 is no limit. */
  max_allowed_memberships: number;
  /** Users without an organization must choose one: there are no personal accounts. */
  force_organization_selection: boolean;
  admin_delete: boolean;
  slug_disabled: boolean;
  creator_role: string;
  domains: {
    enabled: boolean;
    enrollment_modes: ('manual_invitation' | 'automatic_invitation' | 'automatic_suggestion')[];
    default_role: string;
  };
}

/** What the other services must know of an instance. */
export interface InstanceView {
  id: string;
  environment: RequestContext['environment'];
  /** The address at which browsers reach FAPI, no trailing slash. */
  fapiUrl: string;
  applicationName: string;
  /** Test addresses and the code 424242 work. */
  isTestMode: boolean;
  /** Users have e-mail addresses. */
  hasEmail: boolean;
  organizations: OrganizationSettings;
}

/**
 * Instances as the services see them: in shared state, cleared by identity after each change of the settings. No local
 * copy: what an administrator has just switched on works at the next call.
 */
export class InstanceViews {
  private readonly cache: ReadThrough<InstanceView>;

  constructor(state: SharedState) {
    this.cache = new ReadThrough<InstanceView>(state, { name: 'instance_view', ttlMs: 30_000, localTtlMs: 0 });
  }

  /** The instance of the context; `load` is asked when shared state does not hold it. */
  get(ctx: RequestContext, load: () => Promise<InstanceView | null>): Promise<InstanceView | null> {
    return this.cache.get(ctx.instanceId, load);
  }

  /** Makes the next read ask identity. Call it after the commit of a change. */
  changed(instanceId: string): Promise<void> {
    return this.cache.invalidate(instanceId);
  }
}
