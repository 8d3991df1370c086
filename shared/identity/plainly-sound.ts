import type { Estate, RoleView } from '../estate/estate.ts';
import type { CompiledPolicy, CompiledStatement } from '../iam/compile.ts';
import type { CompiledCondition } from '../iam/conditions/condition.ts';
import { parseProviderArn } from './issuer.ts';
import { parseSubject, STS_AUDIENCE } from './service-account.ts';
import { deniesOf } from './statements.ts';

/**
 * True for a statement that is beyond doubt sound: one existing provider of a live cluster, the right action, the audience
 * of STS, subjects that ServiceAccounts can have, no Deny in the policy. Nearly every statement of an estate is; false says
 * nothing.
 */
export function isPlainlySound(
  compiled: CompiledStatement,
  trust: CompiledPolicy,
  role: RoleView,
  estate: Estate,
): boolean {
  const { principal, conditions } = compiled.statement;
  const [entry, ...more] = principal?.entries ?? [];
  if (entry?.kind !== 'Federated' || more.length > 0 || principal?.negated === true) return false;
  const provider = role.account.providersByArn.get(entry.value);
  const issuer = provider === undefined ? undefined : parseProviderArn(provider.arn)?.issuer.key;
  if (issuer === undefined || provider?.clientIds?.includes(STS_AUDIENCE) !== true) return false;
  if (!estate.clustersByIssuer.has(issuer) || !compiled.action('sts:AssumeRoleWithWebIdentity')) return false;
  if (conditions.length > 2 || deniesOf(trust).length > 0) return false;
  const key = issuer.toLowerCase();
  const keys = new Set<string>();
  return compiled.conditions.every((condition) => {
    if (keys.has(condition.key)) return false;
    keys.add(condition.key);
    if (condition.key === `${key}:aud`)
      return isPlain(condition) && condition.test([STS_AUDIENCE], () => 'unknown') === 'yes';
    return (
      condition.key === `${key}:sub` &&
      isPlain(condition) &&
      condition.condition.values.every((value) => isSubject(condition, value))
    );
  });
}

const PLAIN: ReadonlySet<string> = new Set(['StringEquals', 'StringLike']);

function isPlain({ condition: { operator, values } }: CompiledCondition): boolean {
  return PLAIN.has(operator.name) && values.length > 0;
}

/** A pattern is sound when some subject matches it: its wildcards filled in make one. */
function isSubject({ condition: { operator } }: CompiledCondition, value: string): boolean {
  if (operator.name === 'StringEquals') return parseSubject(value) !== null;
  return value === '*' || parseSubject(value.replace(/[*?]/g, 'a')) !== null;
}
