import type { Command } from 'commander';
import { takingBack } from '../../shared/changes/guards/taken-back.ts';
import { withObjections } from '../../shared/changes/objections.ts';
import type { Plan } from '../../shared/changes/plan.ts';
import { standingOf } from '../../shared/changes/repairs/entries.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { assemble } from '../../shared/plans/assemble.ts';
import { planText } from '../../shared/plans/describe/text.ts';
import { noLongerStands } from '../../shared/plans/no-longer-stands.ts';
import { loadConfig } from '../config.ts';
import { UsageError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { outputOption, type SourceOptions, withSource } from '../options.ts';
import { json } from '../output/json.ts';
import { plainLines } from '../output/plain.ts';
import { styleFor } from '../output/style.ts';
import type { Cli } from '../program.ts';
import { type StoreOptions, withStore } from '../repair/options.ts';
import { keepPlan, planArgument } from '../repair/plan-argument.ts';
import { openStore } from '../repair/store.ts';
import { loadEstate } from '../source.ts';

interface RollbackOptions extends SourceOptions, StoreOptions {
  readonly output: 'text' | 'json';
  readonly config?: string;
}

/** `podtrust rollback`: the plan that takes back what another wrote; it is approved and applied like any other. */
export function addRollback(program: Command, cli: Cli): void {
  withStore(
    withSource(
      program.command('rollback').description('plan how to take back what a plan wrote; changes nothing'),
    ),
  )
    .argument('<plan>', 'digest of a plan that was applied')
    .option('--config <file>', 'configuration (default: podtrust.config.json here, when there is one)')
    .addOption(outputOption('text', 'json'))
    .addHelpText('after', EXAMPLES)
    .action(async (plan: string, _options, command: Command) => {
      cli.exit(await runRollback(plan, command.optsWithGlobals<RollbackOptions>(), cli));
    });
}

async function runRollback(argument: string, options: RollbackOptions, { io }: Cli): Promise<ExitCode> {
  const config = await loadConfig(options.config, io);
  const { store, close } = await openStore(options, io);
  try {
    const digest = await planArgument(argument, undefined, store, io);
    const standing = standingOf(await store.entries(digest));
    if (standing !== 'verified')
      throw new UsageError(
        `plan ${digest} is ${standing}: only what was applied and verified can be taken back. A plan that stopped is put right by hand (docs/repair.md).`,
      );
    const { plan } = await store.plan(digest);
    const changes = takingBack(plan.changes);
    if (changes === null)
      throw new UsageError(`plan ${digest} has a change that nothing takes back (an authentication mode).`);
    const estate = await loadEstate(options, io, config);
    const draft = {
      kind: 'draft' as const,
      title: `Takes back: ${plan.title}`,
      changes,
      wish: `whoever asks to take back plan ${digest}`,
      approval: ['It brings back what podtrust found wrong.'],
    };
    const whole = assemble(draft, [], { estate, config, hash: sha256, now: io.now().toISOString() });
    const back = withObjections(whole, noLongerStands(plan.changes, estate));
    const made = await keepPlan(back, store, digest);
    const { bold, green, red } = styleFor(io);
    io.out(
      options.output === 'json'
        ? json({ digest: made, plan: back })
        : `${planText(back, made, plainLines, { title: bold, added: green, removed: red })}\n${nextOf(back, made)}\n`,
    );
    return EXIT.ok;
  } finally {
    close();
  }
}

function nextOf({ blockers }: Plan, digest: string): string {
  return blockers.length === 0
    ? `It is kept. Next: podtrust approve ${digest}, then podtrust apply ${digest} --digest ${digest}`
    : 'It is kept, and is not applied as it is: put right by hand what has to be, or plan the way back of what was written since.';
}

const EXAMPLES = `
Examples:
  $ podtrust rollback 5d41402abc4b…        shows the way back, and keeps it as a plan of its own

Exit codes: 0 planned, 2 wrong input or nothing to take back, 4 no credentials or nothing could be read.
`;
