import type { Command } from 'commander';
import { kubernetesPermissions, readPermissions } from '../../shared/aws/permissions.ts';
import { probePermissions } from '../../shared/aws/probe/permissions.ts';
import { awsAuthRow, entryCommand, entryResource } from '../../shared/kubernetes/access/read-entry.ts';
import { readManifestFile, readManifests } from '../../shared/kubernetes/access/read-manifest.ts';
import { BEYOND_VIEW, READ_RIGHTS } from '../../shared/kubernetes/access/read-rights.ts';
import {
  annotateManifests,
  writeManifestFile,
  writeManifests,
} from '../../shared/kubernetes/access/write-manifest.ts';
import { WRITE_GROUP } from '../../shared/kubernetes/access/write-rights.ts';
import { rulesNeeding } from '../../shared/rules/rules-needing.ts';
import { UsageError } from '../errors.ts';
import { outputOption } from '../options.ts';
import { clusterWritesText } from '../output/cluster-writes-text.ts';
import { json } from '../output/json.ts';
import { kubernetesRightsText } from '../output/kubernetes-rights-text.ts';
import type { Cli } from '../program.ts';

interface Options {
  readonly output: string;
  readonly kubernetes?: boolean;
  readonly probe?: boolean;
  readonly write?: boolean;
  readonly cluster: string;
  readonly principal: string;
}

/** `podtrust permissions`: what reading and probing need, in IAM and in clusters, from what the code calls. */
export function addPermissions(program: Command, cli: Cli): void {
  program
    .command('permissions')
    .description('print the permissions that audit, collect, explain, who-can and probe need')
    .option(
      '--kubernetes',
      'what reading clusters needs: rights in them, a way into them, and what each is for',
    )
    .option('--write', 'with --kubernetes: what writing aws-auth and annotations needs instead')
    .option('--probe', 'what podtrust probe needs in IAM, and what of it needs nothing')
    .option('--cluster <name>', 'with --kubernetes: the cluster to enter', 'CLUSTER')
    .option('--principal <arn>', 'with --kubernetes: ARN of the role that reads, with its path', 'ROLE_ARN')
    .addOption(outputOption('table', 'json', 'yaml'))
    .addHelpText('after', EXAMPLES)
    .action((_options, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      if (options.write === true && options.kubernetes !== true)
        throw new UsageError(
          '--write goes with --kubernetes: what is written in AWS is in docs/changes.md, and in the template of the write role.',
        );
      if (options.write === true) cli.io.out(clusterWrites(options));
      else cli.io.out(options.kubernetes === true ? ofClusters(options, cli) : ofAws(options));
    });
}

const EXAMPLES = `
Examples:
  $ podtrust permissions
  $ podtrust permissions --output json > podtrust-read.json
  $ podtrust permissions --probe
  $ podtrust permissions --kubernetes --cluster prod --principal arn:aws:iam::111122223333:role/podtrust-read
  $ podtrust permissions --kubernetes --output yaml | kubectl apply -f -
  $ podtrust permissions --kubernetes --write --cluster prod --principal arn:aws:iam::111122223333:role/podtrust-write

Exit codes: 0 printed, 2 wrong input.
`;

function ofAws({ output, probe }: Options): string {
  if (output === 'yaml')
    throw new UsageError('--output yaml prints manifests for clusters: add --kubernetes, or take json.');
  const { actions, policy } = readPermissions();
  // A probe needs no action that reading does not: one policy serves both.
  if (output === 'json') return json(policy);
  return `${(probe === true ? probePermissions() : actions).join('\n')}\n`;
}

function ofClusters({ output, cluster, principal }: Options, { io }: Cli): string {
  const entrant = { cluster, principal };
  if (output === 'yaml') return readManifestFile();
  if (output === 'table') return kubernetesRightsText(entrant, io);
  return json({
    policy: kubernetesPermissions().policy,
    manifests: readManifests(),
    accessEntry: { command: entryCommand(entrant), cloudFormation: entryResource(entrant) },
    awsAuth: awsAuthRow(entrant),
    reads: READ_RIGHTS.map(({ read, view, lists }) => ({ read, view, rules: rulesNeeding(lists) })),
    unreadWithViewPolicyAlone: BEYOND_VIEW.map(({ read }) => read),
  });
}

/** What lets a role write aws-auth; annotations take a second group, for which nothing is handed out unasked. */
function clusterWrites({ output, cluster, principal }: Options): string {
  if (output === 'yaml') return writeManifestFile();
  const entrant = { cluster, principal, groups: [WRITE_GROUP] };
  if (output === 'table') return clusterWritesText(entrant);
  return json({
    manifests: writeManifests(),
    annotations: annotateManifests(),
    accessEntry: { command: entryCommand(entrant), cloudFormation: entryResource(entrant) },
    awsAuth: awsAuthRow(entrant),
  });
}
