import { Command, Help, Option } from 'commander';
import { addAccess } from './commands/access.ts';
import { addAnnotate } from './commands/annotate.ts';
import { addApply } from './commands/apply.ts';
import { addApprove, addReject } from './commands/approve.ts';
import { addAssociate } from './commands/associate.ts';
import { addAudit } from './commands/audit.ts';
import { addBindings } from './commands/bindings.ts';
import { addCollect } from './commands/collect.ts';
import { addCompare } from './commands/compare.ts';
import { addCompletion } from './commands/completion.ts';
import { addConfig } from './commands/config.ts';
import { addDemo } from './commands/demo.ts';
import { addExplain } from './commands/explain.ts';
import { addFixes } from './commands/fixes.ts';
import { addGrantAccess } from './commands/grant-access.ts';
import { addHistory } from './commands/history.ts';
import { addLint } from './commands/lint.ts';
import { addList } from './commands/list.ts';
import { addMigrate } from './commands/migrate.ts';
import { addPermissions } from './commands/permissions.ts';
import { addPlan } from './commands/plan.ts';
import { addProbe } from './commands/probe.ts';
import { addReplay } from './commands/replay.ts';
import { addReport } from './commands/report.ts';
import { addRollback } from './commands/rollback.ts';
import { addRules } from './commands/rules.ts';
import { addWaive } from './commands/waive.ts';
import { addWaivers } from './commands/waivers.ts';
import { addWhoCan } from './commands/who-can.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Io } from './io.ts';
import { VERSION } from './version.ts';

/** What a verb is built from: the world, and where its exit code goes. */
export interface Cli {
  readonly io: Io;
  readonly exit: (code: ExitCode) => void;
}

/** The whole command, one file per verb. Commander throws instead of exiting, so that `run` alone decides. */
export function createProgram(io: Io, exit: (code: ExitCode) => void): Command {
  const program = new Command('podtrust')
    .description('Who can become what in your EKS clusters: IRSA, EKS Pod Identity and cluster access.')
    .version(VERSION)
    .configureOutput({ writeOut: io.out, writeErr: (text) => io.err(text.replace(/^error:/, 'podtrust:')) })
    .configureHelp({
      showGlobalOptions: true,
      helpWidth: io.columns ?? 100,
      // A verb's own options come before those that many verbs share.
      visibleOptions: (command) => ownFirst(new Help().visibleOptions(command)),
      groupItems: (_unsorted, visible, groupOf) => new Help().groupItems(visible, visible, groupOf),
    })
    .showHelpAfterError('(--help shows the options and examples)')
    .addOption(new Option('-q, --quiet', 'no progress and no notes on stderr, errors only'))
    .addHelpText('after', EXAMPLES)
    .exitOverride();
  const cli: Cli = { io, exit };
  for (const [heading, verbs] of Object.entries(VERBS)) {
    program.commandsGroup(heading);
    for (const add of verbs) add(program, cli);
  }
  for (const command of program.commands) inherit(command, program);
  addCompletion(program, cli);
  return program;
}

/** The verbs, in the order of the help, by what somebody is after. */
const VERBS: Readonly<Record<string, readonly ((program: Command, cli: Cli) => void)[]>> = {
  'Ask:': [addAudit, addExplain, addWhoCan, addAccess, addList, addBindings, addProbe, addRules],
  'Repair:': [addPlan, addApprove, addReject, addApply, addHistory, addRollback, addFixes],
  'Grant and migrate:': [addGrantAccess, addAssociate, addAnnotate, addMigrate],
  'In a pipeline:': [addLint, addCompare, addReport, addWaive, addWaivers],
  'Set up and try:': [addDemo, addReplay, addCollect, addPermissions, addConfig],
};

const ownFirst = (options: Option[]): Option[] => [
  ...options.filter(({ helpGroupHeading }) => helpGroupHeading === undefined),
  ...options.filter(({ helpGroupHeading }) => helpGroupHeading !== undefined),
];

function inherit(command: Command, program: Command): void {
  command.copyInheritedSettings(program).exitOverride();
}

const EXAMPLES = `
Examples:
  $ podtrust demo                                    a simulated organization, no AWS account needed
  $ podtrust audit                                   every region of the account of your AWS credentials
  $ podtrust explain --cluster prod --namespace shop --service-account api
  $ podtrust explain --trust-policy role.json --issuer https://oidc.eks.eu-west-1.amazonaws.com/id/ABC \\
      --namespace shop --service-account api         one document, without AWS
  $ podtrust collect --out estate.json.gz && podtrust audit --snapshot estate.json.gz
  $ podtrust compare old.json new.json               fails, with a witness, if the new policy admits more

Exit codes: 0 fine, 1 findings (broken, widened), 2 wrong input, 3 cannot be said, 4 nothing could be read, 5 a bug.
`;
