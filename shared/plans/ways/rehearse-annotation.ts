import type { ChangeOf } from '../../changes/change.ts';
import type { Rehearsal } from '../../changes/proof.ts';
import type { ClusterView, Estate } from '../../estate/estate.ts';
import { annotatedIn, asksForRole } from '../../identity/annotated.ts';
import { ROLE_ANNOTATION } from '../../identity/role-annotation.ts';
import { subjectOf } from '../../identity/service-account.ts';
import { DAYS, NO_REHEARSAL, sessionWords } from '../trust/rehearse.ts';

/**
 * The sessions of the last 90 days that a ServiceAccount had with a role that its annotation no longer names: its pods
 * that are made anew get none of the kind. Null where the annotation gave nobody anything.
 */
export function rehearseAnnotation(
  { target, before, after }: ChangeOf<'service-account-annotation'>,
  estate: Estate,
  now: string,
): Rehearsal | null {
  if (target.annotation !== ROLE_ANNOTATION || before === null || before === after) return null;
  const cluster = estate.accounts
    .get(target.account)
    ?.clusters.find((one) => one.region === target.region && one.cluster.name === target.cluster);
  if (cluster === undefined || !gives(cluster, target)) return null;
  const sessions = estate.roleByArn.get(before)?.account.account.observed?.sessions;
  if (sessions === undefined) return NO_REHEARSAL;
  const horizon = Date.parse(now) - DAYS * 86_400_000;
  const own = sessions.seen.filter(
    ({ role, via, issuer, subject, last }) =>
      role === before &&
      via === 'web-identity' &&
      issuer === cluster.issuerKey &&
      subject === subjectOf(target.namespace, target.serviceAccount) &&
      Date.parse(last) >= horizon,
  );
  const { source, since, complete } = sessions;
  return { source, since, complete, sessions: own.length, broken: own.map(sessionWords) };
}

/** Whether it is the annotation that decides over the pods of a ServiceAccount. */
function gives(
  cluster: ClusterView,
  { namespace, serviceAccount }: ChangeOf<'service-account-annotation'>['target'],
): boolean {
  return annotatedIn(cluster).some(
    (one) => one.namespace === namespace && one.serviceAccount === serviceAccount && asksForRole(one),
  );
}
