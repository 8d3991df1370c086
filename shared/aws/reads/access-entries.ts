import {
  type AssociatedAccessPolicy,
  DescribeAccessEntryCommand,
  ListAccessEntriesCommand,
  ListAssociatedAccessPoliciesCommand,
} from '@aws-sdk/client-eks';
import { type AccessEntry, accessEntrySchema, type Cluster } from '../../estate/snapshot.ts';
import type { ClusterReader } from '../account-reader.ts';
import { isoTime } from '../iso-time.ts';
import type { Permissions } from '../permission.ts';
import { present } from '../reading.ts';
import { EKS_PAGE, readListed, required } from './listed.ts';

export const permissions: Permissions = {
  actions: ['eks:ListAccessEntries', 'eks:DescribeAccessEntry', 'eks:ListAssociatedAccessPolicies'],
  for: 'read',
};

/**
 * Access entries with their policies. A cluster that authenticates by `aws-auth` alone has none, and EKS refuses the
 * question there (EKS user guide, "Grant IAM users access to Kubernetes with EKS access entries"): it is not asked.
 */
export async function readAccessEntries(
  cluster: ClusterReader,
  mode: Cluster['authenticationMode'],
): Promise<AccessEntry[] | undefined> {
  if (mode === 'CONFIG_MAP') return [];
  const { eks, name: clusterName } = cluster;
  return readListed<string, AccessEntry>(cluster, {
    list: 'eks:ListAccessEntries',
    page: async (nextToken) => {
      const answer = await eks.send(
        new ListAccessEntriesCommand(present({ clusterName, maxResults: EKS_PAGE, nextToken })),
      );
      return { items: answer.accessEntries, next: answer.nextToken };
    },
    describe: 'eks:DescribeAccessEntry',
    schema: accessEntrySchema,
    subject: (principalArn) => principalArn,
    one: async (principalArn) => {
      const answer = await eks.send(new DescribeAccessEntryCommand({ clusterName, principalArn }));
      const entry = required(answer.accessEntry, 'access entry');
      return {
        principalArn,
        type: required(entry.type, 'type'),
        username: entry.username,
        groups: entry.kubernetesGroups,
        created: isoTime(entry.createdAt),
        modified: isoTime(entry.modifiedAt),
        tags: entry.tags,
      };
    },
    known: (principalArn) => ({ principalArn }),
  }).then((entries) => entries && Promise.all(entries.map((entry) => withPolicies(cluster, entry))));
}

async function withPolicies(
  { reading, eks, name: clusterName, place }: ClusterReader,
  entry: AccessEntry,
): Promise<AccessEntry> {
  const read = 'eks:ListAssociatedAccessPolicies';
  const where = { ...place, subject: entry.principalArn };
  const pages = await reading.pages(read, where, async (nextToken) => {
    const answer = await eks.send(
      new ListAssociatedAccessPoliciesCommand(
        present({ clusterName, principalArn: entry.principalArn, maxResults: EKS_PAGE, nextToken }),
      ),
    );
    return { items: answer.associatedAccessPolicies, next: answer.nextToken };
  });
  if (pages === undefined) return entry;
  const whole = { ...entry, policies: pages.items.map(policyOf) };
  return reading.shaped(accessEntrySchema, whole, read, where) ?? entry;
}

function policyOf({ policyArn, accessScope }: AssociatedAccessPolicy): object {
  const type = accessScope?.type;
  return {
    policyArn,
    scope: present({ type, namespaces: type === 'namespace' ? accessScope?.namespaces : undefined }),
  };
}
