import { type Command, Option } from 'commander';
import { audit } from '../../shared/audit/audit.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { REPORT_FORMATS, type ReportFormat } from '../../shared/reports/formats.ts';
import { auditWithCauses, checkCauses } from '../causes.ts';
import { loadConfig } from '../config.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { writeText } from '../files.ts';
import { readHistory } from '../history-file.ts';
import { htmlText } from '../html-report.ts';
import { type CauseOptions, repeated, type SourceOptions, withCauseLookup, withSource } from '../options.ts';
import { plain } from '../output/plain.ts';
import type { Cli } from '../program.ts';
import { checkRules } from '../rule-names.ts';
import { loadEstate } from '../source.ts';
import { VERSION } from '../version.ts';
import { loadWaivers } from '../waivers.ts';

interface ReportOptions extends SourceOptions, CauseOptions {
  readonly format: ReportFormat | 'html';
  readonly out?: string;
  readonly rule?: readonly string[];
  readonly config?: string;
  readonly waivers?: string;
  readonly hubRegion?: string;
  readonly hubAccount?: string;
  readonly history?: string;
}

/** `podtrust report`: an audit as a document for other systems and for people. */
export function addReport(program: Command, cli: Cli): void {
  withCauseLookup(withSource(program.command('report').description('write an audit as a document')))
    .addOption(
      new Option('-f, --format <format>', 'what the document is')
        .choices([...Object.keys(REPORT_FORMATS), 'html'])
        .makeOptionMandatory(),
    )
    .option('--out <file>', 'write it here (gzipped when it ends in .gz) instead of stdout')
    .option('--rule <name>', 'only this rule (name or PT-number; may be repeated)', repeated)
    .option('--config <file>', 'configuration (default: podtrust.config.json here, when there is one)')
    .option('--waivers <file>', 'accepted findings (default: podtrust.waivers.yaml here, when there is one)')
    .option('--hub-region <region>', 'asff: region of the Security Hub that imports the findings')
    .option(
      '--hub-account <id>',
      'asff: account of that Security Hub; otherwise each finding goes to its own account',
    )
    .option(
      '--history <file>',
      'html: what the pipeline told of findings (its messages, or podtrust replay --output json)',
    )
    .addHelpText('after', EXAMPLES)
    .action(async (_options, command: Command) => {
      await runReport(command.optsWithGlobals<ReportOptions>(), cli);
      cli.exit(EXIT.ok);
    });
}

async function runReport(options: ReportOptions, cli: Cli): Promise<void> {
  checkCauses(options);
  if (options.causes === true && options.format !== 'html' && options.format !== 'json')
    throw new UsageError(
      `--causes is for --format html and json, not ${options.format}, which has no place for them.`,
    );
  const hub = hubOf(options);
  const history = await historyOf(options, cli.io);
  const rules = checkRules(options.rule);
  const config = await loadConfig(options.config, cli.io);
  const estate = await loadEstate(options, cli.io, config);
  const accepted = await loadWaivers(options.waivers, config, cli.io);
  const found = audit(estate, { config, hash: sha256, accepted, ...(rules === undefined ? {} : { rules }) });
  const judged = options.causes === true ? await auditWithCauses(found, estate, options, cli.io) : found;
  const input = {
    audit: judged,
    takenAt: estate.snapshot.takenAt,
    version: VERSION,
    partitions: new Map([...estate.accounts].map(([id, { partition }]) => [id, partition])),
    ...(hub === undefined ? {} : { hub }),
  };
  const text =
    options.format === 'html'
      ? await htmlText(input, { estate, config, ...(history !== undefined && { history }) })
      : REPORT_FORMATS[options.format](input);
  if (options.out === undefined) {
    cli.io.out(text);
    return;
  }
  await writeText(options.out, text, cli.io);
  if (options.quiet !== true)
    cli.io.err(`podtrust: ${judged.findings.length} findings, written to ${plain(options.out)}.\n`);
}

async function historyOf({ format, history }: ReportOptions, io: Cli['io']) {
  if (history === undefined) return undefined;
  if (format !== 'html') throw new UsageError(`--history is for --format html, not ${format}.`);
  return readHistory(history, io);
}

function hubOf({ format, hubRegion, hubAccount }: ReportOptions) {
  if (format !== 'asff') {
    if (hubRegion !== undefined || hubAccount !== undefined)
      throw new UsageError(`--hub-region and --hub-account are for --format asff, not ${format}.`);
    return undefined;
  }
  if (hubRegion === undefined)
    throw new UsageError('--format asff needs the region of the Security Hub: --hub-region eu-west-1.');
  if (!/^[a-z]{2,5}(-[a-z]+)+-\d+$/.test(hubRegion))
    throw new UsageError(`--hub-region "${hubRegion}" is no region, which looks like eu-west-1.`);
  if (hubAccount !== undefined && !/^\d{12}$/.test(hubAccount))
    throw new UsageError(`--hub-account takes a 12-digit account id, not "${hubAccount}".`);
  return { region: hubRegion, ...(hubAccount === undefined ? {} : { account: hubAccount }) };
}

const EXAMPLES = `
Formats:
  html      one file for a browser: posture, findings with chain, cause and plan, the graph; needs no network
  sarif     SARIF 2.1.0, for code scanning
  ocsf      OCSF 1.5.0 events, class Compliance Finding, for data lakes
  asff      AWS Security Finding Format, for Security Hub
  csv       for spreadsheets; what would be a formula is none
  markdown  for people, tickets and pull requests
  json      the audit itself

Examples:
  $ podtrust report --format html --out podtrust.html
  $ podtrust report --format markdown --out podtrust.md
  $ podtrust report --format csv --snapshot estate.json.gz > podtrust.csv
  $ podtrust report --format asff --hub-region eu-west-1 --out findings.json

Exit codes: 0 written, whatever was found (podtrust audit is the gate), 2 wrong input, 4 no credentials or nothing could
be read.
`;
