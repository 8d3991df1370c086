import { claimReadPermissions } from '../../shared/aws/pipeline/claims.ts';
import { mapRunPermissions } from '../../shared/aws/pipeline/map-runs.ts';

/** What pace-scan may do: see how far the scan's map runs are, and set how many of their items are at work at once. */
export const permissions = [...claimReadPermissions, ...mapRunPermissions];
