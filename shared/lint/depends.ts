import type { Failure } from '../rules/define-rule.ts';
import type { LocatedEstate } from './located-estate.ts';
import { holdsFresh, type World } from './unresolved.ts';

/**
 * Rules that look at one statement, one annotation or one row alone. What they find is tried in other worlds, one open
 * value at a time; every other rule compares things, and with an open value in any of them nothing is told.
 */
const LOCAL: ReadonlySet<string> = new Set([
  'no-invalid-trust-policy',
  'no-mismatched-condition-key',
  'no-literal-wildcard',
  'no-malformed-subject',
  'no-wrong-audience',
  'no-wrong-assume-action',
  'no-missing-subject',
  'no-wildcard-subject',
  'no-fail-open-condition',
  'use-audience-condition',
  'no-public-trust',
  'no-negated-trust',
  'use-scoped-pod-identity-trust',
  'use-external-id',
  'no-invalid-role-annotation',
  'no-invalid-token-expiration',
  'no-default-service-account-role',
  'no-invalid-aws-auth',
  'no-role-path-in-aws-auth',
  'no-root-mapping',
  'no-masters-in-aws-auth',
  'no-account-mapping',
  'no-wrong-entry-type',
  'no-powerless-access-entry',
  'no-broad-cluster-admin',
]);

/** Findings of these kinds stay true whatever else a policy allows. */
const MORE_ALLOWED: ReadonlySet<string> = new Set(['open']);

/** True when a failure is not certain for what the file leaves open around it. */
export function leftUndecided(failure: Failure, located: LocatedEstate, world: World): boolean {
  const { rule, where } = failure;
  if (rule.name === 'no-invalid-trust-policy') return false;
  const role = where.role === undefined ? undefined : located.roles.get(where.role);
  const left = role === undefined ? 'none' : hasOpenDeny(role.trust.text, world) ? 'deny' : role.trust.left;
  if (left === 'deny' || (left === 'allow' && !MORE_ALLOWED.has(rule.kind))) return true;
  return !LOCAL.has(rule.name) && dependsOnOpen(failure, located, world);
}

/** True when an open value is in anything that a failure is about. */
export function dependsOnOpen(
  { where, evidence, detail }: Failure,
  located: LocatedEstate,
  world: World,
): boolean {
  const { namespace, serviceAccount } = where;
  const bound = located.clusters.flatMap(({ shown }) =>
    [...shown.associations, ...shown.serviceAccounts].filter(({ value }) => {
      const name = 'serviceAccount' in value ? value.serviceAccount : value.name;
      return value.namespace === namespace && name === serviceAccount;
    }),
  );
  const trusts = [
    where.role,
    ...bound.map(({ value }) => ('roleArn' in value ? value.roleArn : undefined)),
  ].map((arn) => (arn === undefined ? '' : (located.roles.get(arn)?.trust.text ?? '')));
  const text = JSON.stringify([where, evidence, detail, trusts, bound.map(({ value }) => value)]);
  return holdsOpen(text, world);
}

function hasOpenDeny(text: string, world: World): boolean {
  return /"Deny"/.test(text) && holdsOpen(text, world);
}

function holdsOpen(text: string, { values }: World): boolean {
  return holdsFresh(text) || [...values.values()].some((value) => text.includes(value));
}
