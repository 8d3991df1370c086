import type { Command } from 'commander';
import type { Estate } from '../../shared/estate/estate.ts';
import { parseIssuer } from '../../shared/identity/issuer.ts';
import { migrateClusters, type OldCluster } from '../../shared/plans/migrations/cluster.ts';
import { UsageError } from '../errors.ts';
import { type MigrateOptions, runMigration, withMigration } from '../migration-options.ts';
import { findCluster } from '../names.ts';
import type { Cli } from '../program.ts';

interface ClusterOptions extends MigrateOptions {
  readonly from: string;
  readonly to: string;
}

/** `podtrust migrate cluster`: a cluster that takes the place of another. */
export function addMigrateCluster(migrate: Command, cli: Cli): void {
  withMigration(
    migrate
      .command('cluster')
      .description(
        'a new cluster beside an old one in every trust policy, with its associations and entries',
      ),
  )
    .requiredOption('--from <cluster>', 'the old cluster (name or ARN), or its issuer where it is gone')
    .requiredOption('--to <cluster>', 'the new cluster (name or ARN)')
    .addHelpText('after', EXAMPLES)
    .action(async (_options, command: Command) => {
      const options = command.optsWithGlobals<ClusterOptions>();
      const { from, to, finish = false } = options;
      await runMigration(options, cli, (context) =>
        migrateClusters(
          { from: oldCluster(context.estate, from), to: findCluster(context.estate, to), finish },
          context,
        ),
      );
    });
}

/** A cluster of the estate, or the issuer of one that is gone. Throws UsageError. */
function oldCluster(estate: Estate, wanted: string): OldCluster {
  const issuer = parseIssuer(wanted);
  const known = estate.clustersByIssuer.get(issuer.key)?.[0];
  if (known === undefined && issuer.eks !== undefined)
    return { name: `the cluster of ${issuer.key}`, issuerKey: issuer.key, view: null };
  const view = known ?? findCluster(estate, wanted);
  if (view.issuerKey === null)
    throw new UsageError(`the issuer of cluster "${view.cluster.name}" was not read.`);
  return { name: `cluster ${view.cluster.name}`, issuerKey: view.issuerKey, view };
}

const EXAMPLES = `
Examples:
  $ podtrust migrate cluster --from prod-1 --to prod-2 --output json --out plans/
  $ podtrust migrate cluster --from https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF --to prod-2
  $ podtrust migrate cluster --from prod-1 --to prod-2 --sessions trail --finish

Exit codes: 0 planned, or nothing is left; 2 wrong input; 3 nothing can be planned now (the output says why); 4 no
credentials or nothing could be read.
`;
