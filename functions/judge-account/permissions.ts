import { evidenceReadPermissions } from '../../shared/aws/evidence/dynamodb-evidence.ts';
import { findingWritePermissions } from '../../shared/aws/findings/dynamodb-store.ts';
import { waiverReadPermissions } from '../../shared/aws/findings/waiver-table.ts';
import { causeFinderPermissions } from '../../shared/aws/pipeline/cause-finder.ts';
import { claimReadPermissions, claimWritePermissions } from '../../shared/aws/pipeline/claims.ts';
import { startPermissions } from '../../shared/aws/pipeline/evaluations.ts';
import { historyReadPermissions } from '../../shared/aws/pipeline/history.ts';
import { scanStatePermissions } from '../../shared/aws/pipeline/scan-states.ts';
import { busyLanePermissions, registerPermissions } from '../../shared/aws/pipeline/scope-register.ts';

/** What judge-account may do: of the accounts it sees what was kept, and CloudTrail's events, to name who changed what. */
export const permissions = [
  ...claimReadPermissions,
  ...claimWritePermissions,
  ...findingWritePermissions,
  ...waiverReadPermissions,
  ...historyReadPermissions,
  ...evidenceReadPermissions,
  ...causeFinderPermissions,
  ...registerPermissions,
  ...busyLanePermissions,
  ...scanStatePermissions,
  ...startPermissions,
];
