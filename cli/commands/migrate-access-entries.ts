import type { Command } from 'commander';
import { migrateAccessEntries } from '../../shared/plans/migrations/access-entries.ts';
import { type MigrateOptions, runMigration, withMigration } from '../migration-options.ts';
import { findCluster } from '../names.ts';
import type { Cli } from '../program.ts';

interface EntriesOptions extends MigrateOptions {
  readonly cluster: string;
  readonly changeMode?: boolean;
}

/** `podtrust migrate access-entries`: from aws-auth to access entries. */
export function addMigrateAccessEntries(migrate: Command, cli: Cli): void {
  withMigration(
    migrate
      .command('access-entries')
      .description('from aws-auth to access entries: mode, an entry for each mapping, at last the rows'),
  )
    .requiredOption('--cluster <name>', 'cluster (name or ARN)')
    .option('--change-mode', 'plan the change of the authentication mode too, which nothing takes back')
    .addHelpText('after', EXAMPLES)
    .action(async (_options, command: Command) => {
      const options = command.optsWithGlobals<EntriesOptions>();
      const { cluster, changeMode = false, finish = false } = options;
      await runMigration(options, cli, (context) =>
        migrateAccessEntries({ cluster: findCluster(context.estate, cluster), changeMode, finish }, context),
      );
    });
}

const EXAMPLES = `
Examples:
  $ podtrust migrate access-entries --cluster prod --change-mode --output json --out plans/    1: the mode, for ever
  $ podtrust migrate access-entries --cluster prod --output json --out plans/                  2: the entries
  $ podtrust migrate access-entries --cluster prod --finish                                    3: the rows go

Exit codes: 0 planned, or nothing is left; 2 wrong input; 3 nothing can be planned now (the output says why); 4 no
credentials or nothing could be read.
`;
