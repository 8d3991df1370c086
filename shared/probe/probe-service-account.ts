import type { ClusterView, Estate } from '../estate/estate.ts';
import { verdictOf } from '../identity/chain.ts';
import { serviceAccountChain } from '../identity/service-account-chain.ts';
import { assemble } from './assemble.ts';
import { fails, holds, notAsked, open, type ProbeCheck } from './check.ts';
import { type Examined, examineToken } from './examine-token.ts';
import { type Expectation, expectation } from './expectation.ts';
import { type Foretold, foretell } from './foretell.ts';
import type { WantedToken } from './judge-token.ts';
import type { AccountAnswer, ProbeKubernetes, ProbePorts, StsAnswer, TokenAnswer } from './ports.ts';
import type { ProbeReport } from './report.ts';
import { expectedRoleCheck } from './session.ts';
import { podCheck, stsChecks } from './sts-checks.ts';

export interface ServiceAccountProbe {
  readonly cluster: ClusterView;
  readonly namespace: string;
  readonly serviceAccount: string;
  /** ARN of the role that is expected. */
  readonly role?: string;
  readonly audience?: string;
}

/**
 * Proves, as far as it can be proved from outside of a pod, whether a ServiceAccount gets its role: a token of its own, its
 * signature, STS's answer, and, where it was asked for, a test pod. Never rejects, keeps no token.
 */
export async function probeServiceAccount(
  asked: ServiceAccountProbe,
  estate: Estate,
  kubernetes: ProbeKubernetes,
  ports: ProbePorts,
): Promise<ProbeReport> {
  const account = await kubernetes.serviceAccount();
  const expected = expectation(asked, annotationsOf(account, asked));
  const request = account.kind === 'missing' ? null : await kubernetes.token(expected.audience);
  const token = request?.kind === 'token' ? request.token : null;
  const examined = await examine(token, asked, expected, ports);
  const elsewhere = isOfAnother(examined);
  const foretold = foretoldOf(asked, examined, expected, estate, ports.now());
  const sts = token === null || elsewhere ? null : await askSts(token, expected, asked.cluster.region, ports);
  const pod = account.kind === 'missing' || elsewhere ? null : ((await kubernetes.pod?.()) ?? null);
  const seen = seenOf(sts, pod);
  const checks = [
    accountCheck(account, asked),
    ...(request === null ? [] : [tokenCheck(request, expected.audience)]),
    ...examined.checks,
    ...(sts !== null && expected.role !== null ? stsChecks(sts, expected.role) : [notAskedOfSts(expected)]),
    ...(pod === null ? [] : [podCheck(pod)]),
    ...(seen === null ? [] : [expectedRoleCheck(seen, expected.role)]),
  ];
  const evidence = { checks, foretold, sts, pod, aboutRole: true, elsewhere };
  return assemble(questionOf(asked, expected), examined.token, evidence, [
    ...(elsewhere ? [ELSEWHERE] : []),
    ...adviceOf(expected, kubernetes),
  ]);
}

/** True when the API server signs for another issuer than the cluster has. */
function isOfAnother({ checks }: Examined): boolean {
  return checks.some(({ check, status }) => check === 'token-issuer' && status === 'fail');
}

const ELSEWHERE =
  "The API server that was asked makes tokens of another issuer than the cluster's: it is another cluster's (check --kubeconfig and --context), or the snapshot is older than the cluster. Nothing else was tried.";

/** The annotations as the API server has them now, else as they were read; null: not known. */
function annotationsOf(
  account: AccountAnswer,
  { cluster, namespace, serviceAccount }: ServiceAccountProbe,
): Readonly<Record<string, string>> | null {
  if (account.kind === 'found') return account.annotations;
  const read = cluster.kubernetes.serviceAccount(namespace, serviceAccount);
  return read === undefined ? null : (read.annotations ?? {});
}

function examine(
  token: string | null,
  asked: ServiceAccountProbe,
  { audience }: Expectation,
  { now, fetch }: ProbePorts,
): Promise<Examined> | Examined {
  if (token === null) return { token: null, checks: [] };
  const { namespace, serviceAccount } = asked;
  const wanted = { ...issuerOf(asked.cluster), audience, serviceAccount: { namespace, serviceAccount } };
  return examineToken(token, wanted, { now: now(), ...(fetch === undefined ? {} : { fetch }) });
}

