import { permissions as assumeRole } from './assume-role.ts';
import { permissions as lookupEvents } from './cloudtrail/lookup-events.ts';
import type { Permissions } from './permission.ts';
import { permissions as accessEntries } from './reads/access-entries.ts';
import { permissions as accountDetails } from './reads/account-details.ts';
import { permissions as accountSummary } from './reads/account-summary.ts';
import { permissions as addons } from './reads/addons.ts';
import { permissions as caller } from './reads/caller.ts';
import { permissions as capabilities } from './reads/capabilities.ts';
import { permissions as cluster } from './reads/cluster.ts';
import { permissions as clusters } from './reads/clusters.ts';
import { permissions as controlPolicies } from './reads/control-policies.ts';
import { permissions as fargateProfiles } from './reads/fargate-profiles.ts';
import { permissions as identityProviderConfigs } from './reads/identity-provider-configs.ts';
import { permissions as instances } from './reads/instances.ts';
import { permissions as nodegroups } from './reads/nodegroups.ts';
import { permissions as oidcProviders } from './reads/oidc-providers.ts';
import { permissions as organization } from './reads/organization.ts';
import { permissions as organizationTree } from './reads/organization-tree.ts';
import { permissions as associations } from './reads/pod-identity-associations.ts';
import { permissions as policyDocuments } from './reads/policy-documents.ts';
import { permissions as regions } from './reads/regions.ts';
import { permissions as trails } from './reads/trails.ts';

const ALL: readonly Permissions[] = [
  accessEntries,
  accountDetails,
  accountSummary,
  addons,
  associations,
  assumeRole,
  caller,
  capabilities,
  cluster,
  clusters,
  controlPolicies,
  fargateProfiles,
  identityProviderConfigs,
  instances,
  lookupEvents,
  nodegroups,
  oidcProviders,
  organization,
  organizationTree,
  policyDocuments,
  regions,
  trails,
];

/** What a use of podtrust needs: the actions, sorted, and a policy document that allows just them. */
export interface NeededPermissions {
  readonly actions: readonly string[];
  readonly policy: {
    readonly Version: '2012-10-17';
    readonly Statement: readonly [
      {
        readonly Sid: string;
        readonly Effect: 'Allow';
        readonly Action: readonly string[];
        readonly Resource: string;
      },
    ];
  };
}

/** Permissions for reading one account: of the caller, and of the read role in every further account. */
export function readPermissions(): NeededPermissions {
  return needed('read', 'PodtrustRead', '*');
}

/** Of the reads of an account, those of what is in its clusters. */
const IN_CLUSTERS: ReadonlySet<Permissions> = new Set([
  accessEntries,
  addons,
  associations,
  capabilities,
  cluster,
  fargateProfiles,
  identityProviderConfigs,
  nodegroups,
]);

/** Actions that read an account without its clusters, or its clusters alone, each with who it is that reads. */
export function partActions(part: 'account' | 'clusters'): readonly string[] {
  const reads = ALL.filter((read) => read.for === 'read' && IN_CLUSTERS.has(read) === (part === 'clusters'));
  return [...new Set([...caller.actions, ...reads.flatMap(({ actions }) => actions)])].sort();
}

/** What the caller needs besides for `--accounts`: to enter the read role of the other accounts. */
export function furtherAccountPermissions(partition: string, readRole: string): NeededPermissions {
  return needed('accounts', 'PodtrustReadOtherAccounts', `arn:${partition}:iam::*:role/${readRole}`);
}

/** What reading the Kubernetes APIs of clusters needs besides, in every account that is read: what kind of nodes there are. */
export function kubernetesPermissions(): NeededPermissions {
  return needed('kubernetes', 'PodtrustReadNodes', '*');
}

/** What `--organization` needs besides, of the caller. */
export function organizationPermissions(): NeededPermissions {
  return needed('organization', 'PodtrustReadOrganization', '*');
}

/** What `audit --causes` needs besides, in every account that is read. */
export function causePermissions(): NeededPermissions {
  return needed('causes', 'PodtrustLookUpCauses', '*');
}

function needed(use: Permissions['for'], Sid: string, Resource: string): NeededPermissions {
  const actions = [...new Set(ALL.flatMap((read) => (read.for === use ? read.actions : [])))].sort();
  return {
    actions,
    policy: {
      Version: '2012-10-17',
      Statement: [{ Sid, Effect: 'Allow', Action: actions, Resource }],
    },
  };
}
