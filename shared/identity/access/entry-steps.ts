import type { ClusterView } from '../../estate/estate.ts';
import type { Step } from '../chain.ts';
import { fail, leftOut, pass, unknown, unread } from '../checks.ts';
import { isMapped } from './aws-auth-step.ts';
import { isForNoInstance, isNodeRole } from './node-roles.ts';
import { isSamePermissionSet, OTHER_SUFFIX } from './permission-set.ts';
import { isNodesAsPeople } from './powerless.ts';
import { canonicalArn, type Principal } from './principal.ts';
import type { Standing } from './standing.ts';
import { madeFor } from './tombstone.ts';
import { isNodeType } from './username.ts';
import { accessOf, type Way } from './ways.ts';

/** What access entries say of a principal. */
export interface EntryAnswer {
  readonly steps: readonly Step[];
  /** The entry that is for it, whether or not it lets it in. */
  readonly way: Way | null;
  /** True when the entry decides, and aws-auth is not asked. */
  readonly decides: boolean;
}

/** Is there an access entry, was it made for this very principal, and is its type one that lets it in? */
export function entrySteps(principal: Principal, standing: Standing, cluster: ClusterView): EntryAnswer {
  const mode = cluster.cluster.authenticationMode;
  const { same, namesake } = entriesOf(principal, standing, cluster);
  if (mode === 'CONFIG_MAP') {
    const beside = same === undefined ? '' : ' There is one, and it counts for nothing.';
    return {
      steps: [leftOut('access-entry', `Not asked under CONFIG_MAP.${beside}`)],
      way: null,
      decides: false,
    };
  }
  const missing = cluster.missing('accessEntries');
  if (same === undefined && missing !== null) return none(unknown('access-entry', unread(missing)), false);
  if (same === undefined) return none(withoutEntry(principal, namesake, cluster), mode === 'API');
  const found = pass(
    'access-entry',
    `There is an access entry for ${same.principal ?? ''} (${same.type ?? 'type not read'}).`,
  );
  const steps = [found, identityStep(same, standing), typeStep(same, principal, standing, cluster)];
  return { steps, way: same, decides: true };
}

const none = (step: Step, decides: boolean): EntryAnswer => ({ steps: [step], way: null, decides });

function entriesOf(principal: Principal, standing: Standing, cluster: ClusterView) {
  const wanted = canonicalArn(principal).toLowerCase();
  const entries = accessOf(cluster).ways.filter(
    ({ surface, who }) =>
      surface === 'access-entry' && who !== null && canonicalArn(who).toLowerCase() === wanted,
  );
  const whole = wholeArn(principal, standing)?.toLowerCase();
  const same = entries.find(({ principal: arn }) => whole === undefined || arn?.toLowerCase() === whole);
  return { same, namesake: same === undefined ? entries[0] : undefined };
}

/** ARN with path; of a session whose role was not read, nobody knows the path. */
function wholeArn(principal: Principal, standing: Standing): string | undefined {
  if (standing.kind === 'exists' && standing.role !== undefined) return standing.role.role.arn;
  return principal.kind === 'session' ? undefined : principal.arn;
}

function withoutEntry(principal: Principal, namesake: Way | undefined, cluster: ClusterView): Step {
  const check = 'access-entry';
  if (namesake !== undefined) {
    return fail(
      check,
      `The access entry names ${namesake.principal ?? ''}; the role has another path, and an entry takes the whole ARN.`,
      'no-role-path-in-aws-auth',
    );
  }
  const what = `No access entry names ${canonicalArn(principal)}${formerName(principal, cluster)}`;
  const mode = cluster.cluster.authenticationMode;
  if (mode === 'API') {
    const rule = isMapped(principal, cluster) ? 'no-ignored-mapping' : null;
    return fail(check, `${what}, and nothing else is asked: 401 Unauthorized.`, rule);
  }
  if (mode === undefined) return unknown(check, `${what}; whether aws-auth is asked is not known.`);
  return leftOut(check, `${what}: aws-auth is asked next.`);
}

/** The entry of a role of the same permission set with another suffix, in words; empty where there is none. */
function formerName(principal: Principal, cluster: ClusterView): string {
  const entry = accessOf(cluster).ways.find(
    ({ surface, who }) => surface === 'access-entry' && who !== null && isSamePermissionSet(who, principal),
  );
  return entry === undefined ? '' : ` (there is one for ${entry.principal ?? ''}${OTHER_SUFFIX})`;
}

function identityStep({ entry, principal }: Way, standing: Standing): Step {
  const check = 'access-entry-identity';
  if (entry === undefined) return leftOut(check, 'There is no entry.');
  if (standing.kind === 'absent' || standing.kind === 'elsewhere')
    return leftOut(check, 'The principal does not exist.');
  const made = madeFor(entry, standing);
  switch (made.kind) {
    case 'for-this':
      return pass(check, 'The principal is older than the entry: it was made for this one.');
    case 'for-another':
      return fail(
        check,
        `${principal ?? 'The principal'} was made again at ${made.principal}, after the entry (${made.entry}): the entry is for the one before, and admits nobody.`,
        'no-tombstoned-access-entry',
      );
    case 'unread':
      return unknown(check, unread(made.missing));
  }
}

function typeStep(way: Way, principal: Principal, standing: Standing, cluster: ClusterView): Step {
  const check = 'access-entry-type';
  const { type } = way;
  if (type === undefined) return unknown(check, 'Not known: eks:DescribeAccessEntry is missing.');
  if (!isNodeType(type)) {
    if (!isNodeRole(way.principal ?? '', cluster) && !isNodesAsPeople(way, standing))
      return pass(check, `Type ${type} is for people and programs.`);
    return fail(
      check,
      `${principal.arn} is the role of nodes, which do not join with an entry of type ${type}.`,
      'no-wrong-entry-type',
    );
  }
  const instance = principal.kind === 'session' ? /^i-[0-9a-f]{8,17}$/.test(principal.session) : null;
  if (!type.startsWith('EC2') || instance === true) return pass(check, `Type ${type} is for nodes.`);
  const why = `An entry of type ${type} names the node after its instance: only sessions that an instance itself has are let in`;
  if (standing.kind === 'exists' && standing.role !== undefined && isForNoInstance(standing.role))
    return fail(check, `${why}, and no instance can have this role.`, 'no-wrong-entry-type');
  if (instance === null) return leftOut(check, `${why}.`);
  return fail(check, `${why}, and no instance has a session of this name.`);
}
