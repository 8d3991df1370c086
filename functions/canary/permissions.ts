import { eventBusPermissions } from '../../shared/aws/pipeline/event-bus.ts';

/** What the canary may do. */
export const permissions = eventBusPermissions;
