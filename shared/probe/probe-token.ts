import type { ClusterView, Estate } from '../estate/estate.ts';
import { associationsIn } from '../identity/annotated.ts';
import { parseIssuer } from '../identity/issuer.ts';
import { roleAnnotation } from '../identity/role-annotation.ts';
import { parseSubject, STS_AUDIENCE } from '../identity/service-account.ts';
import { assemble } from './assemble.ts';
import { notAsked, type ProbeCheck } from './check.ts';
import { examineToken } from './examine-token.ts';
import { foretell } from './foretell.ts';
import type { ProbePorts, StsAnswer } from './ports.ts';
import { issuerOf } from './probe-service-account.ts';
import type { ProbeReport } from './report.ts';
import { expectedRoleCheck } from './session.ts';
import type { KeySource } from './signature.ts';
import { stsChecks } from './sts-checks.ts';
import type { Token } from './token.ts';

export interface TokenProbe {
  readonly text: string;
  /** The cluster whose token it should be. */
  readonly cluster?: ClusterView;
  /** Issuer that it should have, with https://; the cluster's otherwise. */
  readonly issuer?: string;
  /** That of STS unless given. */
  readonly audience?: string;
  /** Whose it should be. */
  readonly serviceAccount?: { readonly namespace: string; readonly serviceAccount: string };
  /** ARN of the role that it should open; what the estate knows of its ServiceAccount otherwise. */
  readonly role?: string;
  readonly keys?: KeySource;
}

/**
 * Judges a token that somebody has: its claims, its signature, what the estate foretells of it and what STS says. `estate`
 * null: nothing is known of roles. Never rejects, repeats no signature.
 */
export async function probeToken(
  asked: TokenProbe,
  estate: Estate | null,
  ports: ProbePorts,
): Promise<ProbeReport> {
  const { keys, serviceAccount } = asked;
  const own = serviceAccount === undefined ? {} : { serviceAccount };
  const wanted = { ...wantedIssuer(asked), audience: asked.audience ?? STS_AUDIENCE, ...own };
  const { token, checks: examined } = await examineToken(asked.text, wanted, {
    now: ports.now(),
    ...(keys === undefined ? {} : { given: keys }),
    ...(ports.fetch === undefined ? {} : { fetch: ports.fetch }),
  });
  const expected = expectedRole(asked, token, estate);
  const { role } = expected;
  const at = ports.now().toISOString();
  const foretold =
    token === null || role === null || estate === null ? null : foretell(token.claims, role, estate, at);
  const sts = await askSts(asked.text, token, role, ports);
  const checks: readonly ProbeCheck[] = [
    ...examined,
    ...(sts === null || role === null ? [notAsked('assume-role', whyNot(role))] : stsChecks(sts, role)),
    ...(sts?.kind === 'assumed' ? [expectedRoleCheck(sts.caller ?? sts.session, role)] : []),
  ];
  const evidence = { checks, foretold, sts, pod: null, aboutRole: role !== null };
  return assemble(questionOf(asked, expected), token, evidence, adviceOf(role, ports));
}

function wantedIssuer({ issuer, cluster }: TokenProbe) {
  if (issuer !== undefined) return { issuer };
  return cluster === undefined ? { issuer: null } : issuerOf(cluster);
}

type Expected = Pick<ProbeReport['question'], 'mechanism'> & {
  readonly role: string | null;
  readonly by: ProbeReport['question']['expectedBy'];
};

/** The role of the question, else the one that the estate's ServiceAccount is annotated with. */
function expectedRole(asked: TokenProbe, token: Token | null, estate: Estate | null): Expected {
  if (asked.role !== undefined) return { mechanism: 'irsa', role: asked.role, by: 'option' };
  const none: Expected = { mechanism: 'none', role: null, by: null };
  const account = parseSubject(token?.claims.subject ?? '');
  const cluster = asked.cluster ?? clusterOf(token, estate);
  if (account === null || cluster === undefined) return none;
  const { namespace, serviceAccount } = account;
  if (associationsIn(cluster).has(`${namespace}/${serviceAccount}`))
    return { ...none, mechanism: 'pod-identity' };
  const found = cluster.kubernetes.serviceAccount(namespace, serviceAccount);
  const annotation = roleAnnotation(found?.annotations, cluster.account.partition);
  return annotation.kind === 'role' ? { mechanism: 'irsa', role: annotation.arn, by: 'annotation' } : none;
}

function clusterOf(token: Token | null, estate: Estate | null): ClusterView | undefined {
  const issuer = token?.claims.issuer;
  return issuer ? estate?.clustersByIssuer.get(parseIssuer(issuer).key)?.[0] : undefined;
}

async function askSts(
  text: string,
  token: Token | null,
  roleArn: string | null,
  { sts }: ProbePorts,
): Promise<StsAnswer | null> {
  if (sts === undefined || token === null || roleArn === null) return null;
  const region = parseIssuer(token.claims.issuer ?? '').eks?.region ?? null;
  return sts({ token: text, roleArn, region });
}

const whyNot = (role: string | null): string =>
  role === null ? 'There is no role to ask for.' : 'STS was not asked.';

function adviceOf(role: string | null, { sts }: ProbePorts): string[] {
  if (role === null) return ['Name the role that it should open with --role, to have STS asked.'];
  return sts === undefined ? ['Leave --offline out to have STS asked.'] : [];
}

function questionOf(asked: TokenProbe, { mechanism, role, by }: Expected): ProbeReport['question'] {
  return {
    kind: 'token',
    cluster: asked.cluster?.cluster.arn ?? null,
    namespace: asked.serviceAccount?.namespace ?? null,
    serviceAccount: asked.serviceAccount?.serviceAccount ?? null,
    mechanism,
    expectedRole: role,
    expectedBy: by,
  };
}
