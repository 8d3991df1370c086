import { secondOpinionPermissions } from '../../shared/aws/changes/second-opinion.ts';
import { DEFAULT_READ_ROLE } from '../../shared/aws/clients.ts';
import { trailPermissions } from '../../shared/aws/evidence/trail/permissions.ts';
import {
  causePermissions,
  furtherAccountPermissions,
  organizationPermissions,
  readPermissions,
} from '../../shared/aws/permissions.ts';
import { WITHOUT_PERMISSION } from '../../shared/aws/probe/permissions.ts';

/** docs/permissions.md: what podtrust asks of AWS, from the reads that declare it. */
export function permissionsGuide(): string {
  const read = readPermissions();
  const further = furtherAccountPermissions('aws', DEFAULT_READ_ROLE);
  return `# Permissions

Generated from the code: each read declares its actions beside the call. \`podtrust permissions\` prints the same.

podtrust reads. No action below changes anything, apart from results of queries where you ask for those, and none returns a secret. An action that is denied costs only the
answers that depend on it: the failed read is listed as a coverage gap, and what needs it is unknown.

## Reading an account

For \`audit\`, \`collect\`, \`explain\`, \`who-can\` and \`bindings\` on live AWS, for the caller's account and, as the policy of the
read role, in every further account.

${document(read.policy)}

\`iam:GetPolicy\` and \`iam:GetPolicyVersion\` are used only for managed policies whose document the bulk read leaves out;
\`account:ListRegions\` finds the enabled regions: without it, only the regions that every account has are read, and clusters
in others stay unseen.

## Reading further accounts

For \`--accounts ID,ID\`: the caller needs this besides (other partitions and another \`--read-role\` change the ARN), and the role must exist in each
account, allow the actions above, and trust the caller.

${document(further.policy)}

## Reading an organization

For \`--organization\`: the caller is the management account or a delegated administrator of AWS Organizations and needs this besides;
the read role must exist in every account of it.

${document(organizationPermissions().policy)}

## Probing

For \`podtrust probe\`: the permissions for reading (none with \`--snapshot\`), of which \`eks:DescribeCluster\` finds the API server (needless
with \`--kubeconfig\`). Two calls need no permission at all:

${WITHOUT_PERMISSION.map(({ action, why }) => `- \`${action}\`: ${why}.`).join('\n')}

What it needs in Kubernetes is in [probe](probe.md).

## Asking IAM Access Analyzer

For \`--access-analyzer\` of \`plan\`, \`associate\`, \`annotate\` and \`migrate\`, or \`fixes.accessAnalyzer\`, in the caller's account alone: both calls are
about documents, not resources. Without them each plan that writes a trust policy is blocked, with the reason.

${document({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: secondOpinionPermissions.flatMap(({ actions }) => actions), Resource: '*' }] })}

## Looking up causes and sessions

For \`audit --causes\`, \`report --causes\`, \`audit --sessions\` and \`collect --sessions\`, besides, in every account that is read. Only this answer names callers and their addresses.

${document(causePermissions().policy)}

## Asking a trail's log files

For \`--sessions trail\`, in the account of the table alone ([evidence](evidence.md)). The names are those of \`evidence.trail\` of the
configuration, the buckets those of the log files and of Athena's results: a query writes its answer there, and nothing else is
written. Encrypted log files ask for \`kms:Decrypt\` with their key besides, tables under Lake Formation for \`SELECT\` there.

${document(TRAIL)}
`;
}

const TRAIL = trailPermissions(
  { database: 'DATABASE', table: 'TABLE', workgroup: 'primary' },
  {
    partition: 'aws',
    region: 'REGION',
    account: 'ACCOUNT',
    logs: 'BUCKET-OF-LOG-FILES',
    results: 'BUCKET-OF-RESULTS',
  },
);

const document = (policy: object): string => `\`\`\`json\n${JSON.stringify(policy, null, 2)}\n\`\`\``;
