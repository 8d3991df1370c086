import { type Command, Option } from 'commander';
import { standingOf } from '../../shared/changes/repairs/entries.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { plain } from '../output/plain.ts';
import type { Cli } from '../program.ts';
import { callerOf } from '../repair/caller.ts';
import { type StoreOptions, withStore } from '../repair/options.ts';
import { type OpenStore, openStore } from '../repair/store.ts';

interface FixesOptions extends StoreOptions {
  readonly reason: string;
}

/** `podtrust fixes stop|resume|status|unlock`: the kill switch, and the locks of a plan that stopped. */
export function addFixes(program: Command, cli: Cli): void {
  const fixes = program
    .command('fixes')
    .description('the kill switch of repairs, and the locks of a plan that stopped')
    .addHelpText('after', EXAMPLES);
  turn(fixes, cli, 'stop', true, 'engage the kill switch: nothing is written any more, also no way back');
  turn(fixes, cli, 'resume', false, 'turn the kill switch off again');
  verb(fixes, 'status', 'say whether the kill switch is engaged').action(
    async (_options, command: Command) => {
      await withOpen(command, cli, async ({ store }) => {
        const { engaged, note } = await store.killSwitch();
        cli.io.out(`The kill switch is ${engaged ? 'engaged' : 'off'}${plain(note)}.\n`);
        cli.exit(engaged ? EXIT.found : EXIT.ok);
      });
    },
  );
  verb(fixes, 'unlock', 'let go of the targets of a plan that stopped, once they were put right by hand')
    .argument('<plan>', 'digest of the plan')
    .addOption(new Option('--reason <text>', 'what was done, kept in the history').makeOptionMandatory())
    .action(async (plan: string, _options, command: Command) => {
      await withOpen(command, cli, async (opened, options) => unlock(plan, options, opened, cli));
    });
}

function turn(fixes: Command, cli: Cli, name: string, engaged: boolean, description: string): void {
  verb(fixes, name, description)
    .addOption(new Option('--reason <text>', 'kept with it').makeOptionMandatory())
    .action(async (_options, command: Command) => {
      await withOpen(command, cli, async ({ store }, options) => {
        const { arn } = await callerOf(options.profile);
        await store.turnKillSwitch(engaged, arn, options.reason.slice(0, 1000));
        cli.io.out(`The kill switch is ${engaged ? 'engaged' : 'off'}.\n`);
        cli.exit(EXIT.ok);
      });
    });
}

const verb = (fixes: Command, name: string, description: string): Command =>
  withStore(fixes.command(name).description(description))
    .option('--profile <name>', 'profile of the AWS configuration files')
    .addHelpText('after', EXAMPLES);

async function withOpen(
  command: Command,
  cli: Cli,
  act: (opened: OpenStore, options: FixesOptions) => Promise<void>,
): Promise<void> {
  const options = command.optsWithGlobals<FixesOptions>();
  const opened = await openStore(options, cli.io);
  try {
    await act(opened, options);
  } finally {
    opened.close();
  }
}

async function unlock(digest: string, options: FixesOptions, { store }: OpenStore, cli: Cli): Promise<void> {
  const entries = await store.entries(digest);
  // A plan that somebody changed is unlocked like any other: its history and its locks say enough.
  if (entries.length === 0) await store.plan(digest);
  const standing = standingOf(entries);
  if (standing !== 'stopped')
    throw new UsageError(`plan ${digest} is ${standing}: only a plan that stopped is unlocked.`);
  const { arn } = await callerOf(options.profile);
  await store.note({ plan: digest, what: 'unlocked', by: arn, reason: options.reason });
  for (const key of await store.locks.heldBy(digest)) await store.locks.release(key, digest);
  cli.io.out(
    `The targets of plan ${digest} are unlocked. The plan is over: what is left to repair needs a new one.\n`,
  );
  cli.exit(EXIT.ok);
}

const EXAMPLES = `
Examples:
  $ podtrust fixes stop --reason "incident 4711" --table PodtrustHub-RepairsTable…
  $ podtrust fixes status
  $ podtrust fixes resume --reason "over"
  $ podtrust fixes unlock 5d41402abc4b… --reason "trust policy of shop put back by hand"

Without --table these are the kill switch and the locks of the file of --store alone: the hub goes on.

Exit codes: 0 done, or status: the kill switch is off; 1 status: it is engaged; 2 wrong input.
`;
