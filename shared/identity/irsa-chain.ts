import type { ClusterView, Estate, RoleView } from '../estate/estate.ts';
import { audienceWords } from './audience.ts';
import type { Repair, Step } from './chain.ts';
import { fail, leftOut, pass, unknown, unread } from './checks.ts';
import type { WebIdentity } from './claim-flaws.ts';
import { clusterSteps } from './cluster-steps.ts';
import { controlRepair, resourceControlStep } from './control-steps.ts';
import { isHopeless } from './hopeless.ts';
import { answerWebIdentity, repairWebIdentity, requestOf } from './irsa-trust.ts';
import { type Issuer, parseIssuer, providerArnFor } from './issuer.ts';
import { type ProviderStanding, providerOf } from './issuer-standing.ts';
import { providerWords } from './provider-repair.ts';
import { STS_AUDIENCE, subjectOf } from './service-account.ts';
import { type TrustAnswer, type TrustWords, trustSteps } from './trust-steps.ts';

export interface IrsaQuestion {
  readonly cluster: ClusterView;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly role: RoleView;
  /** Of the token; absent: that of STS, unless the ServiceAccount is annotated otherwise. */
  readonly audience?: string;
  /** True when only the trust policy is judged, and cluster, role and provider are taken as right. */
  readonly documentAlone?: boolean;
}

/** The steps of a chain, without those before the role is known, and the repair of what fails. */
export interface ChainPart {
  readonly steps: readonly Step[];
  readonly repair: Repair | null;
}

/** From the cluster to credentials by a web identity, as far as AWS decides it. */
export function irsaChain(question: IrsaQuestion, estate: Estate): ChainPart {
  const { cluster, role, documentAlone = false } = question;
  const before = documentAlone
    ? [leftOut('cluster-active', ALONE), leftOut('cluster-issuer', ALONE), leftOut('role', ALONE)]
    : [...clusterSteps(cluster), issuerStep(cluster), pass('role', `${role.role.arn} exists.`)];
  if (cluster.issuerKey === null) return { steps: before, repair: null };
  const issuer = parseIssuer(cluster.issuerKey);
  const provider = providerOf(issuer.key, role);
  const { wanted, annotated } = webIdentityOf(question, issuer, provider, estate);
  const answer = answerWebIdentity(role, wanted, estate);
  const providers = documentAlone
    ? [leftOut('oidc-provider', ALONE), leftOut('oidc-provider-audience', ALONE)]
    : providerSteps(provider, wanted, cluster, role);
  const hopeless = isHopeless(answer, role, estate);
  const judged = answer === null ? null : { ...answer, hopeless };
  const trust = trustSteps(role.trust(), judged, wordsFor(wanted, cluster)).map((step) =>
    annotated && step.check === 'trust-audience' && step.status === 'pass'
      ? customAudience(wanted.audience)
      : step,
  );
  const control = documentAlone
    ? leftOut('resource-control-policies', ALONE)
    : resourceControlStep(role, [requestOf(wanted, role.role.arn)], estate);
  return {
    steps: [...before, ...providers, ...trust, control],
    repair: repairOf(question, wanted, provider, answer) ?? controlRepair([control]),
  };
}

const ALONE = 'The document alone is judged.';

function issuerStep(cluster: ClusterView): Step {
  const missing = cluster.missing('issuer');
  if (cluster.issuerKey !== null)
    return pass('cluster-issuer', `The cluster's issuer is ${cluster.issuerKey}.`);
  return unknown(
    'cluster-issuer',
    missing === null ? 'The cluster has no OIDC issuer yet.' : unread(missing),
  );
}

/**
 * The web identity of the question. A trust policy and a provider that agree on an audience of their own are right for
 * ServiceAccounts with the annotation, which only Kubernetes shows (`annotated`).
 */
