import { findingOf } from '../audit/audit.ts';
import { type Change, canonicalJson } from '../changes/change.ts';
import type { Plan } from '../changes/plan.ts';
import type { Config } from '../config/config.ts';
import { buildEstate } from '../estate/build-estate.ts';
import type { Estate } from '../estate/estate.ts';
import { type Finding, SEVERITIES } from '../findings/finding.ts';
import { annotatedIn } from '../identity/annotated.ts';
import type { Failure, Rule } from '../rules/define-rule.ts';
import { rules } from '../rules/index.ts';
import { type Scope, wholeScope } from '../rules/scope.ts';
import { applyToSnapshot } from './apply-to-snapshot.ts';
import { failuresIn } from './failures-in.ts';
import type { Gain } from './intent-of.ts';
import type { PlanContext } from './plan-context.ts';
import type { BoundIdentity } from './ways/way.ts';
import { type FindingsByFingerprint, mayBeWorse, worseSince } from './worse.ts';

const MOST = 20;

/**
 * What somebody who asks for changes has to expect of them: each finding that they would bring, in words that the plan
 * carries and its approver reads. Whatever else arises when they are made was not foreseen, and takes them back.
 */
export function foreseenNotes(
  changes: readonly Change[],
  context: PlanContext,
  among: readonly Rule[] = rules,
): string[] {
  const { estate, config, hash } = context;
  const after = buildEstate(applyToSnapshot(estate.snapshot, changes));
  const scope = touched(after, config, changes);
  const was = byFingerprint(failuresIn(context), hash);
  const is = byFingerprint(
    among.filter(({ kind }) => mayBeWorse(kind)).flatMap((rule) => rule.judge(scope).failures),
    hash,
  );
  return worseSince(was, is, changes)
    .slice(0, MOST)
    .map((finding) => `${expected(finding)}: ${finding.detail}`.slice(0, 4000));
}

/**
 * What is left to do after a plan that answers a finding, and is no harm that it does. Pods get their identity when they
 * are created, so that those which run lack it. A mapping that begins to count, whose groups nobody bound, gave nothing
 * before either. A ServiceAccount that a role lets in again may not ask for it.
 */
export function remainingNotes(
  changes: readonly Change[],
  gains: readonly Gain[],
  context: PlanContext,
): string[] {
  const unasked = gains.some(({ identities }) => identities?.some(isUnbound) === true);
  const names = new Set([...changes.flatMap(({ kind }) => LEFT[kind] ?? []), ...(unasked ? [UNASKED] : [])]);
  if (names.size === 0) return [];
  return foreseenNotes(
    changes,
    context,
    rules.filter(({ name }) => names.has(name)),
  );
}

const UNASKED = 'use-role-annotation';
const LEFT: Partial<Record<Change['kind'], readonly string[]>> = {
  'service-account-annotation': ['no-uninjected-pod'],
  'pod-identity-association': ['no-uninjected-pod'],
  'aws-auth': ['no-unbound-group'],
  'access-entry': ['no-unbound-group'],
};

/** Whether a note tells no more than what is left to do. */
export function isRemaining(note: string): boolean {
  return [UNASKED, ...Object.values(LEFT).flat()].some((rule) => note.startsWith(`Expect ${rule} `));
}

function isUnbound({ cluster, namespace, serviceAccount }: BoundIdentity): boolean {
  if (cluster.kubernetes.serviceAccount(namespace, serviceAccount) === undefined) return false;
  return !annotatedIn(cluster).some(
    (one) => one.namespace === namespace && one.serviceAccount === serviceAccount,
  );
}

/** The accounts of some changes, and roles of others that they name: nothing else is judged for every plan anew. */
function touched(estate: Estate, config: Config, changes: readonly Change[]): Scope {
  const ids = new Set(changes.map(({ target }) => target.account));
  const text = canonicalJson(changes);
  const { accounts, clusters, roles, associations, ...rest } = wholeScope(estate, config);
  return {
    ...rest,
    accounts: accounts.filter(({ id }) => ids.has(id)),
    clusters: clusters.filter(({ account }) => ids.has(account.id)),
    roles: roles.filter(({ account, role }) => ids.has(account.id) || text.includes(`"${role.arn}"`)),
    associations: associations.filter(({ cluster }) => ids.has(cluster.account.id)),
  };
}

/** Whether a plan told that it would bring a finding, and as severe as it is: what is worse than was told is not foreseen. */
export function isForeseen(finding: Finding, { notes }: Pick<Plan, 'notes'>): boolean {
  const told = SEVERITIES.slice(0, SEVERITIES.indexOf(finding.severity) + 1);
  return told.some((severity) =>
    notes.some((note) => note.startsWith(`${expected({ ...finding, severity })}: `)),
  );
}

const expected = ({ rule, fingerprint, severity }: Finding): string =>
  `Expect ${rule} (${fingerprint}, ${severity}) afterwards`;

function byFingerprint(failures: readonly Failure[], hash: PlanContext['hash']): FindingsByFingerprint {
  return new Map(
    failures.map((failure) => {
      const finding = findingOf(failure, hash);
      return [finding.fingerprint, finding];
    }),
  );
}
