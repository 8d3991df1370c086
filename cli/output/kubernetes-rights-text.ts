import { kubernetesPermissions } from '../../shared/aws/permissions.ts';
import { awsAuthRow, type Entrant, entryCommand } from '../../shared/kubernetes/access/read-entry.ts';
import {
  BEYOND_VIEW,
  READ_GROUP,
  READ_RIGHTS,
  type ReadRight,
} from '../../shared/kubernetes/access/read-rights.ts';
import { rulesNeeding } from '../../shared/rules/rules-needing.ts';
import type { Io } from '../io.ts';
import { plain } from './plain.ts';
import { table } from './table.ts';

/** What lets podtrust read a cluster, and what each missing right costs, for people. */
export function kubernetesRightsText(entrant: Entrant, io: Io): string {
  const rows = READ_RIGHTS.map((right) => [rightOf(right), right.view ? 'yes' : 'no', costOf(right)]);
  const columns = [
    { head: 'RIGHT', width: 'fit' },
    { head: 'IN VIEW', width: 'fit' },
    { head: 'UNKNOWN WITHOUT IT', width: 100 },
  ] as const;
  return [
    `In IAM, besides what \`podtrust permissions\` prints: ${kubernetesPermissions().actions.join(', ')}.`,
    '',
    `In the cluster, the group ${READ_GROUP}:`,
    '  podtrust permissions --kubernetes --output yaml | kubectl apply -f -',
    '',
    'To enter the cluster, an access entry with that group:',
    `  ${plain(entryCommand(entrant))}`,
    'or, where the cluster looks at aws-auth alone, a row of mapRoles:',
    `  - ${plain(JSON.stringify(awsAuthRow(entrant)))}`,
    '',
    'What the group may do, and what each right is for:',
    table(io, columns, rows),
    `With the access policy AmazonEKSViewPolicy alone ${BEYOND_VIEW.length} of the ${READ_RIGHTS.length} reads fail. Undecided then, in part or whole:`,
    `  ${rulesNeeding(BEYOND_VIEW.flatMap(({ lists }) => lists)).join(', ')}.`,
    '',
  ].join('\n');
}

/** `list nodes`, `get configmaps/aws-auth in kube-system`. */
export function rightOf({ verb, resource, only }: ReadRight): string {
  return only === undefined ? `${verb} ${resource}` : `${verb} ${resource}/${only.name}, ${only.namespace}`;
}

/** Rules that a missing right leaves undecided; what is only told with findings otherwise. */
export function costOf({ lists }: ReadRight): string {
  const rules = rulesNeeding(lists);
  return rules.length === 0 ? 'no rule; near misses are not told' : rules.join(', ');
}
