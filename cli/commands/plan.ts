import { join } from 'node:path';
import type { Command } from 'commander';
import type { ClusterName } from '../../shared/audit/parts/gathered.ts';
import type { Plan } from '../../shared/changes/plan.ts';
import type { Finding } from '../../shared/findings/finding.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { type PlanContext, planFinding } from '../../shared/plans/plan-finding.ts';
import { planListOf } from '../../shared/plans/plan-list.ts';
import { type PlanRow, planRows } from '../../shared/plans/plan-rows.ts';
import { acceptance } from '../../shared/waivers/acceptance.ts';
import type { Accepted } from '../../shared/waivers/accepted.ts';
import { waive } from '../../shared/waivers/waive.ts';
import { loadConfig } from '../config.ts';
import { UsageError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { writeText } from '../files.ts';
import { findCluster, findRole } from '../names.ts';
import { outputOption, repeated, withSessions, withSource } from '../options.ts';
import { json } from '../output/json.ts';
import { plainLines } from '../output/plain.ts';
import { planListText } from '../output/plan-text.ts';
import { PLAN_EXTENSIONS, type PlanOutput, planDigest, renderedPlan } from '../output/rendered-plan.ts';
import type { Cli } from '../program.ts';
import {
  type OpinionOptions,
  rowsWithOpinion,
  secondOpinion,
  withOpinion,
} from '../repair/second-opinion.ts';
import { checkRules } from '../rule-names.ts';
import { loadEstate } from '../source.ts';
import { loadWaivers } from '../waivers.ts';

interface PlanOptions extends OpinionOptions {
  readonly output: PlanOutput;
  readonly finding?: string;
  readonly rule?: readonly string[];
  readonly cluster?: string;
  readonly role?: string;
  readonly out?: string;
  readonly config?: string;
  readonly waivers?: string;
}

/** `podtrust plan`: the repair of findings as changes, with proof; nothing is written to AWS. */
export function addPlan(program: Command, cli: Cli): void {
  const described = program
    .command('plan')
    .description('plan the repair of findings, with proof; changes nothing');
  withOpinion(withSessions(withSource(described)))
    .addOption(outputOption('text', 'json', 'markdown'))
    .option('--finding <fingerprint>', 'only this finding (the beginning of its fingerprint is enough)')
    .option('--rule <name>', 'only findings of this rule (name or PT-number; may be repeated)', repeated)
    .option('--cluster <name>', 'only findings of this cluster (name or ARN)')
    .option('--role <role>', 'only findings of this role (name or ARN)')
    .option('--out <path>', 'write here instead of stdout: a folder, or with --finding a file')
    .option('--config <file>', 'configuration (default: podtrust.config.json here, when there is one)')
    .option('--waivers <file>', 'accepted findings (default: podtrust.waivers.yaml here, when there is one)')
    .addHelpText('after', EXAMPLES)
    .action(async (_options, command: Command) => {
      cli.exit(await runPlan(command.optsWithGlobals<PlanOptions>(), cli));
    });
}

async function runPlan(options: PlanOptions, cli: Cli): Promise<ExitCode> {
  const rules = checkRules(options.rule);
  const config = await loadConfig(options.config, cli.io);
  const accepted = await loadWaivers(options.waivers, config, cli.io);
  const estate = await loadEstate(options, cli.io, config);
  const context: PlanContext = { estate, config, hash: sha256, now: cli.io.now().toISOString() };
  const keep = [
    ...(rules === undefined ? [] : [({ rule }: Finding) => rules.includes(rule)]),
    ...(options.cluster === undefined ? [] : [ofCluster(findCluster(estate, options.cluster))]),
    ...(options.role === undefined ? [] : [ofRole(findRole(estate, options.role).role.arn)]),
  ];
  const planned = planRows(context, (finding) => keep.every((test) => test(finding)));
  const rows = planned.map((row) => ({ ...row, finding: waived(row.finding, accepted) }));
  const chosen = options.finding === undefined ? rows : [only(rows, options.finding, context)];
  const asked = await rowsWithOpinion(chosen, await secondOpinion(options, config));
  const [one] = asked;
  return options.finding === undefined || one === undefined
    ? showAll(asked, options, cli)
    : showOne(one, options, cli);
}

/** The finding with who accepts it, where somebody does. */
const waived = (finding: Finding, accepted: Accepted): Finding =>
  waive([finding], accepted.waivers, accepted)[0] ?? finding;

function ofCluster({ cluster, region, account }: ClusterName) {
  return (finding: Finding) =>
    finding.cluster === cluster.name &&
    finding.account === account.id &&
    (finding.region ?? region) === region;
}

function ofRole(arn: string) {
  return (finding: Finding) => finding.role === arn;
}

/** The row of a finding whose fingerprint begins so. Throws UsageError when there is none, or more than one. */
function only(rows: readonly PlanRow[], wanted: string, context: PlanContext): PlanRow {
  const found = rows.filter(({ finding }) => finding.fingerprint.startsWith(wanted));
  const [first, second] = found;
  if (first === undefined) {
    const result = planFinding(wanted, context);
    const why =
      result.kind === 'declined'
        ? result.reasons.join(' ')
        : 'it may be resolved, or left out by --rule, --cluster or --role. `podtrust audit --output json` shows fingerprints.';
    throw new UsageError(`no finding "${wanted}" with a plan: ${why}`);
  }
  if (second === undefined) return first;
  throw new UsageError(`"${wanted}" begins ${found.length} fingerprints: give more of it.`);
}

async function showOne(row: PlanRow, options: PlanOptions, cli: Cli): Promise<ExitCode> {
  const { waiver } = row.finding;
  if (waiver !== undefined)
    cli.io.err(
      `podtrust: the finding is ${plainLines(acceptance(waiver))}. While that holds it is not repaired.\n`,
    );
  if (row.result.kind === 'declined') {
    if (options.output === 'json') cli.io.out(json({ declined: row.result.reasons }));
    for (const reason of row.result.reasons) cli.io.err(`podtrust: no plan: ${plainLines(reason)}\n`);
    return EXIT.unknown;
  }
  const { plan } = row.result;
  const text = rendered(plan, options, cli);
  if (options.out === undefined) cli.io.out(text);
  else await writeText(options.out, text, cli.io);
  if (options.quiet !== true && options.output === 'json')
    cli.io.err(`podtrust: digest ${planDigest(plan)}\n`);
  return EXIT.ok;
}

async function showAll(rows: readonly PlanRow[], options: PlanOptions, cli: Cli): Promise<ExitCode> {
  if (options.out !== undefined) {
    for (const { finding, result } of rows) {
      if (result.kind !== 'plan') continue;
      const name = `${finding.rule}-${finding.fingerprint}.${PLAN_EXTENSIONS[options.output]}`;
      await writeText(join(options.out, name), rendered(result.plan, { ...options, out: name }, cli), cli.io);
    }
  }
  if (options.out === undefined && options.output === 'json') cli.io.out(json(planListOf(rows, sha256)));
  else if (options.out === undefined && options.output === 'markdown')
    cli.io.out(
      rows
        .flatMap(({ result }) => (result.kind === 'plan' ? [rendered(result.plan, options, cli)] : []))
        .join('\n'),
    );
  else if (options.out === undefined || options.quiet !== true) cli.io.out(planListText(rows, cli.io));
  return EXIT.ok;
}

function rendered(plan: Plan, { output, out }: PlanOptions, cli: Cli): string {
  return renderedPlan(plan, output, out !== undefined, cli);
}

const EXAMPLES = `
Examples:
  $ podtrust plan                                        what can be repaired, and what each plan would do
  $ podtrust plan --finding 3f2a91 --snapshot estate.json.gz
  $ podtrust plan --finding 3f2a91 --output json --out plan.json
  $ podtrust plan --rule no-missing-subject --access-analyzer
  $ podtrust plan --rule no-wildcard-subject --sessions trail --output markdown --out plans/

Exit codes: 0 planned, 2 wrong input or no such finding, 3 the finding's plan is declined (stderr says what is
missing), 4 no credentials or nothing could be read.
`;
