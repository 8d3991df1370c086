import { type Command, InvalidArgumentError, Option } from 'commander';
import { ACCOUNTS_AT_ONCE } from '../shared/pipeline/pace.ts';

/** Where the estate comes from: a snapshot file, or live AWS. */
export interface SourceOptions {
  readonly snapshot?: string;
  readonly profile?: string;
  readonly regions?: readonly string[];
  readonly accounts?: readonly string[];
  readonly readRole: string;
  readonly externalId?: string;
  readonly concurrency: number;
  readonly wholeOrganization?: boolean;
  /** Read the organization: all its accounts, and its control policies. */
  readonly organization?: boolean;
  /** Which of its accounts: units to read, units and accounts to leave out. */
  readonly ou?: readonly string[];
  readonly excludeOu?: readonly string[];
  readonly excludeAccount?: readonly string[];
  readonly accountsAtOnce: number;
  /** Folder that keeps what was read, for a run that is interrupted. */
  readonly resume?: string;
  readonly fresh?: boolean;
  readonly quiet?: boolean;
  /** Look up who created the clusters. */
  readonly creators?: boolean;
  /** Where to look for sessions of pods; a sample takes so many seconds at most. */
  readonly sessions?: 'sample' | 'trail';
  readonly sessionsWithin?: number;
  /** False: the Kubernetes APIs of clusters are left alone. */
  readonly kubernetes?: boolean;
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Calls that pods were refused, too. */
  readonly accessDenied?: boolean;
}

/** Heading of the options that verbs share. */
const SOURCE = 'Where the estate comes from:';
/** Commander takes the empty heading for none: what follows is the verb's own. */
const NONE = '';

/** Adds the options that every verb that reads an estate takes. */
export function withSource(command: Command, snapshot = true): Command {
  command.optionsGroup(SOURCE);
  if (snapshot) {
    command.addOption(
      new Option(
        '-s, --snapshot <file>',
        'read this snapshot (.json, .json.gz, or - for stdin) instead of AWS',
      ),
    );
  }
  command
    .addOption(new Option('--profile <name>', 'AWS profile; the default credential chain otherwise'))
    .addOption(
      new Option('--regions <list>', 'only these regions, separated by commas').argParser(
        list(REGION, 'a region'),
      ),
    )
    .addOption(
      new Option(
        '--accounts <ids>',
        'further accounts, separated by commas, read through --read-role',
      ).argParser(list(/^\d{12}$/, 'a 12-digit account id')),
    )
    .addOption(
      new Option('--read-role <name>', 'role to assume in each further account').default('podtrust-read'),
    )
    .addOption(new Option('--external-id <id>', 'external id that the read role asks for'))
    .addOption(
      new Option(
        '--whole-organization',
        'these accounts are all there are: only then can an issuer be foreign or a provider an orphan',
      ),
    )
    .addOption(
      new Option(
        '--organization',
        'every account of the organization, through --read-role, and its service and resource control policies',
      ),
    )
    .addOption(
      new Option('--ou <ids>', 'with --organization: only accounts in or below these units').argParser(
        list(UNIT, 'the id of a root or an organizational unit'),
      ),
    )
    .addOption(
      new Option('--exclude-ou <ids>', 'with --organization: no account in or below these units').argParser(
        list(UNIT, 'the id of a root or an organizational unit'),
      ),
    )
    .addOption(
      new Option('--exclude-account <ids>', 'with --organization: without these accounts').argParser(
        list(/^\d{12}$/, 'a 12-digit account id'),
      ),
    )
    .addOption(
      new Option(
        '--resume <folder>',
        'with --organization: keep what was read here until all is read (default: in your state folder)',
      ),
    )
    .addOption(
      new Option('--fresh', 'with --organization: take nothing over from a run that was interrupted'),
    )
    .addOption(
      new Option('--accounts-at-once <n>', 'most accounts at work; fewer when AWS throttles')
        .default(ACCOUNTS_AT_ONCE.most)
        .argParser(positive),
    )
    .addOption(new Option('--no-kubernetes', 'do not read the Kubernetes APIs of clusters'))
    .addOption(
      new Option(
        '--kubeconfig <file>',
        'read the one cluster that this kubeconfig is about, with its user; otherwise each cluster with AWS credentials',
      ),
    )
    .addOption(new Option('--context <name>', 'context of the kubeconfig; the current one otherwise'))
    .addOption(
      new Option('--concurrency <n>', 'calls under way at once in one account')
        .default(16)
        .argParser(positive),
    );
  return command.optionsGroup(NONE);
}

/** Adds `--creators` to a verb that reads AWS. */
export function withCreators(command: Command): Command {
  return command
    .optionsGroup(SOURCE)
    .option('--creators', 'look up who created each cluster of the last 90 days (cloudtrail:LookupEvents)')
    .optionsGroup(NONE);
}

export interface CauseOptions {
  readonly causes?: boolean;
  /** Seconds. */
  readonly causesWithin: number;
}

/** Adds `--causes` to a verb that judges live AWS. */
export function withCauseLookup(command: Command): Command {
  return command
    .option('--causes', 'look up the last change behind each finding in CloudTrail (cloudtrail:LookupEvents)')
    .addOption(
      new Option('--causes-within <seconds>', 'longest time for looking up causes')
        .default(60)
        .argParser(positive),
    );
}

/** Adds `--sessions` to a verb that reads AWS for its findings. */
export function withSessions(command: Command): Command {
  return command
    .optionsGroup(SOURCE)
    .addOption(
      new Option(
        '--sessions [from]',
        "look up who was refused or let in of pods: sample (CloudTrail's event history) or trail (log files, through Athena: evidence.trail of the configuration)",
      )
        .choices(['sample', 'trail'])
        .preset('sample'),
    )
    .option('--access-denied', 'with --sessions: also the calls that pods were refused with their role')
    .addOption(
      new Option('--sessions-within <seconds>', 'longest time for a sample of sessions')
        .default(60)
        .argParser(positive),
    )
    .optionsGroup(NONE);
}

/** Organizations API reference, Parent: Id. */
const UNIT = /^(?:r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32})$/;
const REGION = /^[a-z]{2,5}(-[a-z]+)+-\d+$/;

function list(pattern: RegExp, what: string): (value: string) => string[] {
  return (value) => {
    const items = value.split(',').map((item) => item.trim());
    const wrong = items.find((item) => !pattern.test(item));
    if (wrong !== undefined) throw new InvalidArgumentError(`"${wrong}" is not ${what}.`);
    return items;
  };
}

/** Parses a whole number of at least 1. */
export function positive(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1)
    throw new InvalidArgumentError('It takes a whole number of at least 1.');
  return number;
}

/** Collects the values of an option that may be repeated. */
export function repeated(value: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), value];
}

/** `--output`, with the formats that the verb knows; the first is the default. */
export function outputOption(...formats: readonly [string, ...string[]]): Option {
  return new Option('-o, --output <format>', 'what stdout gets').choices([...formats]).default(formats[0]);
}
