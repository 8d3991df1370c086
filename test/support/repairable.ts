import { type FixExample, fixExample } from '../../scripts/docs/fix-example.ts';
import type { Cluster, Snapshot } from '../../shared/estate/snapshot.ts';
import type { Rule } from '../../shared/rules/define-rule.ts';
import {
  awsAuth,
  entry,
  groupBinding,
  kubernetes,
  readCluster,
  TEAM_ARN,
  teamRole,
} from '../../shared/rules/examples/access.ts';
import {
  estateOf,
  ISSUER,
  irsaStatement,
  PROVIDER,
  role,
  trustPolicy,
} from '../../shared/rules/examples/estate.ts';
import { clusterWith } from '../../shared/rules/examples/kubernetes.ts';

type Repairable = Pick<FixExample, 'snapshot' | 'config'>;

const MISSPELT = ISSUER.replace('oidc.eks.eu-west-1', 'oidc.eu-west-1.eks');

/** Estates for rules whose own example only a person puts right, or is not as AWS would have made it. */
const OWN: Readonly<Record<string, Repairable>> = {
  'no-unknown-provider': {
    config: {},
    snapshot: estateOf({
      roles: [
        role({
          trustPolicy: trustPolicy(
            irsaStatement({
              Principal: { Federated: PROVIDER.replace(ISSUER, MISSPELT) },
              Condition: {
                StringEquals: {
                  [`${MISSPELT}:aud`]: 'sts.amazonaws.com',
                  [`${MISSPELT}:sub`]: 'system:serviceaccount:shop:checkout',
                },
              },
            }),
          ),
        }),
      ],
      clusters: [clusterWith()],
    }),
  },
  'no-tombstoned-access-entry': {
    config: {},
    snapshot: estateOf({
      roles: [teamRole({ created: '2026-03-01T00:00:00Z' })],
      clusters: [
        readCluster({
          accessEntries: [entry({ groups: ['viewers'], username: 'team', tags: { owner: 'them' } })],
          kubernetes: kubernetes({ bindings: [groupBinding('view', 'viewers')] }),
        }),
      ],
    }),
  },
  'no-missing-windows-group': {
    config: {},
    snapshot: estateOf({
      roles: [teamRole()],
      clusters: [
        readCluster({
          nodegroups: [{ name: 'windows', roleArn: TEAM_ARN, amiType: 'WINDOWS_CORE_2022_x86_64' }],
          accessEntries: [
            entry({
              type: 'EC2_LINUX',
              groups: ['system:nodes'],
              username: 'system:node:{{EC2PrivateDNSName}}',
              policies: [],
            }),
          ],
        }),
      ],
    }),
  },
  'no-invalid-aws-auth': {
    config: {},
    snapshot: estateOf({
      roles: [teamRole()],
      clusters: [
        readCluster({
          authenticationMode: 'API_AND_CONFIG_MAP',
          kubernetes: kubernetes({
            awsAuth: awsAuth({ mapRoles: `- rolearm: ${TEAM_ARN}\n  username: team\n  groups: [viewers]\n` }),
          }),
        }),
      ],
    }),
  },
};

/** A small estate in which a rule finds something that its planner repairs. */
export function repairable(rule: Rule): Repairable {
  const { snapshot, config } = OWN[rule.name] ?? fixExample(rule);
  return { config, snapshot: furnished(snapshot) };
}

/** With what AWS gives whatever is made there, so that the way back may lead to it. */
function furnished(snapshot: Snapshot): Snapshot {
  return {
    ...snapshot,
    accounts: snapshot.accounts.map((account) => ({
      ...account,
      ...(account.oidcProviders !== undefined && {
        oidcProviders: account.oidcProviders.map((one) => ({ ...one, thumbprints: [THUMBPRINT] })),
      }),
      ...(account.regions !== undefined && {
        regions: account.regions.map((region) => ({
          ...region,
          ...(region.clusters !== undefined && { clusters: region.clusters.map(withArns) }),
        })),
      }),
    })),
  };
}

const THUMBPRINT = '9e99a48a9960b14926bb7f3b02e22da2b0ab7280';

function withArns(cluster: Cluster): Cluster {
  const base = cluster.arn.replace(':cluster/', ':podidentityassociation/');
  return {
    ...cluster,
    ...(cluster.podIdentityAssociations !== undefined && {
      podIdentityAssociations: cluster.podIdentityAssociations.map((one) => ({
        ...one,
        arn: `${base}/${one.id}`,
      })),
    }),
  };
}
