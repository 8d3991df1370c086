import { DescribeInstancesCommand, EC2Client, type Instance } from '@aws-sdk/client-ec2';
import { GetInstanceProfileCommand, IAMClient } from '@aws-sdk/client-iam';
import type { NodeGroup } from '../../estate/kubernetes-schema.ts';
import { type ClientOptions, clientConfigs } from '../clients.ts';
import type { KubernetesEndpoint } from '../kubernetes-reader.ts';
import { partitionNamed } from '../partitions.ts';
import type { Permissions } from '../permission.ts';

export const permissions: Permissions = {
  actions: ['ec2:DescribeInstances', 'iam:GetInstanceProfile'],
  for: 'kubernetes',
};

/** What EC2 and IAM tell of a node's instance. */
interface InstanceFacts {
  /** ARN of the role of its profile. */
  readonly role?: string;
  readonly hopLimit?: number;
  readonly metadata?: NonNullable<NodeGroup['metadata']>;
}

/** Instances of one filter (EC2 API reference, DescribeInstances: up to 200 values). */
const BATCH = 200;

/**
 * Looks instances up: their metadata options and the role of their profile; each profile is asked for once. Throws what
 * EC2 threw; a profile that cannot be read leaves the role out.
 */
export function instanceFacts(options: ClientOptions) {
  const configure = clientConfigs(options);
  const profiles = new Map<string, Promise<string | undefined>>();
  return async (
    cluster: KubernetesEndpoint,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, InstanceFacts>> => {
    const { credentials, region, partition } = cluster;
    const ec2 = new EC2Client({ ...configure(null, region), credentials });
    const iam = new IAMClient({
      ...configure(null, partitionNamed(partition)?.iamRegion ?? region),
      credentials,
    });
    const roleOf = (arn: string): Promise<string | undefined> => {
      const known = profiles.get(arn) ?? roleOfProfile(iam, arn);
      profiles.set(arn, known);
      return known;
    };
    const facts = new Map<string, InstanceFacts>();
    for (let start = 0; start < ids.length; start += BATCH) {
      for (const instance of await instancesOf(ec2, ids.slice(start, start + BATCH))) {
        const profile = instance.IamInstanceProfile?.Arn;
        const role = profile === undefined ? undefined : await roleOf(profile);
        if (instance.InstanceId !== undefined) facts.set(instance.InstanceId, factsOf(instance, role));
      }
    }
    return facts;
  };
}

async function instancesOf(ec2: EC2Client, ids: readonly string[]): Promise<Instance[]> {
  const found: Instance[] = [];
  let token: string | undefined;
  do {
    // A filter passes over instances that are gone; InstanceIds would refuse the whole call.
    const answer = await ec2.send(
      new DescribeInstancesCommand({
        Filters: [{ Name: 'instance-id', Values: [...ids] }],
        MaxResults: 1000,
        ...(token === undefined ? {} : { NextToken: token }),
      }),
    );
    found.push(...(answer.Reservations ?? []).flatMap(({ Instances }) => Instances ?? []));
    token = answer.NextToken || undefined;
  } while (token !== undefined);
  return found;
}

async function roleOfProfile(iam: IAMClient, arn: string): Promise<string | undefined> {
  const name = arn.slice(arn.lastIndexOf('/') + 1);
  try {
    const { InstanceProfile } = await iam.send(new GetInstanceProfileCommand({ InstanceProfileName: name }));
    return InstanceProfile?.Roles?.[0]?.Arn;
  } catch {
    return undefined;
  }
}

function factsOf({ MetadataOptions: options }: Instance, role: string | undefined): InstanceFacts {
  const metadata =
    options?.HttpEndpoint === 'disabled'
      ? 'disabled'
      : options?.HttpTokens === 'required' || options?.HttpTokens === 'optional'
        ? options.HttpTokens
        : undefined;
  return {
    ...(role === undefined ? {} : { role }),
    ...(options?.HttpPutResponseHopLimit === undefined ? {} : { hopLimit: options.HttpPutResponseHopLimit }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}
