import type { Change } from '../../changes/change.ts';
import type { ClusterView, Estate } from '../../estate/estate.ts';
import type { AccessEntry } from '../../estate/snapshot.ts';
import { type PolicyGrant, policyGrade, policyName } from '../../identity/access/policies.ts';
import {
  canonicalArn,
  isServiceLinkedArn,
  type Principal,
  parsePrincipal,
} from '../../identity/access/principal.ts';
import { type Standing, standingOf } from '../../identity/access/standing.ts';
import { madeFor } from '../../identity/access/tombstone.ts';
import { isNodeType } from '../../identity/access/username.ts';
import { accessOf } from '../../identity/access/ways.ts';
import { assemble } from '../assemble.ts';
import { type Declined, declined } from '../draft.ts';
import type { PlanContext } from '../plan-context.ts';
import type { Asked } from './asked.ts';
import { entryChanges, entryTarget, policyChange } from './entry-changes.ts';
import { represent } from './represent.ts';

/** Access to a cluster that a person wants somebody to have. */
export interface WantedAccess {
  readonly cluster: ClusterView;
  /** ARN of a role or user. */
  readonly principal: string;
  /** Name or ARN of an access policy. */
  readonly policy: string;
  /** Namespaces, or patterns of them; none: the whole cluster. */
  readonly namespaces: readonly string[];
}

/** Plans an access entry for one principal, or one more policy of the entry that it has. */
export function planAccess(wanted: WantedAccess, context: PlanContext): Asked {
  const { cluster, namespaces } = wanted;
  const policy = policyArnOf(wanted.policy, cluster);
  const principal = principalOf(wanted.principal, context.estate);
  const mode = modeProblem(cluster);
  const reasons = [policy, principal.arn].flatMap((one) => (typeof one === 'string' ? [] : one.reasons));
  if (typeof policy !== 'string' || typeof principal.arn !== 'string' || mode !== null)
    return { kind: 'declined', reasons: [...(mode === null ? [] : [mode]), ...reasons] };
  const scope: PolicyGrant['scope'] =
    namespaces.length === 0
      ? { type: 'cluster' }
      : { type: 'namespace', namespaces: [...new Set(namespaces)].sort() };
  const found = changesFor(
    cluster,
    principal.arn,
    principal.standing,
    { policyArn: policy, scope },
    context.estate,
  );
  if (found.kind !== 'changes') return found;
  const where = namespaces.length === 0 ? 'the whole cluster' : `namespaces ${namespaces.join(', ')}`;
  const plan = assemble(
    {
      kind: 'draft',
      title: `Give ${principal.arn} ${policyName(policy)} in ${where} of cluster ${cluster.cluster.name}.`,
      wish: `whoever ran podtrust grant-access for ${principal.arn}`,
      changes: found.changes,
      approval: [
        'It was asked for on the command line: an approver answers for it.',
        ...approvalFor({ policyArn: policy, scope }, principal.standing),
      ],
      notes: [
        'kubectl auth can-i does not see what access policies give: try it as the principal.',
        ...found.notes,
      ],
      unknowns:
        principal.standing?.kind === 'unread'
          ? [`${principal.standing.missing.read}: ${principal.standing.missing.reason}`]
          : [],
    },
    [],
    context,
  );
  return { kind: 'plan', plan };
}

function policyArnOf(wanted: string, { account: { partition } }: ClusterView): string | Declined {
  const prefix = `arn:${partition}:eks::aws:cluster-access-policy/`;
  const name = wanted.startsWith(prefix) ? wanted.slice(prefix.length) : wanted;
  return /^Amazon[A-Za-z0-9]+Policy$/.test(name)
    ? `${prefix}${name}`
    : declined(
        `"${wanted}" is no access policy of partition ${partition}: give its name, as in AmazonEKSViewPolicy (aws eks list-access-policies), or its ARN, ${prefix}….`,
      );
}

interface Found {
  readonly arn: string | Declined;
  readonly standing: Standing | null;
}

function principalOf(wanted: string, estate: Estate): Found {
  const who = parsePrincipal(wanted);
  const wrong = who === null ? 'it is no ARN of a role or user' : unfit(who);
  if (who === null || wrong !== null)
    return { arn: declined(`"${wanted}" gets no access entry: ${wrong ?? ''}.`), standing: null };
  const standing = standingOf(who, estate);
  switch (standing.kind) {
    case 'exists':
      return { arn: standing.role?.role.arn ?? wanted, standing };
    case 'elsewhere':
      return {
        arn: declined(`${wanted} does not exist: its path differs, it is ${standing.arn}.`),
        standing,
      };
    case 'absent':
      return {
        arn: declined(`${wanted} does not exist: whoever may create it would get the access.`),
        standing,
      };
    case 'foreign':
    case 'unread':
      return { arn: wanted, standing };
  }
}

function unfit(who: Principal): string | null {
  switch (who.kind) {
    case 'role':
    case 'user':
      return isServiceLinkedArn(who.arn) ? 'EKS takes none for service-linked roles' : null;
    case 'session':
      return `a session is let in as its role: give ${canonicalArn(who)}, with its path`;
    case 'root':
      return 'it is the root user alone, and nobody else of the account: name the role or user';
    case 'federated-user':
      return 'entries are for roles and users';
  }
}

