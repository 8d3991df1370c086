import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseSnapshot } from '../../shared/estate/parse-snapshot.ts';
import type { Snapshot } from '../../shared/estate/snapshot.ts';
import { SEVERITIES, type Severity } from '../../shared/findings/finding.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { fix } from '../../shared/lint/fix.ts';
import { lintGithub, lintJson, lintSarif } from '../../shared/lint/formats.ts';
import { type LintOptions, lint } from '../../shared/lint/lint.ts';
import type { LintReport } from '../../shared/lint/report.ts';
import { rules as registry } from '../../shared/rules/index.ts';
import { loadConfig } from '../config.ts';
import { UsageError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { firstSame, isPlainText, readText, writeText } from '../files.ts';
import type { Io } from '../io.ts';
import { type LintInput, type LintInputs, lintInputs } from '../lint-files.ts';
import { lintReport } from '../lint-report.ts';
import { hint } from '../names.ts';
import { repeated } from '../options.ts';
import { lintText } from '../output/lint-text.ts';
import { plain } from '../output/plain.ts';
import type { Cli } from '../program.ts';
import { checkRules } from '../rule-names.ts';
import { VERSION } from '../version.ts';
import { loadWaivers } from '../waivers.ts';

interface Options {
  readonly format: 'text' | 'json' | 'sarif' | 'github';
  readonly out?: string;
  readonly failOn: Severity | 'none';
  readonly rule?: readonly string[];
  readonly requireCoverage?: boolean;
  readonly fix?: boolean;
  readonly skipUnknown?: boolean;
  readonly snapshot?: string;
  readonly cluster?: string;
  readonly account?: string;
  readonly region?: string;
  readonly config?: string;
  readonly waivers?: string;
  readonly quiet?: boolean;
}

/** `podtrust lint`: the rules on files, before anything is deployed. */
export function addLint(program: Command, cli: Cli): void {
  program
    .command('lint')
    .description(
      'judge trust policies, templates, plans, eksctl configs and manifests before they are deployed',
    )
    .argument('<files...>', 'files, folders, patterns, or - for stdin')
    .addOption(
      new Option('-f, --format <format>', 'what stdout gets')
        .choices(['text', 'json', 'sarif', 'github'])
        .default('text'),
    )
    .option('--out <file>', 'write the report here, and the text to stdout')
    .addOption(
      new Option('--fail-on <level>', 'exit 1 when a finding is this severe or worse')
        .choices([...SEVERITIES, 'none'])
        .default('low'),
    )
    .option('--rule <name>', 'only this rule (name or PT-number; may be repeated)', repeated)
    .option('--require-coverage', 'exit 3 when anything stays undecided')
    .option(
      '--skip-unknown',
      'take named files as if they were found in a folder: what lint does not know is skipped (for hooks)',
    )
    .option('--fix', 'mend slips of form in trust policies that admit nobody new, as compare proves')
    .option(
      '-s, --snapshot <file>',
      'what is known beside the files: clusters, providers, roles (podtrust collect)',
    )
    .option('--cluster <name>', 'cluster of the snapshot that manifests are for (name or ARN)')
    .addOption(
      new Option('--account <id>', 'account that templates and plans are deployed to').argParser(
        fitting(/^\d{12}$/, 'a 12-digit account id'),
      ),
    )
    .addOption(
      new Option('--region <region>', 'region that they are deployed to').argParser(
        fitting(/^[a-z]{2,5}(-[a-z]+)+-\d+$/, 'a region'),
      ),
    )
    .option('--config <file>', 'configuration (default: podtrust.config.json here, when there is one)')
    .option('--waivers <file>', 'accepted findings (default: podtrust.waivers.yaml here, when there is one)')
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], _options, command: Command) => {
      cli.exit(await runLint(files, command.optsWithGlobals<Options>(), cli));
    });
}

function fitting(pattern: RegExp, what: string): (value: string) => string {
  return (value) => {
    if (!pattern.test(value)) throw new InvalidArgumentError(`"${value}" is not ${what}.`);
    return value;
  };
}

async function runLint(files: readonly string[], options: Options, cli: Cli): Promise<ExitCode> {
  const lintOptions = await lintOptionsOf(options, cli.io);
  const given = await lintInputs(files, cli.io);
  const inputs = options.skipUnknown === true ? asFound(given) : given;
  if (options.fix === true && inputs.files.some(({ file }) => file === '-'))
    throw new UsageError('--fix writes files: stdin (-) has none.');
  if (options.out !== undefined) await refuseInput(options.out, inputs.files, lintOptions, cli.io);
  const fixed = options.fix === true ? await mended(inputs.files, lintOptions, options, cli.io) : 0;
  const report = await lintReport(inputs, lintOptions, fixed, cli.io);
  if (options.out !== undefined) await writeText(options.out, rendered(report, options, cli.io), cli.io);
  cli.io.out(options.out === undefined ? rendered(report, options, cli.io) : lintText(report, cli.io));
  return exitCode(report, options);
}

/** Files that a hook names, as if they were found, and no more of them to know than it may be: stdin stays meant. */
const asFound = (inputs: LintInputs): LintInputs => ({
  ...inputs,
  files: inputs.files.map((input) => ({ ...input, named: input.file === '-' })),
  searched: new Map(),
});

