import { type Command, InvalidArgumentError, Option } from 'commander';
import { loadConfig } from '../config.ts';
import { UsageError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { outputOption, type SourceOptions, withSource } from '../options.ts';
import { json } from '../output/json.ts';
import { plain } from '../output/plain.ts';
import type { Cli } from '../program.ts';
import { callerOf } from '../repair/caller.ts';
import { livePorts } from '../repair/live-ports.ts';
import { type StoreOptions, withStore } from '../repair/options.ts';
import { planArgument } from '../repair/plan-argument.ts';
import { type RepairOutcome, runRepair } from '../repair/run-repair.ts';
import { openStore } from '../repair/store.ts';

interface ApplyOptions extends SourceOptions, StoreOptions {
  readonly digest: string;
  readonly output: 'text' | 'json';
  readonly config?: string;
  readonly waivers?: string;
  readonly annotate?: boolean;
}

/** `podtrust apply`: one approved plan, with the guards of the workflow; verified, and taken back when it did not help. */
export function addApply(program: Command, cli: Cli): void {
  withStore(
    withSource(
      program.command('apply').description('apply an approved plan, verify it, and take it back if it fails'),
    ),
  )
    .argument('<plan>', 'file of podtrust plan --output json, or the digest of a plan that is kept')
    .addOption(
      new Option('--digest <sha256>', 'digest of the plan that you looked at')
        .makeOptionMandatory()
        .argParser(sha256Digest),
    )
    .option('--config <file>', 'configuration (default: podtrust.config.json here, when there is one)')
    .option('--waivers <file>', 'accepted findings (default: podtrust.waivers.yaml here, when there is one)')
    .option(
      '--annotate',
      'write annotations of ServiceAccounts, too: what their chart or manifest says stays otherwise',
    )
    .addOption(outputOption('text', 'json'))
    .addHelpText('after', EXAMPLES)
    .action(async (plan: string, _options, command: Command) => {
      cli.exit(await runApply(plan, command.optsWithGlobals<ApplyOptions>(), cli));
    });
}

/** Parses the digest of a plan. */
export function sha256Digest(value: string): string {
  if (!/^[0-9a-f]{64}$/.test(value)) throw new InvalidArgumentError('It takes 64 hexadecimal digits.');
  return value;
}

async function runApply(plan: string, options: ApplyOptions, { io }: Cli): Promise<ExitCode> {
  if (options.snapshot !== undefined) throw new UsageError('apply goes by live AWS: leave out --snapshot.');
  const config = await loadConfig(options.config, io);
  if (config.fixes === undefined)
    throw new UsageError(
      'the configuration has no "fixes": nothing is written. Say there what may be repaired (docs/repair.md).',
    );
  const opened = await openStore(options, io);
  try {
    const digest = await planArgument(plan, options.digest, opened.store, io);
    const { account } = await callerOf(options.profile);
    const ports = await livePorts(digest, opened, config, options, io, account);
    const result = await runRepair(digest, ports);
    io.out(options.output === 'json' ? json({ plan: digest, ...result }) : outcomeText(digest, result));
    return CODES[result.outcome];
  } finally {
    opened.close();
  }
}

const CODES: Readonly<Record<RepairOutcome['outcome'], ExitCode>> = {
  verified: EXIT.ok,
  refused: EXIT.found,
  stale: EXIT.found,
  rejected: EXIT.found,
  'rolled-back': EXIT.found,
  later: EXIT.unknown,
  stopped: EXIT.unknown,
};

const WORDS: Readonly<Record<RepairOutcome['outcome'], string>> = {
  verified: 'Applied and verified',
  refused: 'Not applied',
  stale: 'Not applied, the plan is stale',
  rejected: 'Not applied',
  'rolled-back': 'Taken back, everything is as it was before',
  later: 'Not now',
  stopped: 'STOPPED: some of it may stand, and its targets are locked',
};

function outcomeText(digest: string, { outcome, reason }: RepairOutcome): string {
  const next =
    outcome === 'verified'
      ? `podtrust rollback ${digest} makes the plan that takes it back.\n`
      : outcome === 'stopped'
        ? `podtrust history ${digest} shows what stands; docs/repair.md, "A plan that stopped", says what to do.\n`
        : '';
  return `${WORDS[outcome]}: ${plain(reason)}.\n${next}`;
}

const EXAMPLES = `
Examples:
  $ podtrust plan --finding 3f2a91 --output json --out plan.json     prints the digest
  $ podtrust approve plan.json
  $ podtrust apply plan.json --digest 5d41402abc4b2a76b9719d911017c592ae1d5b0e1b7a4b8f0c9d8e7f6a5b4c3d

Without --table nothing of the hub is asked: kill switch, canary, budget, locks and approvals are those of the file of
--store (podtrust.repairs.db) alone. \`podtrust fixes stop\` without --table stops that file, and not the hub. What a
finding's status is, is read once, when the command begins.

Exit codes: 0 applied and verified, 1 not applied or taken back, 2 wrong input, 3 not now (a guard says later) or
stopped, 4 no credentials or nothing could be read.
`;