function webIdentityOf(
  { namespace, serviceAccount, audience, role, documentAlone }: IrsaQuestion,
  issuer: Issuer,
  provider: ProviderStanding,
  estate: Estate,
): { wanted: WebIdentity; annotated: boolean } {
  const { account } = role;
  const wanted: WebIdentity = {
    provider: providerArnFor(account.partition, account.id, issuer.key),
    issuer,
    subject: subjectOf(namespace, serviceAccount),
    audience: audience ?? STS_AUDIENCE,
    ...(documentAlone ? {} : { at: account.takenAt }),
  };
  if (audience !== undefined || documentAlone || provider.kind !== 'exists')
    return { wanted, annotated: false };
  const refused = answerWebIdentity(role, wanted, estate)?.nearest?.flaws.some(
    ({ aspect }) => aspect === 'audience',
  );
  if (refused !== true) return { wanted, annotated: false };
  for (const custom of provider.provider.clientIds ?? []) {
    if (custom === STS_AUDIENCE || audienceWords(custom) !== null) continue;
    const other = { ...wanted, audience: custom };
    const flaws = answerWebIdentity(role, other, estate)?.nearest?.flaws ?? [];
    if (!flaws.some(({ aspect }) => aspect === 'audience')) return { wanted: other, annotated: true };
  }
  return { wanted, annotated: false };
}

function customAudience(audience: string): Step {
  return unknown(
    'trust-audience',
    `Provider and trust policy agree on the audience ${audience}: right only for a ServiceAccount with the annotation eks.amazonaws.com/audience: ${audience}, which Kubernetes shows.`,
  );
}

function providerSteps(
  provider: ProviderStanding,
  { audience, provider: arn }: WebIdentity,
  cluster: ClusterView,
  role: RoleView,
): Step[] {
  switch (provider.kind) {
    case 'unread':
      return [
        unknown('oidc-provider', unread(provider.missing)),
        unknown('oidc-provider-audience', unread(provider.missing)),
      ];
    case 'absent': {
      if (cluster.cluster.status === 'CREATING') {
        const later = 'The provider is not there, which is no fault while the cluster is being created.';
        return [unknown('oidc-provider', later), unknown('oidc-provider-audience', later)];
      }
      const near =
        provider.near === null
          ? ''
          : ` A near miss exists: ${provider.near.arn} (${provider.near.miss.words}).`;
      return [
        fail(
          'oidc-provider',
          `Account ${role.account.id} has no IAM OIDC provider for the issuer of cluster ${cluster.cluster.name} (${cluster.issuerKey ?? ''}).${near}`,
          'use-iam-oidc-provider',
        ),
        leftOut('oidc-provider-audience', 'There is no provider.'),
      ];
    }
    case 'exists': {
      const exists = pass('oidc-provider', `${arn} exists.`);
      const { clientIds } = provider.provider;
      if (clientIds === undefined) {
        return [
          exists,
          unknown('oidc-provider-audience', 'Not known: iam:GetOpenIDConnectProvider is missing.'),
        ];
      }
      if (clientIds.includes(audience))
        return [exists, pass('oidc-provider-audience', `The provider accepts ${audience}.`)];
      const has = clientIds.length === 0 ? 'no audience at all' : clientIds.join(', ');
      return [
        exists,
        fail(
          'oidc-provider-audience',
          `The provider accepts ${has}, and the token carries ${audience}.`,
          'use-sts-audience',
        ),
      ];
    }
  }
}

function wordsFor({ provider, subject, audience }: WebIdentity, cluster: ClusterView): TrustWords {
  return {
    aspects: ['principal', 'action', 'audience', 'subject', 'conditions'],
    holds: {
      principal: `The provider ${provider} is trusted.`,
      action: 'The action sts:AssumeRoleWithWebIdentity is allowed.',
      audience: `The audience ${audience} is accepted.`,
      subject: `${subject} is accepted.`,
      conditions: 'No other condition stands in the way.',
    },
    noStatement: `No statement of the trust policy is about web identities of cluster ${cluster.cluster.name} (${cluster.issuerKey ?? ''}).`,
    rule: 'no-untrusted-service-account',
  };
}

/** What mends the provider, the trust policy, or both. */
function repairOf(
  { role, documentAlone }: IrsaQuestion,
  wanted: WebIdentity,
  provider: ProviderStanding,
  answer: TrustAnswer | null,
): Repair | null {
  const trust = role.trust();
  if (answer === null) return { text: 'Correct the trust policy where IAM refuses it.' };
  const first = documentAlone ? null : providerWords(wanted, provider, role.account);
  const second = answer.outcome === 'denied' ? repairWebIdentity(trust, answer, wanted, role.role.arn) : null;
  if (first === null) return second;
  return second === null ? { text: first } : { ...second, text: `${first} ${second.text}` };
}
