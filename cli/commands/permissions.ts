import type { Command } from 'commander';
import { readPermissions } from '../../shared/aws/permissions.ts';
import { outputOption } from '../options.ts';
import { json } from '../output/json.ts';
import type { Cli } from '../program.ts';

/** `podtrust permissions`: the IAM permissions that reading needs, from what the code calls. */
export function addPermissions(program: Command, cli: Cli): void {
  program
    .command('permissions')
    .description('print the IAM permissions that audit, collect, explain and who-can need')
    .addOption(outputOption('table', 'json'))
    .addHelpText(
      'after',
      '\nExamples:\n  $ podtrust permissions\n  $ podtrust permissions --output json > podtrust-read.json\n',
    )
    .action((_options, command: Command) => {
      const { output } = command.optsWithGlobals<{ output: string }>();
      const { actions, policy } = readPermissions();
      cli.io.out(output === 'json' ? json(policy) : `${actions.join('\n')}\n`);
    });
}