function modeProblem({ cluster: { name, authenticationMode: mode } }: ClusterView): string | null {
  if (mode === undefined) return 'eks:DescribeCluster: the authentication mode was not read.';
  return mode === 'CONFIG_MAP'
    ? `Cluster ${name} has authentication mode CONFIG_MAP and does not look at access entries: podtrust migrate access-entries --cluster ${name} changes that.`
    : null;
}

type Changes = {
  readonly kind: 'changes';
  readonly changes: readonly Change[];
  readonly notes: readonly string[];
};

function changesFor(
  cluster: ClusterView,
  principal: string,
  standing: Standing | null,
  grant: PolicyGrant,
  estate: Estate,
): Changes | Declined | Extract<Asked, { kind: 'done' }> {
  const missing = cluster.missing('accessEntries');
  if (missing !== null) return declined(`${missing.read}: ${missing.reason}`);
  const entry = cluster.cluster.accessEntries?.find(
    ({ principalArn }) => principalArn.toLowerCase() === principal.toLowerCase(),
  );
  if (entry !== undefined) return onEntry(cluster, entry, standing, grant);
  return newEntry(cluster, principal, grant, estate);
}

/** An entry comes before a row of aws-auth: what the row gives goes into it, or there is no plan. */
function newEntry(
  cluster: ClusterView,
  principal: string,
  grant: PolicyGrant,
  estate: Estate,
): Changes | Declined {
  const who = parsePrincipal(principal);
  const row = accessOf(cluster).ways.find(
    (way) =>
      way.surface === 'aws-auth' &&
      way.state === 'open' &&
      who !== null &&
      way.principal?.toLowerCase() === canonicalArn(who).toLowerCase(),
  );
  const unread = cluster.cluster.authenticationMode === 'API' ? null : cluster.kubernetes.missing('awsAuth');
  if (unread !== null)
    return declined(
      `${unread.read}: ${unread.reason}. An entry would take the effect from a row of aws-auth that nobody has seen.`,
    );
  if (row === undefined)
    return { kind: 'changes', changes: entryChanges(cluster, plainEntry(principal, grant)), notes: [] };
  const same = represent(row, cluster, estate);
  if (same.kind !== 'entry' || same.entry.type !== 'STANDARD')
    return declined(
      `aws-auth maps ${principal}, and an entry would take the effect from that row without giving the same: ${same.kind === 'entry' ? 'it is a row for nodes' : same.why}`,
    );
  const policies = [...same.policies.filter(({ policyArn }) => policyArn !== grant.policyArn), grant];
  const kept = same.policies.some(
    ({ policyArn, scope }) => policyArn === grant.policyArn && scope.type === 'cluster',
  );
  return {
    kind: 'changes',
    changes: entryChanges(cluster, { ...same, policies: kept ? same.policies : policies }),
    notes: [
      'aws-auth maps the principal too: the entry says the same besides, since it comes before the row.',
    ],
  };
}

function plainEntry(principal: string, grant: PolicyGrant) {
  return { principal, entry: { type: 'STANDARD', groups: [] }, policies: [grant] };
}

function onEntry(
  cluster: ClusterView,
  entry: AccessEntry,
  standing: Standing | null,
  grant: PolicyGrant,
): Changes | Declined | Extract<Asked, { kind: 'done' }> {
  const { principalArn, type, policies } = entry;
  if (type === undefined || policies === undefined)
    return declined(`eks:DescribeAccessEntry: what the entry of ${principalArn} grants was not read.`);
  if (isNodeType(type))
    return declined(`The entry of ${principalArn} is for nodes (${type}), and takes no such policies.`);
  if (standing !== null && madeFor(entry, standing).kind === 'for-another')
    return declined(
      `The entry of ${principalArn} was made for another principal of the same ARN and lets nobody in: repair it first (no-tombstoned-access-entry).`,
    );
  const present = policies.find(({ policyArn }) => policyArn === grant.policyArn);
  const scope = joined(present?.scope ?? null, grant.scope);
  if (scope === null)
    return { kind: 'done', words: `${principalArn} has ${policyName(grant.policyArn)} there already.` };
  const target = entryTarget(cluster, principalArn);
  return {
    kind: 'changes',
    changes: [policyChange(target, { policyArn: grant.policyArn, scope }, present?.scope ?? null)],
    notes: [],
  };
}

/** A scope with another added to it: EKS keeps one for each policy of an entry. Null where it has all of it. */
function joined(
  present: PolicyGrant['scope'] | null,
  added: PolicyGrant['scope'],
): PolicyGrant['scope'] | null {
  if (present === null) return added;
  if (present.type === 'cluster') return null;
  if (added.type === 'cluster') return added;
  const old = present.namespaces ?? [];
  const all = [...new Set([...old, ...(added.namespaces ?? [])])].sort();
  return all.length === new Set(old).size ? null : { type: 'namespace', namespaces: all };
}

function approvalFor(grant: PolicyGrant, standing: Standing | null): string[] {
  const grade = policyGrade(grant);
  const patterns = (grant.scope.namespaces ?? []).filter((name) => name.includes('*'));
  return [
    ...(grade === 'cluster-admin' ? ['It makes an administrator of the whole cluster.'] : []),
    ...(grade === 'unknown' ? [`What ${policyName(grant.policyArn)} allows is not known to podtrust.`] : []),
    ...(patterns.length > 0
      ? [`Whoever may create namespaces that fit ${patterns.join(', ')} widens it.`]
      : []),
    ...(standing?.kind === 'foreign' ? ['The principal is outside of the organization.'] : []),
  ];
}
