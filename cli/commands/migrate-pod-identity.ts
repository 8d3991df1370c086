import type { Command } from 'commander';
import { migratePodIdentity } from '../../shared/plans/migrations/pod-identity.ts';
import { type MigrateOptions, runMigration, withMigration } from '../migration-options.ts';
import { findCluster } from '../names.ts';
import type { Cli } from '../program.ts';

interface PodIdentityOptions extends MigrateOptions {
  readonly cluster?: string;
  readonly account?: string;
  readonly namespace?: string;
  readonly serviceAccount?: string;
}

/** `podtrust migrate pod-identity`: from IRSA to EKS Pod Identity. */
export function addMigratePodIdentity(migrate: Command, cli: Cli): void {
  withMigration(
    migrate
      .command('pod-identity')
      .description('from IRSA to EKS Pod Identity: agent, trust beside, association, restarts, verification'),
  )
    .option('--cluster <name>', 'only this cluster (name or ARN)')
    .option('--account <id>', 'only clusters of this account')
    .option('--namespace <name>', 'only this namespace')
    .option('--service-account <name>', 'only ServiceAccounts of this name')
    .addHelpText('after', EXAMPLES)
    .action(async (_options, command: Command) => {
      const options = command.optsWithGlobals<PodIdentityOptions>();
      await runMigration(options, cli, (context) => {
        const { cluster, account, namespace, serviceAccount, finish = false } = options;
        const all = cluster === undefined ? context.estate.clusters : [findCluster(context.estate, cluster)];
        const clusters = all.filter((view) => account === undefined || view.account.id === account);
        return migratePodIdentity(
          {
            clusters,
            finish,
            ...(namespace !== undefined && { namespace }),
            ...(serviceAccount !== undefined && { serviceAccount }),
          },
          context,
        );
      });
    });
}

const EXAMPLES = `
Examples:
  $ podtrust migrate pod-identity --cluster prod
  $ podtrust migrate pod-identity --cluster prod --namespace shop --output json --out plans/
  $ podtrust migrate pod-identity --cluster prod --sessions trail            after the restarts: who was seen?
  $ podtrust migrate pod-identity --cluster prod --sessions trail --finish   the OIDC statements go

Exit codes: 0 planned, or nothing is left; 2 wrong input; 3 nothing can be planned now (the output says why); 4 no
credentials or nothing could be read.
`;
