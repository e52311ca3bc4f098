import type { InstanceSettings } from '../instances/instances.settings.js';

/** Something that a user has to do before their session counts. */
export type SessionTask = { key: 'choose-organization' | 'reset-password' | 'setup-mfa' };

/** What decides whether a session has tasks. */
export interface TaskFacts {
  organizationId: string | null;
  isImpersonated: boolean;
  isPasswordCompromised: boolean;
  hasSecondFactor: boolean;
}

/** The tasks of a session, the current one first. Who impersonates a user does none of them in their place. */
export function tasksOf(settings: InstanceSettings, facts: TaskFacts): SessionTask[] {
  if (facts.isImpersonated) return [];
  const { organizations, sign_up: signUp } = settings;
  const tasks: SessionTask[] = [];
  if (organizations.enabled && organizations.force_organization_selection && !facts.organizationId)
    tasks.push({ key: 'choose-organization' });
  if (facts.isPasswordCompromised) tasks.push({ key: 'reset-password' });
  if (signUp.mfa_required && !facts.hasSecondFactor) tasks.push({ key: 'setup-mfa' });
  return tasks;
}
