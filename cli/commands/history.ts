import type { Command } from 'commander';
import { standingOf } from '../../shared/changes/repairs/entries.ts';
import { PoisonedPlanError } from '../../shared/changes/repairs/kept-plan.ts';
import { UnreadableRepairError } from '../../shared/changes/repairs/parts.ts';
import type { RepairStore } from '../../shared/changes/repairs/repair-store.ts';
import { EXIT } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { outputOption } from '../options.ts';
import { historyText, plansText, type ShownPlan } from '../output/history-text.ts';
import { json } from '../output/json.ts';
import type { Cli } from '../program.ts';
import { type StoreOptions, withStore } from '../repair/options.ts';
import { isDigest, planArgument } from '../repair/plan-argument.ts';
import { openStore } from '../repair/store.ts';

interface HistoryOptions extends StoreOptions {
  readonly output: 'text' | 'json';
}

/** `podtrust history`: the audit trail of repairs. */
export function addHistory(program: Command, cli: Cli): void {
  withStore(program.command('history').description('what was planned, decided and written, and by whom'))
    .argument('[plan]', 'digest of one plan; all of them otherwise')
    .option('--profile <name>', 'profile of the AWS configuration files')
    .addOption(outputOption('text', 'json'))
    .addHelpText('after', EXAMPLES)
    .action(async (plan: string | undefined, _options, command: Command) => {
      const options = command.optsWithGlobals<HistoryOptions>();
      const { store, close } = await openStore(options, cli.io);
      try {
        if (plan === undefined) {
          const lines = await Promise.all(
            (await store.plans()).map(async (line) => ({
              ...line,
              standing: standingOf(await store.entries(line.plan)),
            })),
          );
          cli.io.out(options.output === 'json' ? json({ plans: lines }) : plansText(lines, cli.io));
        } else {
          const shown = await historyOf(plan, store, cli.io);
          cli.io.out(options.output === 'json' ? json(shown) : historyText(shown, cli.io));
        }
        cli.exit(EXIT.ok);
      } finally {
        close();
      }
    });
}

/** What is kept of one plan; one that somebody changed has its history all the same, and is not shown as it is kept. */
async function historyOf(argument: string, store: RepairStore, io: Io): Promise<ShownPlan> {
  const digest = isDigest(argument) ? argument : await planArgument(argument, undefined, store, io);
  const [entries, decision] = [await store.entries(digest), await store.decision(digest)];
  const rest = { digest, standing: standingOf(entries), decision, entries };
  try {
    return { ...rest, plan: (await store.plan(digest)).plan };
  } catch (error) {
    const isChanged = error instanceof PoisonedPlanError || error instanceof UnreadableRepairError;
    if (!isChanged || entries.length === 0) throw error;
    return { ...rest, plan: null, problem: error.message };
  }
}

const EXAMPLES = `
Examples:
  $ podtrust history
  $ podtrust history 5d41402abc4b… --output json
  $ podtrust history --table PodtrustHub-RepairsTable…       of the deployed hub

Exit codes: 0 shown, 2 wrong input or a plan that is not kept.
`;
