import type { Change, ChangeOf } from '../../changes/change.ts';
import type { ClusterView, Estate, RoleView } from '../../estate/estate.ts';
import { decide } from '../../iam/evaluate.ts';
import type { ContextValue } from '../../iam/request.ts';
import { accessOf } from '../../identity/access/ways.ts';
import { annotatedIn, asksForRole } from '../../identity/annotated.ts';
import { hasSessionTags } from '../../identity/diagnose-pod-identity.ts';
import { answerWebIdentity, webIdentityOf } from '../../identity/irsa-trust.ts';
import { agentStep } from '../../identity/pod-identity-runtime.ts';
import { hasWildcard, parseSubject, STS_AUDIENCE, subjectOf } from '../../identity/service-account.ts';
import { admitsPod } from '../../rules/doors/pod-door.ts';
import { isPositive } from '../../rules/doors/subject-shape.ts';
import { isDead } from '../../rules/doors/ways-in.ts';
import { admits, type WebDoor, webDoors } from '../../rules/doors/web-door.ts';
import type { BoundIdentity, EffectiveWay } from './way.ts';

/**
 * The ways that depend on what some changes change, and that really lead somewhere in an estate: compared before and
 * after, they are what the account admits anew and no longer. Trust policies are compared as sets, elsewhere.
 */
export function effectiveWays(estate: Estate, changes: readonly Change[]): Map<string, EffectiveWay> {
  const ways = new Map<string, EffectiveWay>();
  for (const change of changes) for (const way of waysOf(change, estate)) ways.set(way.key, way);
  return ways;
}

function waysOf(change: Change, estate: Estate): readonly EffectiveWay[] {
  switch (change.kind) {
    case 'trust-policy':
      return [];
    case 'service-account-annotation': {
      const cluster = clusterOf(change.target, estate);
      return cluster === undefined ? [] : annotationWays(cluster, change.target, estate);
    }
    case 'oidc-provider':
      return (estate.accounts.get(change.target.account)?.roles ?? []).flatMap((role) =>
        providerWays(role, change.target.arn, estate),
      );
    case 'pod-identity-association':
    case 'addon': {
      const cluster = clusterOf(change.target, estate);
      return cluster === undefined ? [] : associationWays(cluster, estate);
    }
    case 'access-entry':
    case 'access-policy':
    case 'aws-auth':
    case 'authentication-mode': {
      const cluster = clusterOf(change.target, estate);
      return cluster === undefined ? [] : accessWays(cluster, estate);
    }
  }
}

function clusterOf(
  {
    account,
    region,
    cluster,
  }: { readonly account: string; readonly region: string; readonly cluster: string },
  estate: Estate,
): ClusterView | undefined {
  return estate.accounts
    .get(account)
    ?.clusters.find((view) => view.region === region && view.cluster.name === cluster);
}

/** One way for each audience with which tokens of a provider get a role. */
function providerWays(role: RoleView, providerArn: string, estate: Estate): EffectiveWay[] {
  return webDoors(role, estate)
    .filter((door) => door.providerArn === providerArn && door.provider !== null)
    .flatMap((door) =>
      (door.provider?.clientIds ?? [])
        .filter((audience) => opens(door, audience))
        .map((audience) => ({
          key: JSON.stringify(['provider', role.role.arn, providerArn, audience]),
          target: role.role.arn,
          words: `${whoOf(door)} with audience ${audience} get ${role.role.arn}`,
          identities: identitiesOf(door),
        })),
    );
}

/** Whether some token with an audience may get in, whatever its subject. */
function opens({ role, providerArn, issuer }: WebDoor, audience: string): boolean {
  const { compiled } = role.trust();
  if (compiled === null) return false;
  const key = issuer.key.toLowerCase();
  const context = (name: string): ContextValue => (name === `${key}:aud` ? [audience] : 'unknown');
  const caller = { kind: 'federated', provider: providerArn } as const;
  return decide(compiled, { caller, action: 'sts:AssumeRoleWithWebIdentity', context }) !== 'denied';
}

function exactSubjects({ statements }: WebDoor): string[] | null {
  const subjects: string[] = [];
  for (const { subject } of statements) {
    const exact = subject.find(
      (condition) =>
        isPositive(condition) &&
        !condition.operator.ifExists &&
        condition.operator.set !== 'ForAllValues' &&
        (condition.operator.name === 'StringEquals' || !condition.values.some(hasWildcard)) &&
        condition.operator.name !== 'StringEqualsIgnoreCase',
    );
    if (exact === undefined) return null;
    subjects.push(...exact.values);
  }
  return [...new Set(subjects)];
}

