import { type Command, Option } from 'commander';
import { EXIT } from '../exit-codes.ts';
import type { Cli } from '../program.ts';

interface DemoOptions {
  readonly out: string;
}

/** `podtrust demo`: collection, audit and event pipeline over a simulated organization. */
export function addDemo(program: Command, cli: Cli): void {
  program
    .command('demo')
    .description('audit a simulated organization and watch events become findings; needs no AWS account')
    .addOption(
      new Option('--out <folder>', 'where the snapshot, the audit and the report are written').default(
        'podtrust-demo',
      ),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (_options, command: Command) => {
      const { runDemo } = await import('../demo.ts');
      await runDemo(command.optsWithGlobals<DemoOptions>().out, cli.io);
      cli.exit(EXIT.ok);
    });
}

const EXAMPLES = `
Examples:
  $ podtrust demo
  $ podtrust demo --out /tmp/look && podtrust audit --snapshot /tmp/look/snapshot.json --severity critical

Exit codes: 0 shown, 2 a folder that cannot be written.
`;
