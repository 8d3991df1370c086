import { partitionNamed } from '../shared/aws/partitions.ts';
import type { Estate } from '../shared/estate/estate.ts';
import type { FoundCause } from '../shared/findings/cause.ts';
import { findCause, type LookUp } from '../shared/findings/cause-lookup.ts';
import type { Audit, Finding } from '../shared/findings/finding.ts';
import type { Io } from './io.ts';
import type { SourceOptions } from './options.ts';
import { showProgress } from './progress.ts';

/** Attaches to each open finding the last change that CloudTrail recorded behind it, within the time that is given. */
export async function lookUpCauses(
  shown: Audit,
  estate: Estate,
  options: SourceOptions & { readonly causesWithin: number },
  io: Io,
): Promise<Audit> {
  const { createClients } = await import('../shared/aws/clients.ts');
  const { eventLookup } = await import('../shared/aws/cloudtrail/lookup-events.ts');
  const clients = createClients({
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    ...(options.externalId === undefined ? {} : { externalId: options.externalId }),
    readRole: options.readRole,
  });
  const further = new Set(options.accounts ?? []);
  const lookUp = eventLookup({
    clientFor: (account, region) => clients('cloudtrail', further.has(account) ? account : null, region),
    now: io.now,
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    until: new Date(io.now().getTime() + options.causesWithin * 1000),
  });
  const progress = showProgress(io, options.quiet === true);
  let calls = 0;
  let gaps = 0;
  try {
    return await withCauses(shown, estate, async (query) => {
      calls += 1;
      progress.update({ calls, gaps, doing: `cloudtrail:LookupEvents ${query.account} ${query.eventName}` });
      const found = await lookUp(query);
      if (found.gap !== undefined) gaps += 1;
      return found;
    });
  } finally {
    progress.stop();
  }
}

/** The audit with a cause for each open finding, the most severe first: they get what time there is. */
export async function withCauses(shown: Audit, estate: Estate, lookUp: LookUp): Promise<Audit> {
  const findings: Audit['findings'] = [];
  for (const finding of shown.findings) {
    if (finding.status !== 'open') findings.push(finding);
    else findings.push({ ...finding, cause: await causeOf(finding, estate, lookUp) });
  }
  return { ...shown, findings };
}

async function causeOf(finding: Finding, estate: Estate, lookUp: LookUp): Promise<FoundCause> {
  const account = estate.accounts.get(finding.account);
  if (account === undefined)
    return { outcome: 'not-looked-up', reason: `account ${finding.account} was not read` };
  const iamRegion = partitionNamed(account.partition)?.iamRegion;
  if (iamRegion === undefined)
    return { outcome: 'not-looked-up', reason: `nothing is known of partition ${account.partition}` };
  return findCause(finding, estate.snapshot.takenAt, iamRegion, lookUp);
}
