import type { Config } from '../config/config.ts';
import type { Estate, RoleView } from '../estate/estate.ts';
import { admitted } from '../iam/admitted.ts';
import type { Grant } from '../iam/admitted-types.ts';
import { parsePolicy } from '../iam/parse.ts';
import { providerArnFor } from '../identity/issuer.ts';
import { POD_IDENTITY_SERVICE, subjectOf } from '../identity/service-account.ts';
import { clustersOf } from '../rules/intent.ts';

/** Whom the configuration means to have a role, as what a trust policy would admit: through IRSA or Pod Identity. */
export function declaredGrants(role: RoleView, config: Config, estate: Estate): readonly Grant[] {
  const { partition, id } = role.account;
  const statements = (config.bindings ?? [])
    .filter((binding) => binding.role === role.role.arn)
    .flatMap((binding) =>
      clustersOf(binding, estate.clusters, estate).flatMap(({ issuerKey, cluster }) => {
        const { namespace, serviceAccount } = binding;
        const podIdentity = {
          Effect: 'Allow',
          Principal: { Service: POD_IDENTITY_SERVICE },
          Action: ['sts:AssumeRole', 'sts:TagSession'],
          Condition: {
            StringEquals: {
              'aws:RequestTag/kubernetes-namespace': namespace,
              'aws:RequestTag/kubernetes-service-account': serviceAccount,
            },
            ArnEquals: { 'aws:SourceArn': cluster.arn },
          },
        };
        if (issuerKey === null) return [podIdentity];
        const irsa = {
          Effect: 'Allow',
          Principal: { Federated: providerArnFor(partition, id, issuerKey) },
          Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: { StringEquals: { [`${issuerKey}:sub`]: subjectOf(namespace, serviceAccount) } },
        };
        return [irsa, podIdentity];
      }),
    );
  if (statements.length === 0) return [];
  const text = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  const { policy } = parsePolicy(text, 'trust');
  return policy === null ? [] : admitted(policy).grants;
}
