import { partitionNamed } from '../shared/aws/partitions.ts';
import type { Estate } from '../shared/estate/estate.ts';
import type { FoundCause } from '../shared/findings/cause.ts';
import { findCause, type LookUp } from '../shared/findings/cause-lookup.ts';
import type { Audit, AuditFinding, Finding } from '../shared/findings/finding.ts';
import { UsageError } from './errors.ts';
import type { Io } from './io.ts';
import type { CauseOptions, SourceOptions } from './options.ts';
import { showProgress } from './progress.ts';
import { callerOf } from './repair/caller.ts';

/** Where the account of a finding is, and as of when it was read. */
export interface CauseContext {
  readonly takenAt: string;
  readonly partitionOf: (account: string) => string | undefined;
  /** The caller's own account; where it is not known, whatever `--accounts` does not name. */
  readonly own?: string;
}

/** Attaches the last change that CloudTrail recorded behind a finding. */
export interface CauseFinder {
  readonly withCause: (finding: Finding) => Promise<AuditFinding>;
  readonly stop: () => void;
}

/** Throws UsageError where there is nothing to ask. */
export function checkCauses({ causes, snapshot }: CauseOptions & SourceOptions): void {
  if (causes === true && snapshot !== undefined)
    throw new UsageError('--causes asks CloudTrail, which a snapshot does not hold: leave out --snapshot.');
}

/** An audit of an estate that was just read, with a cause for each open finding, the most severe first. */
export async function auditWithCauses(
  found: Audit,
  estate: Estate,
  options: SourceOptions & CauseOptions,
  io: Io,
): Promise<Audit> {
  const context = {
    takenAt: estate.snapshot.takenAt,
    partitionOf: (account: string) => estate.accounts.get(account)?.partition,
    own: (await callerOf(options.profile)).account,
  };
  const finder = await causeFinder(context, options, io);
  try {
    const findings: Audit['findings'] = [];
    for (const finding of found.findings) findings.push(await finder.withCause(finding));
    return { ...found, findings };
  } finally {
    finder.stop();
  }
}

/** Looks for causes within the time that is given: the first findings that ask get what time there is. */
export async function causeFinder(
  context: CauseContext,
  options: SourceOptions & CauseOptions,
  io: Io,
): Promise<CauseFinder> {
  const { createClients } = await import('../shared/aws/clients.ts');
  const { eventLookup } = await import('../shared/aws/cloudtrail/lookup-events.ts');
  const clients = createClients({
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    ...(options.externalId === undefined ? {} : { externalId: options.externalId }),
    readRole: options.readRole,
  });
  const further = new Set(options.accounts ?? []);
  const isOwn = (account: string): boolean =>
    context.own === undefined ? !further.has(account) : account === context.own;
  const lookUp = eventLookup({
    clientFor: (account, region) => clients('cloudtrail', isOwn(account) ? null : account, region),
    now: io.now,
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    until: new Date(io.now().getTime() + options.causesWithin * 1000),
  });
  const progress = showProgress(io, options.quiet === true);
  let calls = 0;
  let gaps = 0;
  return {
    withCause: (finding) =>
      withCause(finding, context, async (query) => {
        calls += 1;
        progress.update({
          calls,
          gaps,
          doing: `cloudtrail:LookupEvents ${query.account} ${query.eventName}`,
        });
        const found = await lookUp(query);
        if (found.gap !== undefined) gaps += 1;
        return found;
      }),
    stop: progress.stop,
  };
}

/** A finding with its cause, where it is open. */
export async function withCause(
  finding: Finding,
  context: CauseContext,
  lookUp: LookUp,
): Promise<AuditFinding> {
  return finding.status === 'open' ? { ...finding, cause: await causeOf(finding, context, lookUp) } : finding;
}

async function causeOf(
  finding: Finding,
  { takenAt, partitionOf }: CauseContext,
  lookUp: LookUp,
): Promise<FoundCause> {
  const partition = partitionOf(finding.account);
  if (partition === undefined)
    return { outcome: 'not-looked-up', reason: `account ${finding.account} was not read` };
  const iamRegion = partitionNamed(partition)?.iamRegion;
  if (iamRegion === undefined)
    return { outcome: 'not-looked-up', reason: `nothing is known of partition ${partition}` };
  return findCause(finding, takenAt, iamRegion, lookUp);
}