function whoOf(door: WebDoor): string {
  const subjects = exactSubjects(door);
  const from = door.cluster === null ? door.issuer.key : `cluster ${door.cluster.cluster.name}`;
  if (subjects !== null) return `${subjects.join(', ')} of ${from}`;
  const patterns = door.statements.flatMap(({ subject }) => subject.flatMap(({ values }) => values));
  return patterns.length === 0
    ? `all ServiceAccounts of ${from}`
    : `ServiceAccounts of ${from} that fit ${patterns.join(', ')}`;
}

function identitiesOf(door: WebDoor): BoundIdentity[] | null {
  const { cluster, role } = door;
  const subjects = exactSubjects(door);
  if (cluster === null || subjects === null) return null;
  return subjects
    .filter((subject) => admits(door, subject) !== 'denied')
    .flatMap((subject) => {
      const named = parseSubject(subject);
      return named === null ? [] : [{ cluster, ...named, role: role.role.arn }];
    });
}

/** The role that a ServiceAccount's annotation gives its pods: no association comes before it, and the role lets it in. */
function annotationWays(
  cluster: ClusterView,
  { namespace, serviceAccount }: ChangeOf<'service-account-annotation'>['target'],
  estate: Estate,
): EffectiveWay[] {
  const annotated = annotatedIn(cluster).find(
    (one) => one.namespace === namespace && one.serviceAccount === serviceAccount,
  );
  if (annotated === undefined || !asksForRole(annotated)) return [];
  const role = estate.roleByArn.get(annotated.annotation.arn);
  const wanted = role === undefined ? null : webIdentityOf(annotated, role);
  if (role === undefined || wanted === null) return [];
  const provider = role.account.providersByArn.get(wanted.provider);
  if (provider === undefined || provider.clientIds?.includes(wanted.audience) === false) return [];
  const outcome = answerWebIdentity(role, wanted, estate)?.outcome ?? 'denied';
  if (outcome === 'denied') return [];
  const { arn } = role.role;
  const usual = wanted.audience === STS_AUDIENCE;
  const tokens = usual ? '' : ` with tokens for ${wanted.audience}`;
  return [
    {
      key: JSON.stringify(['annotation', cluster.cluster.arn, namespace, serviceAccount, arn]),
      target: arn,
      words: `${wanted.subject} of cluster ${cluster.cluster.name} gets ${arn} by its annotation${tokens}`,
      // A binding means tokens for STS: those for another audience are handed to others.
      identities: usual ? [{ cluster, namespace, serviceAccount, role: arn }] : null,
    },
  ];
}

/** Associations that give their pods a role: the agent runs, and the trust policy lets Pod Identity in. */
export function associationWays(cluster: ClusterView, estate: Estate): EffectiveWay[] {
  if (agentStep(cluster).status === 'fail') return [];
  return (cluster.cluster.podIdentityAssociations ?? []).flatMap((association) => {
    const { namespace, serviceAccount, roleArn, targetRoleArn } = association;
    const role = roleArn === undefined ? undefined : estate.roleByArn.get(roleArn);
    if (role === undefined) return [];
    const pod = { clusterArn: cluster.cluster.arn, account: cluster.account.id, namespace, serviceAccount };
    if (admitsPod(role, { ...pod, tags: hasSessionTags(association) }) === 'denied') return [];
    const identity = { cluster, namespace, serviceAccount, role: role.role.arn };
    const target = targetRoleArn === undefined ? '' : ` and by it ${targetRoleArn}`;
    return [
      {
        key: JSON.stringify([
          'association',
          cluster.cluster.arn,
          namespace,
          serviceAccount,
          roleArn,
          targetRoleArn,
        ]),
        target: role.role.arn,
        words: `${subjectOf(namespace, serviceAccount)} of cluster ${cluster.cluster.name} gets ${role.role.arn}${target}`,
        identities: targetRoleArn === undefined ? [identity] : null,
      },
    ];
  });
}

/** What each principal may do in a cluster, without principals that do not exist: they enter nowhere. */
function accessWays(cluster: ClusterView, estate: Estate): EffectiveWay[] {
  return accessOf(cluster).ways.flatMap((way): EffectiveWay[] => {
    if (way.state === 'ignored' || way.state === 'unmatched' || way.state === 'shadowed') return [];
    if (isDead({ cluster, way }, estate)) return [];
    const { principal, username, groups, policies } = way;
    const rights = [
      ...[...(groups ?? [])].sort().map((group) => `group ${group}`),
      ...(policies ?? []).map(({ policyArn, scope }) =>
        [policyArn.slice(policyArn.lastIndexOf('/') + 1), ...(scope.namespaces ?? [])].join(' in '),
      ),
    ];
    const words = `${principal ?? 'the creator'} enters cluster ${cluster.cluster.name} as ${username ?? 'a name that was not read'} with ${rights.join(', ') || 'no rights'}`;
    return [
      {
        key: JSON.stringify(['access', cluster.cluster.arn, principal?.toLowerCase(), username, rights]),
        target: cluster.cluster.arn,
        words,
        identities: null,
      },
    ];
  });
}
