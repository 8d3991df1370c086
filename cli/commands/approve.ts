import { type Command, Option } from 'commander';
import type { Decision } from '../../shared/changes/guards/approval.ts';
import { type Decided, decide } from '../../shared/pipeline/repair/decide.ts';
import { loadConfig } from '../config.ts';
import { UsageError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { outputOption } from '../options.ts';
import { json } from '../output/json.ts';
import { plain } from '../output/plain.ts';
import type { Cli } from '../program.ts';
import { callerOf } from '../repair/caller.ts';
import { type StoreOptions, withStore } from '../repair/options.ts';
import { planArgument } from '../repair/plan-argument.ts';
import { openStore } from '../repair/store.ts';
import { sha256Digest } from './apply.ts';

interface DecideOptions extends StoreOptions {
  readonly digest?: string;
  readonly function?: string;
  readonly reason?: string;
  readonly config?: string;
  readonly output: 'text' | 'json';
}

/** `podtrust approve`. */
export const addApprove = (program: Command, cli: Cli): void =>
  addDecision(program, cli, 'approve', 'approved', 'approve a plan, by its digest, as who AWS says you are');

/** `podtrust reject`. */
export const addReject = (program: Command, cli: Cli): void =>
  addDecision(program, cli, 'reject', 'rejected', 'reject a plan for good, by its digest');

type Verdict = Decision['verdict'];

function addDecision(program: Command, cli: Cli, verb: string, verdict: Verdict, description: string): void {
  withStore(program.command(verb).description(description))
    .argument('<plan>', 'file of podtrust plan --output json, or the digest of a plan that is kept')
    .addOption(new Option('--digest <sha256>', 'refuse a file of another digest').argParser(sha256Digest))
    .option('--function <name>', "the hub's function podtrust-decide, for plans of the deployed workflow")
    .option('--reason <text>', 'kept with the decision')
    .option('--profile <name>', 'profile of the AWS configuration files')
    .option('--config <file>', 'configuration (default: podtrust.config.json here, when there is one)')
    .addOption(outputOption('text', 'json'))
    .addHelpText('after', examplesOf(verb))
    .action(async (plan: string, _options, command: Command) => {
      cli.exit(await runDecision(plan, verdict, command.optsWithGlobals<DecideOptions>(), cli));
    });
}

async function runDecision(
  plan: string,
  verdict: Verdict,
  options: DecideOptions,
  { io }: Cli,
): Promise<ExitCode> {
  if (options.reason !== undefined && options.reason.length > 1000)
    throw new UsageError('--reason takes at most 1,000 characters.');
  const decision =
    options.function === undefined
      ? await decideHere(plan, verdict, options, io)
      : await decideThere(plan, verdict, options, options.function, io);
  io.out(options.output === 'json' ? json(decision) : decisionText(decision, options.function !== undefined));
  return decision.verdict === verdict ? EXIT.ok : EXIT.found;
}

async function decideHere(plan: string, verdict: Verdict, options: DecideOptions, io: Cli['io']) {
  const config = await loadConfig(options.config, io);
  const { store, close } = await openStore(options, io);
  try {
    const digest = await planArgument(plan, options.digest, store, io);
    const { reason } = options;
    const ports = {
      store,
      now: io.now,
      callbacks: { decided: async () => false },
      ownRoles: [config.deployment.readRole.name, ...(config.fixes ? [config.fixes.writeRole] : [])],
    };
    const input = { digest, verdict, ...(reason !== undefined && { reason }) };
    return await decide(ports)(input, await callerOf(options.profile));
  } finally {
    close();
  }
}

async function decideThere(
  plan: string,
  verdict: Verdict,
  options: DecideOptions,
  name: string,
  io: Cli['io'],
): Promise<Decided> {
  if (!/^[0-9a-f]{64}$/.test(plan))
    throw new UsageError('with --function the plan is one that the hub keeps: give its digest.');
  const { decideInHub } = await import('../repair/decide-in-hub.ts');
  return decideInHub({ digest: plan, verdict, ...options, function: name }, io.now);
}

function decisionText({ plan, verdict, by, at, goesOn }: Decided, inHub: boolean): string {
  const text = `Plan ${plan} is ${verdict} by ${plain(by.arn)} at ${at}.\n`;
  return inHub && !goesOn
    ? `${text}No workflow waits for it (any more): podtrust history says where it stands.\n`
    : text;
}

const examplesOf = (verb: string): string => `
Examples:
  $ podtrust ${verb} plan.json                                        a plan of the command line
  $ podtrust ${verb} 5d41402abc4b… --function podtrust-decide          one that the deployed workflow asks about

Exit codes: 0 recorded, 1 somebody had decided otherwise for good, 2 wrong input, 4 no credentials.
`;