/** The issuer that tokens of a cluster have. */
export function issuerOf(cluster: ClusterView): Pick<WantedToken, 'issuer' | 'issuerUnread'> {
  const { issuer } = cluster.cluster;
  if (issuer !== undefined) return { issuer };
  const missing = cluster.missing('issuer');
  const why = missing === null ? 'it has none yet' : `${missing.read} is missing (${missing.reason})`;
  return { issuer: null, issuerUnread: `The issuer of the cluster is not known: ${why}.` };
}

function foretoldOf(
  { cluster, namespace, serviceAccount }: ServiceAccountProbe,
  { token }: Examined,
  { mechanism, role }: Expectation,
  estate: Estate,
  now: Date,
): Foretold | null {
  if (mechanism === 'irsa' && token !== null && role !== null)
    return foretell(token.claims, role, estate, now.toISOString());
  if (mechanism !== 'pod-identity') return null;
  const { steps } = serviceAccountChain({ cluster, namespace, serviceAccount }, estate);
  const verdict = verdictOf(steps);
  const decisive = steps.find(({ status }) => status === (verdict === 'broken' ? 'fail' : 'unknown'));
  const detail = decisive?.detail ?? 'Every step of the chain holds; podtrust explain shows them.';
  return { outcome: OUTCOMES[verdict], detail };
}

const OUTCOMES = { works: 'accepted', broken: 'refused', unknown: 'unknown' } as const;

async function askSts(
  token: string,
  { mechanism, role }: Expectation,
  region: string,
  { sts }: ProbePorts,
): Promise<StsAnswer | null> {
  if (mechanism !== 'irsa' || role === null || sts === undefined) return null;
  return sts({ token, roleArn: role, region });
}

function seenOf(sts: StsAnswer | null, pod: Parameters<typeof podCheck>[0] | null): string | null {
  if (pod !== null) return pod.outcome.kind === 'identity' ? pod.outcome.arn : null;
  return sts?.kind === 'assumed' ? (sts.caller ?? sts.session) : null;
}

function accountCheck(
  account: AccountAnswer,
  { namespace, serviceAccount }: ServiceAccountProbe,
): ProbeCheck {
  const name = `${namespace}/${serviceAccount}`;
  switch (account.kind) {
    case 'found':
      return holds('service-account', `ServiceAccount ${name} exists.`);
    case 'missing':
      return fails(
        'service-account',
        `The cluster has no ServiceAccount ${name}: nothing can be tried. Correct the name, or kubectl -n ${namespace} create serviceaccount ${serviceAccount}.`,
      );
    case 'failed':
      return open('service-account', `ServiceAccount ${name} could not be read: ${account.why}.`);
  }
}

function tokenCheck(answer: TokenAnswer, audience: string): ProbeCheck {
  switch (answer.kind) {
    case 'token':
      return holds('token-request', `The API server made a token for ${audience}.`);
    case 'denied':
      return open(
        'token-request',
        `The API server makes no token for the caller: ${answer.why}. It takes create on serviceaccounts/token, which the ClusterRole podtrust-probe gives (docs/probe.md).`,
      );
    case 'missing':
    case 'failed':
      return open('token-request', `The API server made no token: ${answer.why}.`);
  }
}

function notAskedOfSts({ mechanism, role }: Expectation): ProbeCheck {
  if (mechanism === 'pod-identity') return notAsked('assume-role', POD_IDENTITY);
  if (role === null) return notAsked('assume-role', 'There is no role to ask for.');
  return notAsked('assume-role', 'STS was not asked.');
}

const POD_IDENTITY =
  'With Pod Identity STS takes no token: EKS Auth alone opens the session, for a node, with the token of a running pod. What is proved from outside is the token; a pod proves the rest.';

function adviceOf({ mechanism, note }: Expectation, { pod }: ProbeKubernetes): string[] {
  return [
    ...(note === null ? [] : [note]),
    ...(mechanism === 'none' ? ['Name the role to try with --role.'] : []),
    ...(mechanism === 'pod-identity' && pod === undefined
      ? ['Add --pod --image <an image with the AWS command line> to try it in a short-lived test pod.']
      : []),
  ];
}

function questionOf(
  { cluster, namespace, serviceAccount }: ServiceAccountProbe,
  { mechanism, role, by }: Expectation,
): ProbeReport['question'] {
  return {
    kind: 'service-account',
    cluster: cluster.cluster.arn,
    namespace,
    serviceAccount,
    mechanism,
    expectedRole: role,
    expectedBy: by,
  };
}
