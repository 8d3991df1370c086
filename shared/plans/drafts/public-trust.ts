import type { Config } from '../../config/config.ts';
import type { Estate, RoleView } from '../../estate/estate.ts';
import type { Statement } from '../../iam/policy.ts';
import { annotatedWith } from '../../identity/annotated.ts';
import { hasSessionTags } from '../../identity/diagnose-pod-identity.ts';
import { parseIssuer, providerArnFor } from '../../identity/issuer.ts';
import { podIdentityStatement } from '../../identity/pod-identity-chain.ts';
import type { JsonObject } from '../../identity/policy-edit.ts';
import { subjectOf } from '../../identity/service-account.ts';
import { clustersOf } from '../../rules/intent.ts';
import { type Draft, declined } from '../draft.ts';
import { draftTightening } from './tighten.ts';

/**
 * A trust policy that admits everyone, narrowed to those who are known to use the role: associations, declared and
 * annotated ServiceAccounts, observed sessions. Declined where nobody is: podtrust records no sessions of people.
 */
export function draftNotPublic(role: RoleView, estate: Estate, config: Config): Draft {
  const open = (role.trust().policy?.statements ?? []).filter(isPublic);
  const used = [...podStatements(role, estate), ...webStatements(role, estate, config)];
  if (used.length === 0)
    return declined(
      'Nobody is known to use the role: no association, binding, annotation or observed session names it. Which people and programs assume it is in CloudTrail alone (AssumeRole): name them by hand, or require aws:PrincipalOrgID.',
    );
  const document: { readonly [key: string]: unknown } = JSON.parse(role.role.trustPolicy);
  const key = Object.keys(document).find((one) => one.toLowerCase() === 'statement') ?? 'Statement';
  const indexes = new Set(open.map(({ index }) => index));
  const kept = [document[key]].flat().filter((_, index) => !indexes.has(index));
  const narrowed = open.flatMap((statement) => used.map((one) => withConditionsOf(one, statement)));
  const after = JSON.stringify({ ...document, [key]: [...kept, ...narrowed] });
  return draftTightening(role, {
    text: 'name those who are known to use it in place of everyone.',
    before: role.role.trustPolicy,
    after,
  });
}

function isPublic({ effect, principal }: Statement): boolean {
  return (
    effect === 'Allow' &&
    principal?.negated === false &&
    (principal.everyone || principal.entries.some(({ value }) => value === '*'))
  );
}

function podStatements({ role: { arn } }: RoleView, estate: Estate): JsonObject[] {
  return (estate.associationsByRole.get(arn) ?? [])
    .filter(({ association }) => association.roleArn === arn)
    .map(({ association, cluster }) =>
      podIdentityStatement({
        clusterArn: cluster.cluster.arn,
        account: cluster.account.id,
        namespace: association.namespace,
        serviceAccount: association.serviceAccount,
        tags: hasSessionTags(association),
      }),
    );
}

/** One statement for each issuer whose provider exists. */
function webStatements(role: RoleView, estate: Estate, config: Config): JsonObject[] {
  const { account } = role;
  const { arn } = role.role;
  const subjects = new Map<string, Set<string>>();
  const add = (issuer: string | null | undefined, subject: string) => {
    if (issuer !== null && issuer !== undefined)
      subjects.set(issuer, (subjects.get(issuer) ?? new Set()).add(subject));
  };
  for (const { cluster, namespace, serviceAccount } of annotatedWith(arn, estate))
    add(cluster.issuerKey, subjectOf(namespace, serviceAccount));
  for (const binding of (config.bindings ?? []).filter((one) => one.role === arn))
    for (const { issuerKey } of clustersOf(binding, estate.clusters, estate))
      add(issuerKey, subjectOf(binding.namespace, binding.serviceAccount));
  for (const { role: one, issuer, subject } of account.account.observed?.sessions?.seen ?? [])
    if (one === arn && issuer !== undefined && subject !== undefined) add(parseIssuer(issuer).key, subject);
  return [...subjects].flatMap(([issuer, names]) => {
    const provider = providerArnFor(account.partition, account.id, issuer);
    const audiences = account.providersByArn.get(provider)?.clientIds;
    if (audiences === undefined) return [];
    return [
      {
        Effect: 'Allow',
        Principal: { Federated: provider },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: { [`${issuer}:sub`]: [...names].sort(), [`${issuer}:aud`]: [...audiences] },
        },
      },
    ];
  });
}

/** What the statement for everyone asked for besides stays asked for. */
function withConditionsOf(statement: JsonObject, { conditions }: Statement): JsonObject {
  const merged: Record<string, Record<string, string | readonly string[]>> = {};
  const own: unknown = statement['Condition'];
  for (const [operator, keys] of Object.entries(own ?? {})) merged[operator] = { ...keys };
  for (const { operator, key, values } of conditions)
    merged[operator.written] = { ...merged[operator.written], [key]: values };
  return { ...statement, Condition: merged };
}
