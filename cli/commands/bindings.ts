import type { Command } from 'commander';
import { effectiveBindings } from '../../shared/audit/bindings.ts';
import { EXIT } from '../exit-codes.ts';
import { writeText } from '../files.ts';
import { type SourceOptions, withSource } from '../options.ts';
import { json } from '../output/json.ts';
import type { Cli } from '../program.ts';
import { loadEstate } from '../source.ts';

/** `podtrust bindings`: what is effective today, as the first file of declared bindings. */
export function addBindings(program: Command, cli: Cli): void {
  withSource(
    program.command('bindings').description('write the bindings that are effective today, as configuration'),
  )
    .option('--out <file>', 'write here instead of stdout')
    .addHelpText('after', EXAMPLES)
    .action(async (_options, command: Command) => {
      const options = command.optsWithGlobals<SourceOptions & { out?: string }>();
      const estate = await loadEstate(options, cli.io);
      const { bindings, left } = effectiveBindings(estate);
      const text = json({ bindings });
      if (options.out === undefined) cli.io.out(text);
      else await writeText(options.out, text, cli.io);
      if (options.quiet !== true) for (const note of left) cli.io.err(`podtrust: ${note}\n`);
      cli.exit(EXIT.ok);
    });
}

const EXAMPLES = `
Examples:
  $ podtrust bindings --out podtrust.config.json     then delete what is not meant; audit compares from now on

Exit codes: 0 written, 2 wrong input, 4 no credentials or nothing could be read.
`;
