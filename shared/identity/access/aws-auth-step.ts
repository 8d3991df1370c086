import type { ClusterView } from '../../estate/estate.ts';
import { mappingFor } from '../../kubernetes/aws-auth/mapping-for.ts';
import type { NearMiss } from '../../kubernetes/aws-auth/near-miss.ts';
import type { AwsAuthRow } from '../../kubernetes/aws-auth/parsed.ts';
import type { Step } from '../chain.ts';
import { fail, leftOut, pass, unknown, unread } from '../checks.ts';
import { awsAuthOf } from './aws-auth.ts';
import type { EntryAnswer } from './entry-steps.ts';
import { isSamePermissionSet, OTHER_SUFFIX } from './permission-set.ts';
import { canonicalArn, type Principal } from './principal.ts';
import { accessOf, type Way } from './ways.ts';

/** What aws-auth says of a principal. */
export interface AwsAuthAnswer {
  readonly step: Step;
  readonly way: Way | null;
  /** How to change the row that was meant, where there is one. */
  readonly repair: string | null;
}

const CHECK = 'aws-auth';

/** Does aws-auth map the principal, and if not, which of its rows was probably meant to, and why does it not? */
export function awsAuthStep(principal: Principal, cluster: ClusterView, entry: EntryAnswer): AwsAuthAnswer {
  const only = (step: Step): AwsAuthAnswer => ({ step, way: null, repair: null });
  const missing = cluster.kubernetes.missing('awsAuth');
  if (cluster.cluster.authenticationMode === 'API') {
    const counts = isMapped(principal, cluster) ? ' It maps the principal, which counts for nothing.' : '';
    return only(leftOut(CHECK, `Not asked under API.${counts}`));
  }
  if (entry.decides) return only(leftOut(CHECK, 'Not asked: the access entry comes first.'));
  return missing === null ? mapped(principal, cluster) : only(unknown(CHECK, unread(missing)));
}

/** True when aws-auth is known to map the principal, whether or not the cluster asks it. */
export function isMapped({ arn }: Principal, cluster: ClusterView): boolean {
  if (cluster.kubernetes.missing('awsAuth') !== null) return false;
  const { outcome } = mappingFor(awsAuthOf(cluster), arn);
  return outcome === 'mapped' || outcome === 'account';
}

function mapped(principal: Principal, cluster: ClusterView): AwsAuthAnswer {
  const { ways } = accessOf(cluster);
  const answer = mappingFor(awsAuthOf(cluster), principal.arn);
  switch (answer.outcome) {
    case 'mapped': {
      const way = ways.find(({ row }) => row === answer.row) ?? null;
      return { step: pass(CHECK, `${placeOf(answer.row)} maps ${answer.row.arn}.`), way, repair: null };
    }
    case 'account': {
      const { account } = answer.caller;
      const way = ways.find((one) => one.surface === 'aws-auth-account' && one.principal === account) ?? null;
      return { step: pass(CHECK, `mapAccounts lets in everyone of account ${account}.`), way, repair: null };
    }
    case 'refused':
      return {
        step: fail(
          CHECK,
          `${placeOf(answer.row)} maps it, for nodes alone: its username is made of the instance whose id is the name of the session, and ${answer.reason}: 401 Unauthorized.`,
        ),
        way: null,
        repair: null,
      };
    case 'invalid':
      return {
        step: fail(CHECK, `The authenticator refuses the ARN: ${answer.reason}.`),
        way: null,
        repair: null,
      };
    case 'none':
      return unmapped(principal, cluster, answer.near);
  }
}

const placeOf = ({ section, line }: AwsAuthRow): string => `${section} line ${line}`;

function unmapped(principal: Principal, cluster: ClusterView, near: NearMiss | undefined): AwsAuthAnswer {
  const wanted = canonicalArn(principal);
  const what = cluster.kubernetes.data.awsAuth === null ? 'There is no aws-auth' : 'aws-auth does not map it';
  const why =
    near === undefined
      ? formerRow(principal, cluster)
      : near.kind === 'lost-section'
        ? lostReason(near.section, cluster)
        : reasonOf(near, wanted);
  const detail = `${what} (${wanted}): 401 Unauthorized.${why === null ? '' : ` ${why.detail}`}`;
  return { step: fail(CHECK, detail, why?.rule ?? null), way: null, repair: why?.repair ?? null };
}

/** The row of a role of the same permission set with another suffix. */
function formerRow(principal: Principal, cluster: ClusterView): Reason | null {
  const way = accessOf(cluster).ways.find(
    ({ surface, who }) => surface === 'aws-auth' && who !== null && isSamePermissionSet(who, principal),
  );
  if (way?.row === undefined) return null;
  const place = placeOf(way.row);
  return {
    detail: `${place} names ${way.row.arn}${OTHER_SUFFIX}.`,
    rule: null,
    repair: `Write ${canonicalArn(principal)} in ${place} of aws-auth, instead of ${way.row.arn}.`,
  };
}

interface Reason {
  readonly detail: string;
  readonly rule: string | null;
  readonly repair: string | null;
}

/** A row that was probably meant, and what keeps it from counting. */
function reasonOf({ kind, row }: Extract<NearMiss, { row: AwsAuthRow }>, wanted: string): Reason {
  const place = placeOf(row);
  const repair = `Write ${wanted} in ${place} of aws-auth, instead of ${row.arn}.`;
  switch (kind) {
    case 'path':
      return {
        detail: `${place} names ${row.arn}: STS names roles without their path.`,
        rule: 'no-role-path-in-aws-auth',
        repair,
      };
    case 'session':
      return {
        detail: `${place} names a session, ${row.arn}: only roles and users are looked up.`,
        rule: 'no-invalid-aws-auth',
        repair,
      };
    case 'wildcard':
      return {
        detail: `${place} names ${row.arn}: wildcards count for themselves alone.`,
        rule: 'no-invalid-aws-auth',
        repair,
      };
    case 'space':
      return { detail: `${place} has white space in its ARN.`, rule: 'no-invalid-aws-auth', repair };
    case 'partition':
      return {
        detail: `${place} names ${row.arn}, of another partition.`,
        rule: 'no-ghost-aws-auth-principal',
        repair,
      };
    case 'account':
      return { detail: `${place} names ${row.arn}, of another account.`, rule: null, repair: null };
    case 'name':
      return { detail: `${place} names ${row.arn}, which is spelt otherwise.`, rule: null, repair: null };
    case 'root':
      return {
        detail: `${place} names ${row.arn}: that is the root user alone, and nobody else of the account.`,
        rule: 'no-root-mapping',
        repair: `Map ${wanted} itself: ${row.arn} stands for the root user alone.`,
      };
  }
}

function lostReason(section: string, cluster: ClusterView): Reason {
  const problem = awsAuthOf(cluster).problems.find(
    (one) => one.section === section && one.effect === 'section-lost',
  );
  const place = problem?.line === undefined ? section : `${section} line ${problem.line}`;
  return {
    detail: `It stands in ${section}, of which nothing counts: it cannot be read (${place}).`,
    rule: 'no-invalid-aws-auth',
    repair: `Repair ${place} of aws-auth: until it can be read, the whole section counts for nothing.`,
  };
}
