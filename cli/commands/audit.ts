import { type Command, Option } from 'commander';
import { audit, countsOf } from '../../shared/audit/audit.ts';
import { type Audit, type Finding, SEVERITIES, type Severity } from '../../shared/findings/finding.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { lookUpCauses } from '../causes.ts';
import { loadConfig } from '../config.ts';
import { UsageError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { findCluster, findRole } from '../names.ts';
import {
  outputOption,
  positive,
  repeated,
  type SourceOptions,
  withCreators,
  withSessions,
  withSource,
} from '../options.ts';
import { auditText } from '../output/audit-text.ts';
import { json } from '../output/json.ts';
import type { Cli } from '../program.ts';
import { checkRules } from '../rule-names.ts';
import { loadEstate } from '../source.ts';
import { loadWaivers } from '../waivers.ts';

interface AuditOptions extends SourceOptions {
  readonly output: 'table' | 'json' | 'ndjson';
  readonly severity?: Severity;
  readonly rule?: readonly string[];
  readonly cluster?: string;
  readonly role?: string;
  readonly failOn: Severity | 'none';
  readonly requireCoverage?: boolean;
  readonly config?: string;
  readonly waivers?: string;
  readonly causes?: boolean;
  readonly causesWithin: number;
}

/** `podtrust audit`: every rule over the whole estate. */
export function addAudit(program: Command, cli: Cli): void {
  withSessions(
    withCreators(
      withSource(
        program.command('audit').description('judge every cluster, role and provider by every rule'),
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
    .option('--causes', 'look up the last change behind each finding in CloudTrail (cloudtrail:LookupEvents)')
    .addOption(
      new Option('--causes-within <seconds>', 'longest time for looking up causes')
        .default(60)
        .argParser(positive),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (_options, command: Command) => {
      cli.exit(await runAudit(command.optsWithGlobals<AuditOptions>(), cli));
    });
}

async function runAudit(options: AuditOptions, cli: Cli): Promise<ExitCode> {
  if (options.causes === true && options.snapshot !== undefined)
    throw new UsageError('--causes asks CloudTrail, which a snapshot does not hold: leave out --snapshot.');
  if (options.sessions !== undefined && options.snapshot !== undefined)
    throw new UsageError(
      '--sessions asks CloudTrail: use it with podtrust collect, or leave out --snapshot.',
    );
  const rules = checkRules(options.rule);
  const config = await loadConfig(options.config, cli.io);
  const estate = await loadEstate(options, cli.io, config);
  const keep: ((finding: Finding) => boolean)[] = [];
  if (options.cluster !== undefined) {
    const { cluster, region, account } = findCluster(estate, options.cluster);
    keep.push(
      (f) => f.cluster === cluster.name && f.account === account.id && (f.region ?? region) === region,
    );
  }
  if (options.role !== undefined) {
    const { arn } = findRole(estate, options.role).role;
    keep.push((finding) => finding.role === arn);
  }
  if (options.severity !== undefined) {
    const limit = SEVERITIES.indexOf(options.severity);
    keep.push((finding) => SEVERITIES.indexOf(finding.severity) <= limit);
  }
  const accepted = await loadWaivers(options.waivers, config, cli.io);
  const whole = audit(estate, { config, hash: sha256, accepted, ...(rules === undefined ? {} : { rules }) });
  const narrow = narrowed(whole, keep);
  const shown = options.causes === true ? await lookUpCauses(narrow, estate, options, cli.io) : narrow;
  cli.io.out(rendered(shown, options, cli));
  if (options.output === 'ndjson' && shown.coverage.length > 0 && options.quiet !== true) {
    cli.io.err(`podtrust: ${shown.coverage.length} things could not be decided; --output json lists them.\n`);
  }
  return exitCode(shown, options);
}

function narrowed(whole: Audit, keep: readonly ((finding: Finding) => boolean)[]): Audit {
  if (keep.length === 0) return whole;
  const findings = whole.findings.filter((finding) => keep.every((test) => test(finding)));
  return { ...whole, findings, summary: { ...whole.summary, ...countsOf(findings) } };
}

function rendered(shown: Audit, options: AuditOptions, cli: Cli): string {
  switch (options.output) {
    case 'json':
      return json(shown);
    case 'ndjson':
      return shown.findings.map((finding) => `${JSON.stringify(finding)}\n`).join('');
    case 'table':
      return auditText(shown, cli.io);
    default:
      throw new UsageError(`unknown output "${String(options.output)}".`);
  }
}

function exitCode(shown: Audit, options: AuditOptions): ExitCode {
  const limit = options.failOn === 'none' ? -1 : SEVERITIES.indexOf(options.failOn);
  const failing = shown.findings.some((f) => f.status === 'open' && SEVERITIES.indexOf(f.severity) <= limit);
  if (failing) return EXIT.found;
  return options.requireCoverage === true && shown.coverage.length > 0 ? EXIT.unknown : EXIT.ok;
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
