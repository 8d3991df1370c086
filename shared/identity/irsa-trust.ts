import type { ClusterView, Estate, RoleView, Trust } from '../estate/estate.ts';
import type { CompiledStatement } from '../iam/compile.ts';
import { decide, evaluate } from '../iam/evaluate.ts';
import type { Statement } from '../iam/policy.ts';
import { webIdentityRequest } from '../iam/requests.ts';
import type { Repair } from './chain.ts';
import { isPositive, type WebIdentity } from './claim-flaws.ts';
import { parseClaimKey } from './claim-key.ts';
import { denyWords } from './deny-words.ts';
import { type Inspection, weightOf } from './flaw.ts';
import { parseIssuer, providerArnFor } from './issuer.ts';
import { issuerJudge } from './issuer-judge.ts';
import type { JsonObject } from './policy-edit.ts';
import { repairTrust } from './repair.ts';
import { hasWildcard, subjectOf } from './service-account.ts';
import { allowsOf } from './statements.ts';
import type { TrustAnswer } from './trust-steps.ts';
import { inspectWebIdentity } from './web-identity-flaws.ts';

/** What a role's trust policy answers to a web identity; null when the policy is invalid. */
export function answerWebIdentity(role: RoleView, wanted: WebIdentity, estate: Estate): TrustAnswer | null {
  const { compiled } = role.trust();
  if (compiled === null) return null;
  const request = requestOf(wanted, role.role.arn);
  const decision = evaluate(compiled, request);
  const denied = decision.outcome === 'denied' && decision.by?.effect === 'Deny' ? decision.by.index : null;
  if (decision.outcome === 'allowed') return { outcome: 'allowed', denied: null, nearest: null };
  const nearest = nearestStatement(allowsOf(compiled), wanted, role, estate);
  const answer = { outcome: decision.outcome, denied, nearest };
  return denied === null ? answer : { ...answer, deniedWhy: denyWords(compiled, denied, request) };
}

/** The Allow statement that comes nearest to admitting the web identity, or null when none is about such. */
function nearestStatement(
  allows: readonly CompiledStatement[],
  wanted: WebIdentity,
  role: RoleView,
  estate: Estate,
): Inspection | null {
  const request = requestOf(wanted, role.role.arn);
  const judge = issuerJudge(role, estate);
  const inspections = allows.flatMap(
    (statement) => inspectWebIdentity(statement, wanted, request, judge) ?? [],
  );
  return inspections.sort((a, b) => weightOf(a) - weightOf(b))[0] ?? null;
}

/** The web identity of a ServiceAccount's pods at a role's account; null where the issuer of the cluster is not known. */
export function webIdentityOf(
  { cluster, namespace, serviceAccount, audience }: Asking,
  { account }: RoleView,
): WebIdentity | null {
  if (cluster.issuerKey === null) return null;
  const issuer = parseIssuer(cluster.issuerKey);
  const provider = providerArnFor(account.partition, account.id, issuer.key);
  return {
    provider,
    issuer,
    subject: subjectOf(namespace, serviceAccount),
    audience,
    at: account.takenAt,
  };
}

/** A ServiceAccount, and the audience of the tokens that its pods get. */
interface Asking {
  readonly cluster: ClusterView;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly audience: string;
}

/** The canonical request of a pod whose token is the web identity. */
export function requestOf(wanted: WebIdentity, roleArn: string) {
  const { issuer, ...identity } = wanted;
  return webIdentityRequest({ ...identity, issuerKey: issuer.key, roleArn });
}

/** The smallest edit of a trust policy that admits a web identity. */
export function repairWebIdentity(
  trust: Trust,
  answer: TrustAnswer,
  wanted: WebIdentity,
  roleArn: string,
): Repair {
  const request = requestOf(wanted, roleArn);
  const { issuer, subject } = wanted;
  return repairTrust(trust, answer.nearest, {
    whom: `${subject} of ${issuer.key}`,
    achieved: (policy) => decide(policy, request) === 'allowed',
    exact: (statement) => namesSubjects(statement, wanted),
    statement: webIdentityStatement(wanted),
  });
}

/** The statement that lets in exactly a web identity. */
export function webIdentityStatement({ provider, issuer, subject, audience }: WebIdentity): JsonObject {
  return {
    Effect: 'Allow',
    Principal: { Federated: provider },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { [`${issuer.key}:aud`]: audience, [`${issuer.key}:sub`]: subject } },
  };
}

/** True when the statement lets in only the subjects that it names one by one. */
function namesSubjects(statement: Statement, wanted: WebIdentity): boolean {
  const oneProvider = statement.principal?.entries.filter(({ kind }) => kind === 'Federated').length === 1;
  const named = statement.conditions.some(({ key, operator, values }) => {
    const claim = parseClaimKey(key);
    return (
      claim?.claim === 'sub' &&
      claim.issuer === wanted.issuer.key.toLowerCase() &&
      isPositive(operator) &&
      !operator.ifExists &&
      operator.set !== 'ForAllValues' &&
      !values.some(hasWildcard)
    );
  });
  return oneProvider && named;
}
