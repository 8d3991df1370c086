import { type Command, Option } from 'commander';
import { loadConfig } from '../config.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { readText } from '../files.ts';
import { outputOption } from '../options.ts';
import { json } from '../output/json.ts';
import { transitionText } from '../output/story-text.ts';
import type { Cli } from '../program.ts';

interface ReplayOptions {
  readonly snapshot?: string;
  readonly config?: string;
  readonly output: string;
}

/** `podtrust replay`: what the pipeline would tell of these events. */
export function addReplay(program: Command, cli: Cli): void {
  program
    .command('replay')
    .description('play CloudTrail events through the pipeline in this process, and show what it would tell')
    .argument(
      '<files...>',
      'events, lists of them, JSON Lines, CloudTrail logs, scenarios, or folders of these',
    )
    .addOption(
      new Option('-s, --snapshot <file>', 'AWS answers from this snapshot; the events change nothing'),
    )
    .addOption(new Option('--config <file>', 'podtrust.config.json'))
    .addOption(outputOption('table', 'json'))
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], _options, command: Command) => {
      const options = command.optsWithGlobals<ReplayOptions>();
      const { readEvents } = await import('../replay.ts');
      const { replay } = await import('../../simulator/events/replay.ts');
      const { parseSnapshot } = await import('../../shared/estate/parse-snapshot.ts');
      const events = await readEvents(files, cli.io);
      const parsed =
        options.snapshot === undefined
          ? undefined
          : parseSnapshot(await readText(options.snapshot, 'snapshot', cli.io));
      if (parsed !== undefined && 'error' in parsed)
        throw new UsageError(`snapshot "${options.snapshot}": ${parsed.error}`);
      const table = options.output !== 'json';
      const replayed = await replay(events, {
        config: await loadConfig(options.config, cli.io),
        ...(parsed !== undefined && { snapshot: parsed.snapshot }),
        heard: (transition) => {
          if (table) cli.io.out(`${transitionText(transition, cli.io)}\n`);
        },
      });
      if (table) {
        const { ignored, unreadable, applied, evaluations, transitions, open } = replayed;
        cli.io.out(
          `${replayed.events} events (${ignored} ask for nothing, ${unreadable} are none), ${evaluations} evaluations, ` +
            `${transitions.length} transitions; open at the end: ${open}.\n`,
        );
        if (applied !== null)
          cli.io.out(
            `Calls made again: ${applied.applied}, refused: ${applied.refused}, others: ${applied.unknown}.\n`,
          );
      } else cli.io.out(json({ schemaVersion: 1, ...replayed }));
      cli.exit(replayed.open > 0 ? EXIT.found : EXIT.ok);
    });
}

const EXAMPLES = `
Without --snapshot, the accounts that the events name are simulated, with the clusters and issuers that they name, and each
call is made again there; with it, only the events are played, and AWS answers as it did for the snapshot.

Examples:
  $ podtrust replay events/scenarios/trust-widened.json
  $ podtrust replay event.json --snapshot estate.json.gz
  $ podtrust replay cloudtrail-logs/ --output json

Exit codes: 0 nothing that was told is open at the end, 1 something is, 2 wrong input.
`;