/** A report is not written over what is judged, by whatever name; over an older report in a folder it is. */
async function refuseInput(
  out: string,
  inputs: readonly LintInput[],
  options: LintOptions,
  io: Io,
): Promise<void> {
  const same = await firstSame(
    out,
    inputs.map(({ file }) => file),
    io,
  );
  const input = inputs.find(({ file }) => file === same);
  if (input === undefined) return;
  const linted = input.named ? null : lint(input.file, await readText(input.file, 'file', io), options);
  if (linted === null || 'error' in linted || linted.kinds.length > 0)
    throw new UsageError(`--out "${out}" would be written over a file that is judged: name another.`);
}

async function lintOptionsOf(options: Options, io: Io): Promise<LintOptions> {
  const names = checkRules(options.rule);
  const snapshot = await snapshotOf(options.snapshot, io);
  const config = await loadConfig(options.config, io);
  const { account, region } = options;
  return {
    config,
    accepted: await loadWaivers(options.waivers, config, io),
    hash: sha256,
    // What podtrust cannot see is no fault of a file.
    rules: registry.filter((rule) => rule.kind !== 'blind' && (names?.includes(rule.name) ?? true)),
    snapshot,
    cluster: clusterOf(options, snapshot),
    place: { ...(account !== undefined && { account }), ...(region !== undefined && { region }) },
  };
}

async function snapshotOf(file: string | undefined, io: Io): Promise<Snapshot | null> {
  if (file === undefined) return null;
  const parsed = parseSnapshot(await readText(file, 'snapshot', io));
  if ('snapshot' in parsed) return parsed.snapshot;
  throw new UsageError(`snapshot "${file}": ${parsed.error}`);
}

function clusterOf({ cluster }: Options, snapshot: Snapshot | null): LintOptions['cluster'] {
  if (cluster === undefined) return null;
  if (snapshot === null)
    throw new UsageError('--cluster names a cluster of a snapshot: give --snapshot, too.');
  const found = snapshot.accounts.flatMap(({ id, regions }) =>
    (regions ?? []).flatMap(({ name: region, clusters }) =>
      (clusters ?? []).flatMap(({ name, arn }) =>
        name === cluster || arn === cluster ? [{ account: id, region, name }] : [],
      ),
    ),
  );
  const [only, ...more] = found;
  if (only === undefined) {
    const names = snapshot.accounts.flatMap(({ regions }) =>
      (regions ?? []).flatMap(({ clusters }) => (clusters ?? []).map(({ name }) => name)),
    );
    throw new UsageError(`the snapshot has no cluster "${cluster}"${hint(cluster, names)}`);
  }
  if (more.length > 0) throw new UsageError(`the snapshot has several clusters "${cluster}": give the ARN.`);
  return only;
}

/** Mends what can be mended, and says on stderr what was, with its proof. */
async function mended(
  inputs: readonly LintInput[],
  lintOptions: LintOptions,
  { quiet }: Options,
  io: Io,
): Promise<number> {
  let count = 0;
  for (const { file, linked } of inputs) {
    const text = await readText(file, 'file', io);
    const { text: changed, fixes } = fix(file, text, lintOptions);
    if (fixes.length === 0) continue;
    if (linked === true) {
      io.err(`podtrust: ${plain(file)}: nothing fixed: a link led there; name the file to have it fixed.\n`);
      continue;
    }
    if (!(await isPlainText(file, text, io))) {
      io.err(`podtrust: ${plain(file)}: nothing fixed: only plain UTF-8 is written anew without a loss.\n`);
      continue;
    }
    await writeText(file, changed, io);
    count += fixes.length;
    for (const { rule, line, column, proof } of quiet === true ? [] : fixes)
      io.err(
        `podtrust: ${plain(file)}:${line}:${column} ${rule}: fixed; who is admitted is ${PROOFS[proof]}.\n`,
      );
  }
  return count;
}

const PROOFS = { equal: 'the same as before', tightened: 'nobody new' } as const;

function rendered(report: LintReport, { format }: Options, io: Io): string {
  switch (format) {
    case 'text':
      return lintText(report, io);
    case 'json':
      return lintJson(report);
    case 'sarif':
      return lintSarif(report, VERSION);
    case 'github':
      return lintGithub(report);
  }
}

/** What cannot be read outweighs findings: nobody knows what is in it. */
function exitCode({ findings, undecided, unreadable }: LintReport, options: Options): ExitCode {
  if (unreadable.length > 0) return EXIT.usage;
  const limit = options.failOn === 'none' ? -1 : SEVERITIES.indexOf(options.failOn);
  const failing = findings.some(
    ({ severity, waiver }) => waiver === undefined && SEVERITIES.indexOf(severity) <= limit,
  );
  if (failing) return EXIT.found;
  return options.requireCoverage === true && undecided.length > 0 ? EXIT.unknown : EXIT.ok;
}

const EXAMPLES = `
Reads:
  trust policies (JSON), CloudFormation and CDK templates (JSON, YAML), terraform show -json PLAN, eksctl
  ClusterConfigs, Kubernetes manifests with ServiceAccounts and aws-auth

Examples:
  $ podtrust lint trust-policy.json
  $ podtrust lint infra/ 'k8s/**/*.yaml'
  $ terraform show -json plan.out | podtrust lint -
  $ cdk synth --quiet && podtrust lint cdk.out --format sarif --out podtrust.sarif
  $ podtrust lint k8s/ --snapshot estate.json.gz --cluster prod --require-coverage

Exit codes: 0 nothing at or above --fail-on, 1 findings, 2 wrong input or a file that cannot be read, 3 something
undecided under --require-coverage.
`;
