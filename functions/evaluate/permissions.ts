import { evidenceReadPermissions } from '../../shared/aws/evidence/dynamodb-evidence.ts';
import { findingWritePermissions } from '../../shared/aws/findings/dynamodb-store.ts';
import { waiverReadPermissions } from '../../shared/aws/findings/waiver-table.ts';
import { causeFinderPermissions } from '../../shared/aws/pipeline/cause-finder.ts';
import { claimReadPermissions } from '../../shared/aws/pipeline/claims.ts';
import { historyReadPermissions } from '../../shared/aws/pipeline/history.ts';
import { busyLanePermissions } from '../../shared/aws/pipeline/scope-register.ts';

/** What evaluate may do: of the accounts it sees what was kept, and CloudTrail's events, to name who changed what. */
export const permissions = [
  ...claimReadPermissions,
  ...findingWritePermissions,
  ...waiverReadPermissions,
  ...historyReadPermissions,
  ...evidenceReadPermissions,
  ...causeFinderPermissions,
  ...busyLanePermissions,
];
