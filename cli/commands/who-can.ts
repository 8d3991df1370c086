import type { Command } from 'commander';
import { whoCan } from '../../shared/audit/who-can.ts';
import { EXIT } from '../exit-codes.ts';
import { findRole } from '../names.ts';
import { outputOption, type SourceOptions, withSource } from '../options.ts';
import { json } from '../output/json.ts';
import { whoCanText } from '../output/who-can-text.ts';
import type { Cli } from '../program.ts';
import { loadEstate } from '../source.ts';

/** `podtrust who-can ROLE`: everyone who can become a role. */
export function addWhoCan(program: Command, cli: Cli): void {
  withSource(program.command('who-can').description('list everyone who can become a role, and how'))
    .argument('<role>', 'role (ARN or name)')
    .addOption(outputOption('table', 'json'))
    .addHelpText('after', EXAMPLES)
    .action(async (wanted: string, _options, command: Command) => {
      const options = command.optsWithGlobals<SourceOptions & { output: string }>();
      const estate = await loadEstate(options, cli.io);
      const answer = whoCan(estate, findRole(estate, wanted).role.arn);
      cli.io.out(options.output === 'json' ? json(answer) : whoCanText(answer, cli.io));
      cli.exit(EXIT.ok);
    });
}

const EXAMPLES = `
Examples:
  $ podtrust who-can shop-api
  $ podtrust who-can arn:aws:iam::111122223333:role/team/shop-api --snapshot estate.json.gz --output json

Exit codes: 0 listed, 2 wrong input, 4 no credentials or nothing could be read.
`;
