import type { RoleView } from '../estate/estate.ts';
import { isDeletedPrincipal } from '../iam/deleted-principal.ts';
import { draftTightening } from '../plans/drafts/tighten.ts';
import { defineRule } from './define-rule.ts';
import { isServiceLinked } from './doors/role-kinds.ts';
import { irsaStatement, roleExample, trustPolicy } from './examples/estate.ts';
import { roleWhere } from './places.ts';
import { withoutPrincipals } from './policy-change.ts';
import { PRINCIPAL } from './references.ts';
import { fail, pass } from './verdict.ts';

/** Principals that no longer exist. */
export default defineRule({
  number: 'PT-125',
  name: 'no-degraded-principal',
  kind: 'rot',
  fix: 'guarded',
  title: 'The trust policy names a principal that was deleted',
  why: 'When a role or user that a policy names is deleted, IAM leaves its unique id in place of the ARN, so that a new principal of the same name does not inherit the trust. The id admits nobody, and whoever should get in now does not.',
  remedy:
    'Remove the id. Add a principal again only if it is meant to have access today: the id was a safeguard.',
  references: [PRINCIPAL],
  examples: () => ({
    fails: roleExample(
      'A role that was deleted',
      trustPolicy(irsaStatement(), {
        Effect: 'Allow',
        Principal: { AWS: 'AROAEXAMPLEID00000001' },
        Action: 'sts:AssumeRole',
      }),
    ),
    passes: roleExample(
      'A role that exists',
      trustPolicy({
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::111122223333:role/deployer' },
        Action: 'sts:AssumeRole',
      }),
    ),
  }),
  needs: ['roles'],
  subjects: ({ roles }) => roles.filter((role) => !isServiceLinked(role) && principalsOf(role).length > 0),
  where: roleWhere,
  check: (role) => {
    const ids = [...new Set(principalsOf(role).filter((value) => isDeletedPrincipal(value)))].sort();
    return ids.length === 0 ? pass : fail({ ids });
  },
  severity: () => 'low',
  message: ({ ids }, { name }) =>
    `The trust policy of ${name} names ${ids.join(', ')}, ${ids.length === 1 ? 'a principal that was' : 'principals that were'} deleted.`,
  identity: ({ ids }) => [...ids],
  repair: ({ ids }, role) => ({
    text: `Remove ${ids.join(', ')} from the trust policy; do not put an ARN in its place.`,
    ...withoutPrincipals(role, new Set(ids)),
  }),
  plan: (_, role, __, repair) => draftTightening(role, repair),
});

function principalsOf(role: RoleView): string[] {
  return (role.trust().policy?.statements ?? []).flatMap(({ principal }) =>
    (principal?.entries ?? []).filter(({ kind }) => kind === 'AWS').map(({ value }) => value),
  );
}
