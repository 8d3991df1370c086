import type { RoleView } from '../estate/estate.ts';
import { parseArn } from '../iam/arn.ts';
import { decide } from '../iam/evaluate.ts';
import type { PrincipalEntry } from '../iam/policy.ts';
import type { Caller, ContextValue } from '../iam/request.ts';
import { POD_IDENTITY_SERVICE } from '../identity/service-account.ts';
import { defineRule } from './define-rule.ts';
import { isPodRole, isServiceLinked } from './doors/role-kinds.ts';
import { NOBODY } from './doors/web-door.ts';
import { irsaStatement, roleExample, trustPolicy } from './examples/estate.ts';
import { roleWhere } from './places.ts';
import { BEST_PRACTICES, PRINCIPAL } from './references.ts';
import { fail, pass } from './verdict.ts';
import { leadsTo, privilegeFacts, weighted } from './weight.ts';

/** Roles of pods that EC2, another service or another account can assume as well. */
export default defineRule({
  number: 'PT-124',
  name: 'no-mixed-trust',
  kind: 'open',
  fix: 'manual',
  title: 'A role of pods has another way in',
  why: 'A role that EC2, another service or another account can assume too is no longer bound to one workload: whoever may start an instance with it, or administers the other account, has what the pod has.',
  remedy: 'Give each kind of caller a role of its own.',
  references: [PRINCIPAL, BEST_PRACTICES],
  examples: () => ({
    fails: roleExample(
      'A pod and every EC2 instance with the profile',
      trustPolicy(irsaStatement(), {
        Effect: 'Allow',
        Principal: { Service: 'ec2.amazonaws.com' },
        Action: 'sts:AssumeRole',
      }),
    ),
    passes: roleExample('Pods alone', trustPolicy(irsaStatement())),
  }),
  needs: ['roles'],
  subjects: ({ roles, estate }) => roles.filter((role) => !isServiceLinked(role) && isPodRole(role, estate)),
  where: roleWhere,
  check: (role) => {
    const others = otherPrincipals(role);
    return others.length === 0 ? pass : fail({ others, ...privilegeFacts(role) });
  },
  severity: ({ privileges }) => weighted('few', privileges),
  message: ({ others, privileges }, { name }) =>
    `${name} is a role of pods, and ${others.join(', ')} can assume it too; ${leadsTo(privileges)}.`,
  identity: ({ others }) => [...others],
});

/** Services other than Pod Identity, and principals of other accounts, that no condition or Deny keeps out for certain. */
function otherPrincipals(role: RoleView): string[] {
  const { compiled } = role.trust();
  if (compiled === null) return [];
  const entries = compiled.allows.flatMap(({ statement, action }) =>
    statement.principal?.negated === false && action('sts:AssumeRole') ? statement.principal.entries : [],
  );
  const admitted = entries.filter((entry) => {
    const caller = callerOf(entry, role);
    return (
      caller !== null &&
      decide(compiled, { caller, action: 'sts:AssumeRole', context: contextOf(caller) }) !== 'denied'
    );
  });
  return [...new Set(admitted.map(({ value }) => value))].sort();
}

function callerOf({ kind, value }: PrincipalEntry, { account }: RoleView): Caller | null {
  if (kind === 'Service') {
    return value === '*' || value.toLowerCase() === POD_IDENTITY_SERVICE
      ? null
      : { kind: 'service', service: value };
  }
  if (kind !== 'AWS' || value === '*') return null;
  const id = /^\d{12}$/.test(value) ? value : parseArn(value)?.account;
  if (id === undefined || id === account.id) return null;
  const whole = /^\d{12}$/.test(value) || value.endsWith(':root');
  return {
    kind: 'aws',
    account: id,
    arn: whole ? `arn:${account.partition}:iam::${id}:role/${NOBODY}` : value,
  };
}

/** Whatever the caller may choose is left open: a secret between the two sides does not close the door. */
function contextOf(caller: Caller): (key: string) => ContextValue {
  if (caller.kind !== 'aws') return () => 'unknown';
  return (key) => {
    if (key === 'aws:principalarn') return caller.arn.endsWith(NOBODY) ? 'present' : [caller.arn];
    return key === 'aws:principalaccount' ? [caller.account] : 'unknown';
  };
}
