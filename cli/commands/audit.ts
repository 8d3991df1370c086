import { type Command, Option } from 'commander';
import type { AuditStream } from '../../shared/audit/audit-stream.ts';
import {
  type Audit,
  type AuditFinding,
  FINDINGS_VERSION,
  type Finding,
  SEVERITIES,
  type Severity,
} from '../../shared/findings/finding.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { type CauseFinder, causeFinder, checkCauses } from '../causes.ts';
import { loadConfig } from '../config.ts';
import { UsageError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { type Judging, withJudging } from '../judging.ts';
import { findCluster } from '../names.ts';
import {
  type CauseOptions,
  outputOption,
  repeated,
  type SourceOptions,
  withCauseLookup,
  withCreators,
  withSessions,
  withSource,
} from '../options.ts';
import { auditText } from '../output/audit-text.ts';
import { writeJson } from '../output/json-stream.ts';
import type { Cli } from '../program.ts';
import { checkRules } from '../rule-names.ts';
import { loadWaivers } from '../waivers.ts';

interface AuditOptions extends SourceOptions, CauseOptions {
  readonly output: 'table' | 'json' | 'ndjson';
  readonly severity?: Severity;
  readonly rule?: readonly string[];
  readonly cluster?: string;
  readonly role?: string;
  readonly failOn: Severity | 'none';
  readonly requireCoverage?: boolean;
  readonly config?: string;
  readonly waivers?: string;
}

/** `podtrust audit`: every rule over the whole estate. */
export function addAudit(program: Command, cli: Cli): void {
  withCauseLookup(
    withSessions(
      withCreators(
        withSource(
          program.command('audit').description('judge every cluster, role and provider by every rule'),
        ),
      ),
    ),
  )
    .addOption(outputOption('table', 'json', 'ndjson'))
    .addOption(new Option('--severity <level>', 'show this severity and above').choices([...SEVERITIES]))
    .option('--rule <name>', 'only this rule (name or PT-number; may be repeated)', repeated)
    .option('--cluster <name>', 'only findings of this cluster (name or ARN)')
    .option('--role <role>', 'only findings of this role (name or ARN)')
    .addOption(
      new Option('--fail-on <level>', 'exit 1 when a finding is this severe or worse')
        .choices([...SEVERITIES, 'none'])
        .default('low'),
    )
    .option('--require-coverage', 'exit 3 when anything could not be read or decided')
    .option('--config <file>', 'configuration (default: podtrust.config.json here, when there is one)')
    .option('--waivers <file>', 'accepted findings (default: podtrust.waivers.yaml here, when there is one)')
    .addHelpText('after', EXAMPLES)
    .action(async (_options, command: Command) => {
      cli.exit(await runAudit(command.optsWithGlobals<AuditOptions>(), cli));
    });
}

async function runAudit(options: AuditOptions, cli: Cli): Promise<ExitCode> {
  checkCauses(options);
  if (options.sessions !== undefined && options.snapshot !== undefined)
    throw new UsageError(
      '--sessions asks CloudTrail: use it with podtrust collect, or leave out --snapshot.',
    );
  const rules = checkRules(options.rule);
  const config = await loadConfig(options.config, cli.io);
  return withJudging(options, cli.io, config, async (judging) => {
    const keep = filtersOf(options, judging);
    const accepted = await loadWaivers(options.waivers, config, cli.io);
    const stream = await judging.audit({
      config,
      hash: sha256,
      accepted,
      ...(rules === undefined ? {} : { rules }),
    });
    const causes = options.causes === true ? await causeFinder(judging, options, cli.io) : undefined;
    const totals = emptyTotals(options);
    try {
      await show(stream, options, cli, shownOf(stream, keep, causes, totals), totals);
    } finally {
      causes?.stop();
    }
    const { coverage } = stream.counts;
    if (options.output === 'ndjson' && coverage > 0 && options.quiet !== true)
      cli.io.err(`podtrust: ${coverage} things could not be decided; --output json lists them.\n`);
    if (totals.failing) return EXIT.found;
    return options.requireCoverage === true && coverage > 0 ? EXIT.unknown : EXIT.ok;
  });
}

type Keep = (finding: Finding) => boolean;

/** What is asked to be shown. Throws UsageError for a cluster or a role that was not read. */
function filtersOf(options: AuditOptions, judging: Judging): readonly Keep[] {
  const keep: Keep[] = [];
  if (options.cluster !== undefined) {
    const { cluster, region, account } = findCluster(judging, options.cluster);
    keep.push(
      (f) => f.cluster === cluster.name && f.account === account.id && (f.region ?? region) === region,
    );
  }
  if (options.role !== undefined) {
    const arn = judging.roleArn(options.role);
    keep.push((finding) => finding.role === arn);
  }
  if (options.severity !== undefined) {
    const limit = SEVERITIES.indexOf(options.severity);
    keep.push((finding) => SEVERITIES.indexOf(finding.severity) <= limit);
  }
  return keep;
}

/** What was shown, counted on the way: findings may be more than memory holds. */
interface Totals {
  readonly open: Record<Severity, number>;
  waived: number;
  readonly limit: number;
  failing: boolean;
}

const emptyTotals = ({ failOn }: AuditOptions): Totals => ({
  open: { critical: 0, high: 0, medium: 0, low: 0, info: 0 },
  waived: 0,
  limit: failOn === 'none' ? -1 : SEVERITIES.indexOf(failOn),
  failing: false,
});

/** The findings to show, with their causes, the most severe first: they get what time there is. */
async function* shownOf(
  { findings }: AuditStream,
  keep: readonly Keep[],
  causes: CauseFinder | undefined,
  totals: Totals,
): AsyncGenerator<AuditFinding> {
  for await (const finding of findings()) {
    if (!keep.every((test) => test(finding))) continue;
    count(finding, totals);
    yield causes === undefined ? finding : await causes.withCause(finding);
  }
}

function count({ status, severity }: Finding, totals: Totals): void {
  if (status === 'waived') totals.waived += 1;
  if (status !== 'open') return;
  totals.open[severity] += 1;
  if (SEVERITIES.indexOf(severity) <= totals.limit) totals.failing = true;
}

function summaryOf(
  { counts: { coverage, ...read } }: AuditStream,
  { open, waived }: Totals,
): Audit['summary'] {
  return { ...read, findings: open, waived, coverage };
}

async function show(
  stream: AuditStream,
  { output }: AuditOptions,
  cli: Cli,
  shown: AsyncIterable<AuditFinding>,
  totals: Totals,
): Promise<void> {
  const { out } = cli.io;
  switch (output) {
    case 'ndjson':
      for await (const finding of shown) out(`${JSON.stringify(finding)}\n`);
      return;
    case 'json':
      await writeJson(out, [
        ['schemaVersion', () => FINDINGS_VERSION],
        ['findings', () => shown],
        ['coverage', () => stream.coverage()],
        ['summary', () => summaryOf(stream, totals)],
        ['undecided', () => stream.undecided()],
      ]);
      return;
    case 'table': {
      const findings = await Array.fromAsync(shown);
      const coverage = await Array.fromAsync(stream.coverage());
      const summary = summaryOf(stream, totals);
      out(auditText({ schemaVersion: FINDINGS_VERSION, findings, coverage, summary }, cli.io));
      return;
    }
    default:
      throw new UsageError(`unknown output "${String(output)}".`);
  }
}

const EXAMPLES = `
Examples:
  $ podtrust audit                                       the account of your credentials, every region
  $ podtrust audit --profile security --accounts 222233334444,333344445555
  $ podtrust audit --snapshot estate.json.gz --output json > findings.json
  $ podtrust audit --rule no-wildcard-subject --fail-on high --require-coverage

Exit codes: 0 nothing at or above --fail-on, 1 findings, 2 wrong input, 3 incomplete coverage under
--require-coverage, 4 no credentials or nothing could be read.
`;
