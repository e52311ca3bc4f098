import { InstanceSettings } from '../instances/instances.settings.js';
import { tasksOf } from './sessions.tasks.js';

const settings = InstanceSettings.parse({
  organizations: { enabled: true, force_organization_selection: true },
  sign_up: { mfa_required: true },
});
const facts = { organizationId: null, isImpersonated: false, isPasswordCompromised: true, hasSecondFactor: false };

describe('tasksOf', () => {
  it('lists all that is open, in the order in which it is done', () => {
    expect(tasksOf(settings, facts).map(({ key }) => key)).toEqual([
      'choose-organization',
      'reset-password',
      'setup-mfa',
    ]);
  });

  it('has none once everything is done', () => {
    const done = { ...facts, organizationId: 'org_1', isPasswordCompromised: false, hasSecondFactor: true };

    expect(tasksOf(settings, done)).toEqual([]);
  });

  it('asks for nothing that the instance does not ask for', () => {
    expect(tasksOf(InstanceSettings.parse({}), { ...facts, isPasswordCompromised: false })).toEqual([]);
  });

  it('asks for no organization where there are none', () => {
    const off = InstanceSettings.parse({ organizations: { force_organization_selection: true } });

    expect(tasksOf(off, { ...facts, isPasswordCompromised: false })).toEqual([]);
  });

  it('asks nothing of who impersonates', () => {
    expect(tasksOf(settings, { ...facts, isImpersonated: true })).toEqual([]);
  });
});
