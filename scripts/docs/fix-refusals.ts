import type { ChangeKind } from '../../shared/changes/change.ts';
import type { Plan } from '../../shared/changes/plan.ts';
import type { Rule } from '../../shared/rules/define-rule.ts';

const TRUST = [
  'a role that belongs to a service of AWS, and a trust policy that IAM would refuse',
  'where no edit of single statements does it, or the smallest one leaves the finding where it is',
  "a trust policy that would outgrow the account's length quota, even with its subjects in one statement",
  'blocked, not declined: a policy that names a principal that was deleted (no-degraded-principal comes first), and an edit that keeps out somebody who was observed',
];

const NARROWING = [
  'where nobody is known to use the role: no binding, no ServiceAccount that asks for it, no observed session; anything else would be a guess',
  'an edit that would let somebody in, which the configuration does not declare',
];

const OPENING = ['where it cannot be told which single edit is meant: a binding says it'];

const BINDING = [
  'where a Deny keeps the ServiceAccount out, the role does not exist, or the account takes no token of the cluster: those are put right first',
  'where an association gives the ServiceAccount another role, which it would lose',
  'where the plan for the mistake itself gives it back as well: one of the two is enough',
];

const ANNOTATING = [
  'a ServiceAccount with an association, which comes before it',
  'where `podtrust explain` would still not say `works` for pods that are made anew',
];

const BY_KIND: { readonly [K in ChangeKind]: readonly string[] } = {
  'trust-policy': TRUST,
  'oidc-provider': [
    'where the issuer, the providers of the account or the audiences of this one were not read',
    'an audience that comes from an annotation: such tokens are handed to third parties',
    'the deletion of a provider that a role trusts, or of which not enough was read to make it again',
  ],
  'pod-identity-association': [
    'where the cluster does not exist, or nothing says which of several is meant',
    'an association that was not described, and one with a session policy, with which EKS passes no tags',
  ],
  addon: [
    'where the agent is installed and does not run: its pods say why, and a second one does not help',
    'where the add-ons of the cluster were not read',
  ],
  'access-entry': ['where the entry was not described, so that it could not be made again'],
  'access-policy': [],
  'aws-auth': [
    'a section that cannot be read at all',
    'an edit that would change how another row is read; comments, quotes and the other rows stay',
  ],
  'authentication-mode': [],
  'service-account-annotation': [
    'where no binding declares one role for the ServiceAccount by the ARN of the cluster: what is written there is a wish',
    'a ServiceAccount that belongs to an add-on, or was not read',
  ],
};

/**
 * What the planner of a rule declines, one phrase each: by the kinds of its changes, and by whether it is made to let
 * somebody in.
 */
export function refusalsOf(
  { changes, proof }: Plan,
  { name, kind: fault }: Pick<Rule, 'name' | 'kind'>,
): string[] {
  const kinds = [...new Set(changes.map(({ kind }) => kind))];
  const annotates = changes.some(
    ({ kind, after }) => kind === 'service-account-annotation' && after !== null,
  );
  const own = [...kinds.flatMap((kind) => BY_KIND[kind]), ...(annotates ? ANNOTATING : [])];
  if (!kinds.includes('trust-policy')) return own;
  if (name === 'no-missing-binding') return [...own, ...BINDING];
  return [...own, ...(proof.adds && fault !== 'open' ? OPENING : NARROWING)];
}
