import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { addWaiver } from '../../shared/waivers/add-waiver.ts';
import { standingOf } from '../../shared/waivers/standing.ts';
import { PLACES, type Waiver, waiverSchema } from '../../shared/waivers/waiver.ts';
import { loadConfig } from '../config.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { readText, writeText } from '../files.ts';
import { plain } from '../output/plain.ts';
import type { Cli } from '../program.ts';
import { ruleAmong } from '../rule-names.ts';
import { readWaiverText, WAIVED_RULES, WAIVER_FILE } from '../waivers.ts';

interface WaiveOptions extends Partial<Record<(typeof PLACES)[number], string>> {
  readonly rule?: string;
  readonly owner: string;
  readonly reason: string;
  readonly ticket: string;
  readonly expires: string;
  readonly file: string;
  readonly config?: string;
}

/** `podtrust waive`: adds a waiver to the file. */
export function addWaive(program: Command, cli: Cli): void {
  program
    .command('waive')
    .description('accept a finding until a day: adds a waiver to podtrust.waivers.yaml')
    .argument('[fingerprint]', 'the finding, as `podtrust audit --output json` names it')
    .option(
      '--rule <name>',
      'every finding of this rule (name or PT-number) at the places below (instead of one finding)',
    )
    .option('--account <pattern>', 'only in this account; * and ? stand for any text, here and below')
    .option('--region <pattern>', 'only in this region')
    .option('--cluster <pattern>', 'only of this cluster')
    .option('--namespace <pattern>', 'only in this namespace')
    .option('--service-account <pattern>', 'only of this ServiceAccount')
    .option('--role <pattern>', 'only of this role (ARN)')
    .option('--principal <pattern>', 'only of this principal (ARN)')
    .requiredOption('--owner <who>', 'who answers for it')
    .requiredOption('--reason <text>', 'why it is accepted')
    .requiredOption('--ticket <text>', 'where it was decided')
    .requiredOption('--expires <date>', 'the last day on which it is accepted, 2027-03-31')
    .option('--file <file>', 'the file of waivers', WAIVER_FILE)
    .option('--config <file>', 'configuration (default: podtrust.config.json here, when there is one)')
    .addHelpText('after', EXAMPLES)
    .action(async (fingerprint: string | undefined, _options, command: Command) => {
      await runWaive(fingerprint, command.optsWithGlobals<WaiveOptions>(), cli);
      cli.exit(EXIT.ok);
    });
}

async function runWaive(fingerprint: string | undefined, options: WaiveOptions, cli: Cli): Promise<void> {
  const { io } = cli;
  const config = await loadConfig(options.config, io);
  const waiver = waiverOf(fingerprint, options);
  const standing = standingOf(waiver, { now: io.now(), mostDays: config.waivers.mostDays });
  if (standing === 'expired') throw new UsageError(`--expires ${waiver.expires} is in the past.`);
  if (standing === 'too-long')
    throw new UsageError(
      `--expires ${waiver.expires} is more than ${config.waivers.mostDays} days ahead: choose an earlier day (waivers.mostDays in podtrust.config.json).`,
    );
  const before = existsSync(resolve(io.cwd, options.file)) ? await readText(options.file, 'waivers', io) : '';
  const there = requireSound(before, options.file);
  const same = there.findIndex((one) => JSON.stringify(one) === JSON.stringify(waiver));
  if (same >= 0) {
    io.out(
      `${plain(options.file)} has this waiver already: it is number ${same + 1}. Nothing was written.\n`,
    );
    return;
  }
  const after = addWaiver(before, waiver);
  requireSound(after, options.file);
  await writeText(options.file, after, io);
  io.out(
    `${plain(options.file)} has a waiver more: ${plain(waiver.finding ?? waiver.rule ?? '')} until ${waiver.expires}.\n`,
  );
}

function waiverOf(finding: string | undefined, options: WaiveOptions): Waiver {
  const places = Object.fromEntries(
    PLACES.flatMap((place) => (options[place] === undefined ? [] : [[place, options[place]]])),
  );
  const { rule, owner, reason, ticket, expires } = options;
  const result = waiverSchema.safeParse({
    ...(finding !== undefined && { finding }),
    ...(rule !== undefined && { rule: ruleAmong(WAIVED_RULES, rule).name }),
    ...places,
    owner,
    reason,
    ticket,
    expires,
  });
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = issue?.path.join('.') ?? '';
  throw new UsageError(`${field === '' ? 'the waiver' : field}: ${issue?.message ?? 'not valid'}.`);
}

/** The waivers of a text. Throws UsageError for what is wrong with it. */
function requireSound(text: string, file: string): readonly Waiver[] {
  if (text.trim() === '') return [];
  const read = readWaiverText(text);
  if (!('problems' in read)) return read.waivers;
  const [first] = read.problems;
  throw new UsageError(
    `waivers "${file}":${first?.line}:${first?.column}: ${first?.path}: ${first?.message}. Nothing was written.`,
  );
}

const EXAMPLES = `
Examples:
  $ podtrust waive 3f1c… --owner platform@example.com --reason "moves to Pod Identity in Q1" \\
      --ticket SEC-812 --expires 2027-03-31
  $ podtrust waive --rule no-mixed-trust --account 222233334444 --role '*:role/legacy-*' \\
      --owner data@example.com --reason "batch still runs on EC2" --ticket DATA-7 --expires 2027-01-31

Exit codes: 0 added, or there already, 2 wrong input, and nothing was written.
`;
