import type { Command } from 'commander';
import { writeSnapshot } from '../../shared/estate/write-snapshot.ts';
import { loadConfig } from '../config.ts';
import { EXIT } from '../exit-codes.ts';
import { writeText } from '../files.ts';
import { type SourceOptions, withCreators, withSessions, withSource } from '../options.ts';
import type { Cli } from '../program.ts';
import { collectLive } from '../source.ts';

interface CollectOptions extends SourceOptions {
  readonly out?: string;
  readonly requireCoverage?: boolean;
  readonly config?: string;
}

/** `podtrust collect`: reads AWS into one snapshot file. */
export function addCollect(program: Command, cli: Cli): void {
  withSessions(
    withCreators(
      withSource(
        program.command('collect').description('read AWS into a snapshot: one file, without secrets'),
        false,
      ),
    ),
  )
    .option('--out <file>', 'write here instead of stdout; gzipped when it ends in .gz')
    .option('--config <file>', 'configuration (default: podtrust.config.json here, when there is one)')
    .option('--require-coverage', 'exit 3 when any read failed')
    .addHelpText('after', EXAMPLES)
    .action(async (_options, command: Command) => {
      const options = command.optsWithGlobals<CollectOptions>();
      const asked = options.sessions === 'trail' || options.organization === true;
      const config = asked ? await loadConfig(options.config, cli.io) : undefined;
      const snapshot = await collectLive(options, cli.io, config);
      const text = writeSnapshot(snapshot);
      if (options.out === undefined) cli.io.out(text);
      else await writeText(options.out, text, cli.io);
      const gaps = snapshot.coverage.length;
      if (gaps > 0 && options.quiet !== true) {
        cli.io.err(
          `podtrust: ${gaps} reads failed; they are in the snapshot's coverage, and what needs them stays unknown.\n`,
        );
      }
      cli.exit(options.requireCoverage === true && gaps > 0 ? EXIT.unknown : EXIT.ok);
    });
}

const EXAMPLES = `
Examples:
  $ podtrust collect --out estate.json.gz
  $ podtrust collect --accounts 222233334444 --read-role podtrust-read --out both.json
  $ podtrust collect | podtrust audit --snapshot -

Exit codes: 0 read, 2 wrong input, 3 incomplete coverage under --require-coverage, 4 no credentials or nothing could
be read.
`;
