import type { ClusterView, Estate, Missing, RoleView } from '../../estate/estate.ts';
import type { OidcProvider } from '../../estate/snapshot.ts';
import { decide, type Outcome } from '../../iam/evaluate.ts';
import type { Condition, Statement } from '../../iam/policy.ts';
import { type Issuer, parseProviderArn } from '../../identity/issuer.ts';
import { STS_AUDIENCE, subjectOf } from '../../identity/service-account.ts';
import { lazyWebIdentityRequest } from './lazy-request.ts';

/** The way into a role for the ServiceAccounts of one EKS issuer: the statements of its trust policy that name it. */
export interface WebDoor {
  readonly role: RoleView;
  readonly issuer: Issuer;
  readonly providerArn: string;
  /** Null when it does not exist or was not read. */
  readonly provider: OidcProvider | null;
  /** The read that would tell whether the provider exists, or null when that is known. */
  readonly providerMissing: Missing | null;
  /** The cluster of the issuer, where the estate holds it. */
  readonly cluster: ClusterView | null;
  readonly statements: readonly DoorStatement[];
}

interface DoorStatement {
  readonly statement: Statement;
  /** Conditions on the issuer's `:sub`. */
  readonly subject: readonly Condition[];
  /** Conditions on the issuer's `:aud`. */
  readonly audience: readonly Condition[];
}

const doors = new WeakMap<RoleView, readonly WebDoor[]>();

/**
 * The doors of a role that can open: those whose provider exists, may exist (not read), or would exist again after the
 * obvious repair, because a cluster of the estate has the issuer. A provider that is gone with its cluster opens nothing,
 * since EKS never gives an issuer twice.
 */
export function webDoors(role: RoleView, estate: Estate): readonly WebDoor[] {
  let found = doors.get(role);
  if (found === undefined) {
    found = findDoors(role, estate);
    doors.set(role, found);
  }
  return found;
}

const doorsOfAll = new WeakMap<readonly RoleView[], readonly WebDoor[]>();

/** Every web-identity door of some roles, listed once for all the rules that ask. */
export function webDoorsOf(roles: readonly RoleView[], estate: Estate): readonly WebDoor[] {
  let found = doorsOfAll.get(roles);
  if (found === undefined) {
    found = roles.flatMap((role) => webDoors(role, estate));
    doorsOfAll.set(roles, found);
  }
  return found;
}

function findDoors(role: RoleView, estate: Estate): WebDoor[] {
  const byProvider = new Map<string, Statement[]>();
  for (const { statement, action } of role.trust().compiled?.allows ?? []) {
    if (statement.principal === undefined || statement.principal.negated) continue;
    if (!action('sts:AssumeRoleWithWebIdentity')) continue;
    for (const { kind, value } of statement.principal.entries) {
      if (kind !== 'Federated') continue;
      const statements = byProvider.get(value);
      if (statements === undefined) byProvider.set(value, [statement]);
      else statements.push(statement);
    }
  }
  return [...byProvider].flatMap(([providerArn, statements]) =>
    doorOf(role, estate, providerArn, statements),
  );
}

function doorOf(
  role: RoleView,
  estate: Estate,
  providerArn: string,
  statements: readonly Statement[],
): WebDoor[] {
  const issuer = parseProviderArn(providerArn)?.issuer;
  if (issuer === undefined) return [];
  const cluster = estate.clustersByIssuer.get(issuer.key)?.[0] ?? null;
  if (issuer.eks === undefined && cluster === null) return [];
  const provider = role.account.providersByArn.get(providerArn) ?? null;
  const providerMissing = provider === null ? role.account.missing('oidcProviders') : null;
  if (provider === null && providerMissing === null && cluster === null) return [];
  const key = issuer.key.toLowerCase();
  const on = (statement: Statement, claim: string) =>
    statement.conditions.filter((condition) => condition.key.toLowerCase() === `${key}:${claim}`);
  return [
    {
      role,
      issuer,
      providerArn,
      provider,
      providerMissing,
      cluster,
      statements: statements.map((statement) => ({
        statement,
        subject: on(statement, 'sub'),
        audience: on(statement, 'aud'),
      })),
    },
  ];
}

/** The audiences that IAM accepts at a door; where the provider was not read, the one that every provider of EKS has. */
export function acceptedAudiences(door: WebDoor): readonly string[] {
  return door.provider?.clientIds ?? [STS_AUDIENCE];
}

/** Names that nobody has: whoever a policy admits under them, it admits whatever the name. */
export const NOBODY = 'podtrust-nobody';

/** Whether the trust policy as a whole, Deny statements included, admits a subject, with any audience that IAM accepts. */
export function admits(door: WebDoor, subject: string, audiences = acceptedAudiences(door)): Outcome {
  const { compiled } = door.role.trust();
  if (compiled === null) return 'denied';
  let best: Outcome = 'denied';
  for (const audience of audiences) {
    const outcome = decide(
      compiled,
      lazyWebIdentityRequest({
        provider: door.providerArn,
        issuerKey: door.issuer.key,
        subject,
        audience,
        roleArn: door.role.role.arn,
      }),
    );
    if (outcome === 'allowed') return outcome;
    if (outcome === 'undecided') best = outcome;
  }
  return best;
}

/** Whether a ServiceAccount gets in that no policy can have in mind. */
export function admitsNobody(door: WebDoor): Outcome {
  return admits(door, subjectOf(NOBODY, NOBODY));
}

/** The place and name of a door in words: the cluster, or else the issuer. */
export function doorName(door: WebDoor): string {
  return door.cluster === null ? `issuer ${door.issuer.key}` : `cluster ${door.cluster.cluster.name}`;
}
