import { defineRule } from './define-rule.ts';
import { hasApiServer } from './doors/api-server.ts';
import { readCluster } from './examples/access.ts';
import { estateExample } from './examples/estate.ts';
import { clusterWhere } from './places.ts';
import { ACCESS_MIGRATION, ACCESS_MODES } from './references.ts';
import { fail, pass, unknown } from './verdict.ts';

/** Clusters that authenticate by aws-auth alone. */
export default defineRule({
  number: 'PT-401',
  name: 'use-access-entries',
  kind: 'rot',
  fix: 'manual',
  title: 'The cluster knows its users from aws-auth alone',
  why: 'One slip in the aws-auth ConfigMap locks everyone out, nobody sees it in AWS, and whoever created the cluster stays its administrator without being listed. Access entries are checked by EKS when they are written, and CloudTrail records them.',
  remedy:
    'Change the authentication mode to API_AND_CONFIG_MAP, which cannot be undone: `aws eks update-cluster-config --name CLUSTER --access-config authenticationMode=API_AND_CONFIG_MAP`. Create an entry for each row of aws-auth (`podtrust access` lists them), remove the rows, and change the mode to API when none is left. Rows that EKS wrote for managed node groups and Fargate stay until there are entries for them.',
  references: [ACCESS_MODES, ACCESS_MIGRATION],
  examples: () => {
    const clusters = (authenticationMode: 'CONFIG_MAP' | 'API_AND_CONFIG_MAP') => ({
      clusters: [readCluster({ authenticationMode })],
    });
    return {
      fails: estateExample('Only aws-auth', clusters('CONFIG_MAP'), { authenticationMode: 'CONFIG_MAP' }),
      passes: estateExample('Entries first, then aws-auth', clusters('API_AND_CONFIG_MAP'), {
        authenticationMode: 'API_AND_CONFIG_MAP',
      }),
    };
  },
  needs: ['clusters'],
  subjects: ({ clusters }) => clusters.filter(hasApiServer),
  where: clusterWhere,
  check: ({ cluster: { authenticationMode } }) => {
    if (authenticationMode === undefined) {
      return unknown({ read: 'eks:DescribeCluster', reason: 'the authentication mode was not read' });
    }
    return authenticationMode === 'CONFIG_MAP' ? fail({ authenticationMode }) : pass;
  },
  severity: () => 'low',
  message: ({ authenticationMode }, { cluster: { name } }) =>
    `${name} has authentication mode ${authenticationMode}: it asks aws-auth alone.`,
  identity: () => [],
});
