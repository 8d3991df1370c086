import {
  DescribeAccessEntryCommand,
  DescribeAddonCommand,
  DescribeClusterCommand,
  DescribePodIdentityAssociationCommand,
  ListPodIdentityAssociationsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-eks';
import { GetOpenIDConnectProviderCommand, GetRoleCommand, NoSuchEntityException } from '@aws-sdk/client-iam';
import type { Change, ChangeKind, ChangeOf } from '../../changes/change.ts';
import { ADAPTERS } from '../changes/index.ts';
import { sessionPolicy } from '../changes/session-policy.ts';
import { type Enter, type Entered, readGrants } from '../changes/world.ts';
import { tagsOf } from '../reads/tags.ts';

type Tags = Readonly<Record<string, string>>;

/** The tags of a change's target as they are now, of one that does not exist none: whoever manages it says so there. */
export function liveTags(enter: Enter): (change: Change) => Promise<Tags> {
  return async (change) => {
    const entered = enter(change.target.account, sessionPolicy(grantsOfKind(change.kind, change)));
    try {
      return (await read(change, entered)) ?? {};
    } catch (error) {
      if (error instanceof NoSuchEntityException || error instanceof ResourceNotFoundException) return {};
      throw error;
    }
  };
}

function grantsOfKind<K extends ChangeKind>(kind: K, change: ChangeOf<K>) {
  return readGrants<K>(ADAPTERS[kind], change);
}

async function read(change: Change, { eks, iam }: Entered): Promise<Tags | undefined> {
  switch (change.kind) {
    case 'trust-policy': {
      const RoleName = change.target.arn.slice(change.target.arn.lastIndexOf('/') + 1);
      return tagsOf((await iam().send(new GetRoleCommand({ RoleName }))).Role?.Tags);
    }
    case 'oidc-provider': {
      const OpenIDConnectProviderArn = change.target.arn;
      return tagsOf(
        (await iam().send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }))).Tags,
      );
    }
    case 'pod-identity-association': {
      const { region, cluster: clusterName, namespace, serviceAccount } = change.target;
      const client = eks(region);
      const { associations = [] } = await client.send(
        new ListPodIdentityAssociationsCommand({ clusterName, namespace, serviceAccount }),
      );
      const associationId = associations[0]?.associationId;
      if (associationId === undefined) return {};
      return (await client.send(new DescribePodIdentityAssociationCommand({ clusterName, associationId })))
        .association?.tags;
    }
    case 'access-entry':
    case 'access-policy': {
      const { region, cluster: clusterName, principal: principalArn } = change.target;
      return (await eks(region).send(new DescribeAccessEntryCommand({ clusterName, principalArn })))
        .accessEntry?.tags;
    }
    case 'addon': {
      const { region, cluster: clusterName, addon: addonName } = change.target;
      return (await eks(region).send(new DescribeAddonCommand({ clusterName, addonName }))).addon?.tags;
    }
    case 'service-account-annotation':
      // The cluster's tags say who made the cluster, not who writes its ServiceAccounts.
      return {};
    case 'aws-auth':
    case 'authentication-mode': {
      const { region, cluster: name } = change.target;
      return (await eks(region).send(new DescribeClusterCommand({ name }))).cluster?.tags;
    }
  }
}
