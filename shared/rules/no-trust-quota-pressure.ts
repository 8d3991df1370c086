import { DEFAULT_TRUST_LENGTH, minifiedLength } from '../iam/policy-length.ts';
import { defineRule } from './define-rule.ts';
import { isServiceLinked } from './doors/role-kinds.ts';
import { irsaStatement, roleExample, trustPolicy } from './examples/estate.ts';
import { roleWhere } from './places.ts';
import { IAM_QUOTAS } from './references.ts';
import { fail, pass, unknown } from './verdict.ts';

const SHARE = 0.9;

/** Trust policies with no room for another statement. */
export default defineRule({
  number: 'PT-126',
  name: 'no-trust-quota-pressure',
  kind: 'rot',
  fix: 'manual',
  title: 'The trust policy is nearly full',
  why: 'A trust policy has a length quota, and each cluster takes a statement. At the quota, the next cluster, or a repair that adds before it removes, is refused.',
  remedy:
    'Merge statements, drop clusters that are gone, split the role, use Pod Identity (one statement for all clusters), or raise the quota (L-C07B4B0D).',
  references: [IAM_QUOTAS],
  examples: () => {
    const names = Array.from(
      { length: 40 },
      (_, index) => `system:serviceaccount:shop:checkout-worker-${index}`,
    );
    const long = irsaStatement({
      Condition: {
        StringEquals: { 'oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:sub': names },
      },
    });
    return {
      fails: roleExample('Forty subjects', trustPolicy(long)),
      passes: roleExample('One subject', trustPolicy(irsaStatement())),
    };
  },
  needs: ['roles'],
  subjects: ({ roles }) => roles.filter((role) => !isServiceLinked(role)),
  where: roleWhere,
  check: ({ role, account }) => {
    const quota = account.account.quotas?.trustPolicyLength;
    const limit = (quota ?? DEFAULT_TRUST_LENGTH) * SHARE;
    if (role.trustPolicy.length < limit) return pass;
    const length = minifiedLength(role.trustPolicy);
    if (length < limit) return pass;
    if (quota === undefined)
      return unknown({ read: 'iam:GetAccountSummary', reason: 'the quota was not read' });
    return fail({ length, quota });
  },
  severity: () => 'low',
  message: ({ length, quota }, { name }) =>
    `The trust policy of ${name} takes ${length} of ${quota} characters.`,
  identity: () => [],
});
