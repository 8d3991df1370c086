import type { Estate, RoleView } from '../estate/estate.ts';
import type { Step } from '../identity/chain.ts';
import { unread } from '../identity/checks.ts';
import { resourceControlStep } from '../identity/control-steps.ts';
import { answerWebIdentity, requestOf } from '../identity/irsa-trust.ts';
import { parseIssuer, providerArnFor } from '../identity/issuer.ts';
import { providerOf } from '../identity/issuer-standing.ts';
import { roleStanding } from '../identity/role-standing.ts';
import { type TrustWords, trustSteps } from '../identity/trust-steps.ts';
import type { Claims } from './token.ts';

/**
 * What reading role, provider, trust policy and, where they were read, resource control policies leads to expect of STS.
 * `depends`: a policy asks for something that only the caller's place, time or session shows, so that another caller may
 * be answered otherwise.
 */
export interface Foretold {
  readonly outcome: 'accepted' | 'refused' | 'depends' | 'unknown';
  readonly detail: string;
}

const foretold = (outcome: Foretold['outcome'], detail: string): Foretold => ({ outcome, detail });

/** Foretells STS's answer to a token that is genuine and has not expired. `at`: the ISO time of the call. */
export function foretell(claims: Claims, roleArn: string, estate: Estate, at: string): Foretold {
  const { issuer, subject, audiences } = claims;
  if (issuer === null || subject === null || audiences.length === 0)
    return foretold('refused', 'The token lacks issuer, subject or audience.');
  const standing = roleStanding(roleArn, estate);
  if (standing.kind === 'absent') return foretold('refused', `${roleArn} does not exist.${standing.near}`);
  if (standing.kind === 'unread') return foretold('unknown', unread(standing.missing));
  const { role } = standing;
  const all = audiences.map((audience) => forAudience({ issuer, subject, audience, at }, role, estate));
  const [first = foretold('unknown', '')] = all;
  if (all.every(({ outcome }) => outcome === first.outcome)) return first;
  const detail = 'The token has several audiences, and which of them STS takes is not documented.';
  return foretold('unknown', detail);
}

interface Asked {
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
  readonly at: string;
}

function forAudience(
  { issuer: text, subject, audience, at }: Asked,
  role: RoleView,
  estate: Estate,
): Foretold {
  const issuer = parseIssuer(text);
  const provider = providerOf(issuer.key, role);
  if (provider.kind === 'unread') return foretold('unknown', unread(provider.missing));
  if (provider.kind === 'absent')
    return foretold('refused', `Account ${role.account.id} has no IAM OIDC provider for ${issuer.key}.`);
  const { clientIds } = provider.provider;
  if (clientIds === undefined)
    return foretold('unknown', 'Not known: iam:GetOpenIDConnectProvider is missing.');
  if (!clientIds.includes(audience))
    return foretold('refused', `The provider does not accept the audience ${audience}.`);
  const arn = providerArnFor(role.account.partition, role.account.id, issuer.key);
  const wanted = { provider: arn, issuer, subject, audience, at };
  const answer = answerWebIdentity(role, wanted, estate);
  const steps = trustSteps(role.trust(), answer, wordsFor(arn, subject, audience));
  if (answer === null) return foretold('unknown', detailOf(steps, 'fail'));
  if (answer.outcome === 'denied') return foretold('refused', detailOf(steps, 'fail'));
  const control = resourceControlStep(role, [requestOf(wanted, role.role.arn)], estate);
  if (control.status === 'fail') return foretold('refused', control.detail);
  if (answer.outcome === 'undecided') return foretold('depends', detailOf(steps, 'unknown'));
  if (control.status === 'unknown') return foretold('depends', control.detail);
  return foretold(
    'accepted',
    `The trust policy of ${role.role.arn} admits ${subject} for ${audience}. ${control.detail}`,
  );
}

function detailOf(steps: readonly Step[], status: Step['status']): string {
  return (
    steps.find((step) => step.status === status)?.detail ?? 'The trust policy decides by something else.'
  );
}

function wordsFor(provider: string, subject: string, audience: string): TrustWords {
  return {
    aspects: ['principal', 'action', 'audience', 'subject', 'conditions'],
    holds: {
      principal: `The provider ${provider} is trusted.`,
      action: 'The action sts:AssumeRoleWithWebIdentity is allowed.',
      audience: `The audience ${audience} is accepted.`,
      subject: `${subject} is accepted.`,
      conditions: 'No other condition stands in the way.',
    },
    noStatement: `No statement of the trust policy is about web identities of ${provider}.`,
    rule: 'no-untrusted-service-account',
  };
}
