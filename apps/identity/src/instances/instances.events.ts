import { event, type EventCause } from '@latchkey/events';
import type { InstanceSettings } from './instances.settings.js';

/** An instance has changed; what the other services keep of it is out of date. */
export const instanceUpdated = (cause: EventCause, before: InstanceSettings, after: InstanceSettings) =>
  event(cause, 'latchkey.instance.updated', cause.instanceId, {
    id: cause.instanceId,
    enrollment_modes_begun: modesOf(after).filter((mode) => !modesOf(before).includes(mode)),
  });

/** The enrollment modes of domains that do something. */
const modesOf = ({ organizations: { enabled, domains } }: InstanceSettings) =>
  enabled && domains.enabled ? domains.enrollment_modes : [];
