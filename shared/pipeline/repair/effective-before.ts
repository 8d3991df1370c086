import { buildEstate } from '../../estate/build-estate.ts';
import type { Snapshot } from '../../estate/snapshot.ts';
import type { StoredFinding } from '../../findings/stored.ts';
import { effectivePart } from '../../plans/trust/effective-part.ts';
import { admittedWords } from '../../plans/trust/words.ts';
import { associationWays } from '../../plans/ways/effective-ways.ts';
import { noWidenedTrust } from '../../rules/evented/no-widened-trust.ts';
import { roleOfArn } from '../../triggers/names.ts';
import type { Claims } from '../claims.ts';
import { LostClaimError } from '../errors.ts';
import type { History } from '../history.ts';
import { joinSnapshots } from '../join-snapshots.ts';
import { blindness } from '../judge-scope.ts';
import { readSnapshot } from '../read-claims.ts';

export interface BeforePorts {
  readonly history: Pick<History, 'before'>;
  readonly claims: Claims;
}

const LONGEST = 3000;

/**
 * Whom a role let in before a finding was there, in words for whoever decides: what its before-image or the newest
 * reading from before it says. `now`: the estate as it was planned from, for the names of clusters of other accounts.
 * Says so where nothing is kept; it is evidence, and never intent.
 */
export async function effectiveBefore(
  arn: string,
  { finding, firstSeen }: Pick<StoredFinding, 'finding' | 'firstSeen'>,
  now: Snapshot,
  ports: BeforePorts,
): Promise<string> {
  const { baseline, baselineReadAt } = finding.evidence;
  if (finding.rule === noWidenedTrust.name && finding.role === arn && typeof baseline === 'string')
    return effectiveIn(arn, withPolicy(now, arn, baseline), String(baselineReadAt));
  const role = roleOfArn(arn);
  if (role === undefined) return 'not known: it is recorded of roles alone';
  const { account } = role;
  const kept = await ports.history.before(account, firstSeen);
  if (kept === null) return `not known: nothing that was read before ${firstSeen} is kept`;
  try {
    const earlier = await readSnapshot(ports.claims, kept.key);
    const blind = blindness(earlier, { kind: 'role', account, role: role.roleName });
    if (blind !== null)
      return `not known: on ${kept.takenAt} the role was not read (${blind})`.slice(0, LONGEST);
    const others = { ...now, accounts: now.accounts.filter(({ id }) => id !== account), coverage: [] };
    return effectiveIn(arn, joinSnapshots([earlier, others], [], kept.takenAt), kept.takenAt);
  } catch (error) {
    if (error instanceof LostClaimError) return `not known: what was read on ${kept.takenAt} is gone`;
    throw error;
  }
}

/** Whom a role really lets in, by a snapshot. */
function effectiveIn(arn: string, snapshot: Snapshot, at: string): string {
  const estate = buildEstate(snapshot);
  const role = estate.roleByArn.get(arn);
  if (role === undefined) return `on ${at} the role did not exist`;
  const trusted = admittedWords(effectivePart(role.role.trustPolicy, role.account), estate);
  const associated = estate.clusters
    .flatMap((cluster) => associationWays(cluster, estate))
    .flatMap(({ target, words }) => (target === arn ? [words] : []));
  return `on ${at} it let in: ${[...trusted, ...associated].join('; ')}`.slice(0, LONGEST);
}

function withPolicy(snapshot: Snapshot, arn: string, trustPolicy: string): Snapshot {
  return {
    ...snapshot,
    accounts: snapshot.accounts.map((account) => ({
      ...account,
      ...(account.roles !== undefined && {
        roles: account.roles.map((role) => (role.arn === arn ? { ...role, trustPolicy } : role)),
      }),
    })),
  };
}
