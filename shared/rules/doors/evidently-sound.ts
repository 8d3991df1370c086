import type { Estate, RoleView } from '../../estate/estate.ts';
import type { CompiledStatement } from '../../iam/compile.ts';
import type { Condition } from '../../iam/policy.ts';
import { POD_IDENTITY_SERVICE, parseSubject, STS_AUDIENCE } from '../../identity/service-account.ts';

/**
 * True for trust policies in the form that every tool writes, which most of an estate have: nothing in them needs a
 * diagnosis. False says nothing. Only a short cut: whatever is sound here has no fault and nothing undecided there.
 */
export function isEvidentlySound(role: RoleView, estate: Estate): boolean {
  const { compiled, parse } = role.trust();
  if (compiled === null || parse.problems.length > 0 || compiled.denies.length > 0) return false;
  return compiled.allows.every((statement) => isPlain(statement, role, estate));
}

function isPlain(compiled: CompiledStatement, role: RoleView, estate: Estate): boolean {
  const { principal } = compiled.statement;
  if (principal === undefined || principal.negated || principal.everyone || principal.entries.length !== 1)
    return false;
  const [entry] = principal.entries;
  if (entry === undefined) return false;
  if (entry.kind === 'Federated') return isPlainWeb(compiled, entry.value, role, estate);
  return entry.kind === 'Service' && isPlainService(compiled, entry.value, role);
}

/** A live cluster's provider with the audience of STS, exact subjects, and no other condition. */
function isPlainWeb(
  { statement, action }: CompiledStatement,
  arn: string,
  role: RoleView,
  estate: Estate,
): boolean {
  const provider = role.account.providersByArn.get(arn);
  if (provider?.clientIds?.includes(STS_AUDIENCE) !== true || !action('sts:AssumeRoleWithWebIdentity'))
    return false;
  const issuer = arn.slice(arn.indexOf('oidc-provider/') + 'oidc-provider/'.length);
  if (!estate.clustersByIssuer.has(issuer)) return false;
  const key = issuer.toLowerCase();
  const claims = new Set<string>();
  for (const condition of statement.conditions) {
    const claim = condition.key.toLowerCase();
    if (!claim.startsWith(`${key}:`) || claims.has(claim) || !isExact(condition)) return false;
    claims.add(claim);
    const asked = claim.slice(key.length + 1);
    if (asked === 'aud' ? condition.values.some((value) => value !== STS_AUDIENCE) : asked !== 'sub')
      return false;
    if (asked === 'sub' && condition.values.some((value) => parseSubject(value) === null)) return false;
  }
  return true;
}

function isExact({ operator, values }: Condition): boolean {
  return (
    operator.name === 'StringEquals' && operator.set === undefined && !operator.ifExists && values.length > 0
  );
}

/** Keys with one value that the statement itself may name, as the calls of EKS carry them. */
const NAMES = new Set(['aws:requesttag/kubernetes-namespace', 'aws:requesttag/kubernetes-service-account']);

/** Another service, which has nothing to diagnose; or Pod Identity with both actions, for names in the role's account. */
function isPlainService({ statement, action }: CompiledStatement, service: string, role: RoleView): boolean {
  if (service.toLowerCase() !== POD_IDENTITY_SERVICE) return !/eks/i.test(service);
  if (!action('sts:AssumeRole') || !action('sts:TagSession')) return false;
  return statement.conditions.every((condition) => {
    const key = condition.key.toLowerCase();
    if (!isExact(condition) || condition.values.some((value) => /[*?$]/.test(value))) return false;
    return NAMES.has(key) || (key === 'aws:sourceaccount' && condition.values.includes(role.account.id));
  });
}
