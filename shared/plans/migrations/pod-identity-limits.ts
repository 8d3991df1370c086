import type { ClusterView, Estate, RoleView } from '../../estate/estate.ts';
import type { AnnotatedWithRole } from '../../identity/annotated.ts';
import { irsaChain } from '../../identity/irsa-chain.ts';
import { nodeControlStep, nodeStep } from '../../identity/node-calls.ts';
import { ownWebIdentity } from '../../identity/own-web-identity.ts';
import { STS_AUDIENCE } from '../../identity/service-account.ts';
import { obstacles } from './associate.ts';

/** Why a ServiceAccount cannot, or must not, be carried over from IRSA to Pod Identity; empty where it can. */
export function whyNotPodIdentity(one: AnnotatedWithRole, estate: Estate): string[] {
  const { cluster, namespace, serviceAccount, annotation, audience } = one;
  const role = estate.roleByArn.get(annotation.arn);
  if (role === undefined) return [`${annotation.arn} does not exist, or was not read: nobody gets it today.`];
  const pods = cluster.kubernetes.podsOf(namespace, serviceAccount);
  const wanted = { cluster, namespace, serviceAccount, role };
  const ineffective = irsaChain({ ...wanted, audience }, estate).steps.find(
    ({ status }) => status === 'fail' || status === 'unknown',
  );
  return [
    ...obstacles(wanted),
    ...(ineffective === undefined
      ? []
      : [
          `The annotation is not known to give it ${role.role.arn} today, and a migration carries over nothing else: ${ineffective.detail}`,
        ]),
    ...(audience === STS_AUDIENCE
      ? []
      : [`Its tokens are for ${audience}: with an association its pods get no such token.`]),
    ...(pods.some((group) => ownWebIdentity(group) !== null)
      ? [
          'Its pods set a web identity themselves (AWS_ROLE_ARN and a token), which comes before Pod Identity: take that out first.',
        ]
      : []),
    ...nodeObstacle(cluster, estate, pods),
    ...claimsInPermissions(role, cluster),
  ];
}

function nodeObstacle(cluster: ClusterView, estate: Estate, pods: Parameters<typeof nodeStep>[2]): string[] {
  return [nodeStep(cluster, estate, pods), nodeControlStep(cluster, estate, pods)].flatMap(
    ({ status, detail }) => (status === 'fail' ? [detail] : []),
  );
}

/** Sessions of Pod Identity carry no claims of a token: permissions that test them would no longer allow anything. */
function claimsInPermissions({ role, account }: RoleView, { issuerKey }: ClusterView): string[] {
  if (issuerKey === null) return [];
  const managed = (account.account.policies ?? []).filter(({ arn }) => role.attachedPolicies?.includes(arn));
  const documents = [...(role.inlinePolicies ?? []), ...managed].map(({ document }) =>
    document.toLowerCase(),
  );
  return documents.some((document) => document.includes(`${issuerKey.toLowerCase()}:`))
    ? ["Its permissions test claims of the cluster's tokens, which sessions of Pod Identity do not have."]
    : [];
}
