import type { Estate } from '../estate/estate.ts';
import type { Condition, Policy, PrincipalEntry, Statement } from '../iam/policy.ts';
import { parseProviderArn } from '../identity/issuer.ts';
import { POD_IDENTITY_SERVICE } from '../identity/service-account.ts';
import { isPositive, SHAPES, type Shape, shapeOf } from '../rules/doors/subject-shape.ts';
import type { Reach } from '../rules/weight.ts';

/** How far a part of a trust policy reaches; `known`: one ServiceAccount, by name, of a cluster of the estate. */
export type PieceReach = Reach | 'known';

/** A part of a trust policy: one principal with one subject, under the policy's Deny statements. */
export interface Piece {
  readonly policy: Policy;
  readonly reach: PieceReach;
}

const MOST_PIECES = 60;

/** Takes a policy's Allow statements apart, so that each part can be compared and weighed by itself. */
export function piecesOf({ version, statements }: Policy, estate: Estate): readonly Piece[] {
  const denies = statements.filter(({ effect }) => effect === 'Deny');
  const allows = statements.filter(({ effect }) => effect === 'Allow');
  const apart = allows.flatMap((statement) => byPrincipal(statement).flatMap(bySubject));
  // Beyond this, statements stay whole: what is lost is only how finely the severity is graded.
  const parts = apart.length <= MOST_PIECES ? apart : allows;
  return parts.map((statement) => ({
    policy: { version, statements: [statement, ...denies] },
    reach: reachOf(statement, estate),
  }));
}

function byPrincipal(statement: Statement): Statement[] {
  const { principal } = statement;
  if (principal === undefined || principal.negated || principal.everyone) return [statement];
  return principal.entries.map((entry) => ({ ...statement, principal: { ...principal, entries: [entry] } }));
}

function bySubject(statement: Statement): Statement[] {
  const [subject, ...more] = statement.conditions.filter((each) => isSubject(each) && isPositive(each));
  if (subject === undefined || more.length > 0 || subject.operator.set !== undefined) return [statement];
  return subject.values.map((value) => ({
    ...statement,
    conditions: statement.conditions.map((each) => (each === subject ? { ...each, values: [value] } : each)),
  }));
}

function isSubject({ key }: Condition): boolean {
  return key.toLowerCase().endsWith(':sub');
}

const REACHES: readonly PieceReach[] = ['anyone', 'cluster', 'joinable', 'few', 'known'];

/** The widest of several. */
export function widest(reaches: readonly PieceReach[]): PieceReach {
  return REACHES.find((reach) => reaches.includes(reach)) ?? 'anyone';
}

function reachOf({ principal, conditions }: Statement, estate: Estate): PieceReach {
  if (principal === undefined || principal.negated || principal.everyone)
    return conditions.length === 0 ? 'anyone' : 'cluster';
  return widest(principal.entries.map((entry) => entryReach(entry, conditions, estate)));
}

function entryReach(
  { kind, value }: PrincipalEntry,
  conditions: readonly Condition[],
  estate: Estate,
): PieceReach {
  switch (kind) {
    case 'AWS':
      if (value === '*') return conditions.length === 0 ? 'anyone' : 'cluster';
      return /^\d{12}$|:root$/.test(value) ? 'joinable' : 'few';
    case 'Federated':
      return federatedReach(value, conditions, estate);
    case 'Service':
      return value === POD_IDENTITY_SERVICE && namesServiceAccount(conditions) ? 'known' : 'few';
    case 'CanonicalUser':
      return 'few';
  }
}

/** Pods come in by associations of their own account alone; this says by which ServiceAccount's. */
function namesServiceAccount(conditions: readonly Condition[]): boolean {
  return conditions.some(
    ({ key, operator }) =>
      key.toLowerCase() === 'aws:requesttag/kubernetes-service-account' &&
      operator.name === 'StringEquals' &&
      !operator.ifExists &&
      operator.set === undefined,
  );
}

/** Another issuer counts a step wider than a cluster of the estate: nobody here says who gets its subjects. */
function federatedReach(provider: string, conditions: readonly Condition[], estate: Estate): PieceReach {
  const issuer = parseProviderArn(provider)?.issuer.key;
  const known = issuer !== undefined && estate.clustersByIssuer.has(issuer);
  const shapes = conditions
    .filter((each) => isSubject(each) && isPositive(each))
    .map(({ operator, values }): Shape => {
      if (operator.ifExists || operator.set === 'ForAllValues') return 'every-namespace';
      const globs = !operator.name.startsWith('StringEquals');
      return SHAPES.find((shape) => values.some((v) => (globs ? shapeOf(v) : 'exact') === shape)) ?? 'exact';
    });
  const narrowest = SHAPES.findLast((shape) => shapes.includes(shape)) ?? 'every-namespace';
  if (narrowest === 'exact') return known ? 'known' : 'joinable';
  if (!known) return narrowest === 'every-namespace' ? 'anyone' : 'cluster';
  if (narrowest === 'every-namespace') return 'cluster';
  return narrowest === 'some-namespaces' ? 'joinable' : 'few';
}
