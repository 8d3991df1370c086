import { type Command, Option } from 'commander';
import { audit } from '../../shared/audit/audit.ts';
import { buildEstate } from '../../shared/estate/build-estate.ts';
import type { Finding } from '../../shared/findings/finding.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { covers } from '../../shared/waivers/covers.ts';
import { sameSubject } from '../../shared/waivers/same-subject.ts';
import { daysLeft, standingOf, type WaiverTerms } from '../../shared/waivers/standing.ts';
import type { Waiver } from '../../shared/waivers/waiver.ts';
import { loadConfig } from '../config.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { readText } from '../files.ts';
import { positive } from '../options.ts';
import { plain } from '../output/plain.ts';
import type { Cli } from '../program.ts';
import { readSnapshotFile } from '../source.ts';
import { readWaiverText, WAIVER_FILE } from '../waivers.ts';
import { addWaiversPush } from './waivers-push.ts';

interface CheckOptions {
  readonly snapshot?: string;
  readonly config?: string;
  readonly soon: number;
}

/** `podtrust waivers check|push`: the file of waivers before it is used. */
export function addWaivers(program: Command, cli: Cli): void {
  const waivers = program
    .command('waivers')
    .description('check accepted findings, or give them to the pipeline');
  waivers
    .command('check')
    .description('say what is wrong with a file of waivers, and which hold no more or accept nothing')
    .argument('[file]', 'the file', WAIVER_FILE)
    .option('--snapshot <file>', 'say also which waivers accept no finding of this snapshot')
    .addOption(
      new Option('--soon <days>', 'name those that end within so many days').default(14).argParser(positive),
    )
    .option('--config <file>', 'configuration (default: podtrust.config.json here, when there is one)')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, _options, command: Command) => {
      cli.exit(await runCheck(file, command.optsWithGlobals<CheckOptions>(), cli));
    });
  addWaiversPush(waivers, cli);
}

async function runCheck(file: string, options: CheckOptions, cli: Cli): Promise<ExitCode> {
  const { io } = cli;
  const config = await loadConfig(options.config, io);
  const read = readWaiverText(await readText(file, 'waivers', io));
  if ('problems' in read) {
    for (const { line, column, path, message } of read.problems)
      io.err(`${plain(file)}:${line}:${column}: ${plain(path)}: ${plain(message)}\n`);
    return EXIT.usage;
  }
  const terms = { now: io.now(), mostDays: config.waivers.mostDays };
  const found =
    options.snapshot === undefined
      ? null
      : audit(buildEstate(await readSnapshotFile(options.snapshot, io)), { config, hash: sha256 }).findings;
  const notes = read.waivers.map((waiver, index) => {
    const earlier = read.waivers.slice(0, index).findIndex((one) => sameSubject(one, waiver));
    const twice =
      earlier < 0
        ? null
        : `accepts the same as line ${read.lines[earlier]}: take out the one that ends earlier`;
    return noteOn(waiver, terms, found, options.soon) ?? twice;
  });
  for (const [index, note] of notes.entries())
    if (note !== null)
      io.out(`${plain(file)}:${read.lines[index]}: ${plain(nameOf(read.waivers[index]))}: ${note}\n`);
  const dead = notes.filter((note) => note !== null).length;
  io.out(`${read.waivers.length} waivers, ${dead === 0 ? 'all of them in order' : `${dead} to look at`}.\n`);
  return dead > 0 ? EXIT.found : EXIT.ok;
}

/** What to know of a waiver, or null when it is in order. */
function noteOn(
  waiver: Waiver,
  terms: WaiverTerms,
  found: readonly Finding[] | null,
  soon: number,
): string | null {
  switch (standingOf(waiver, terms)) {
    case 'expired':
      return `expired on ${waiver.expires}: its findings are open again; take it out, or decide anew`;
    case 'too-long':
      return `would hold for more than ${terms.mostDays} days and therefore does not hold`;
    case 'holds': {
      if (found?.some((finding) => covers(waiver, finding)) === false)
        return 'accepts nothing that was found';
      const left = daysLeft(waiver, terms.now);
      return left < soon ? `ends on ${waiver.expires}, in ${left} days` : null;
    }
  }
}

function nameOf(waiver: Waiver | undefined): string {
  return waiver?.finding ?? waiver?.rule ?? '';
}

const EXAMPLES = `
Examples:
  $ podtrust waivers check                                 every problem with its line
  $ podtrust waivers check --snapshot estate.json.gz       also those that accept nothing any more

Exit codes: 0 in order, 1 a waiver to look at, 2 a file that cannot be used.
`;
