import { DescribeInstancesCommand, EC2Client, type Instance } from '@aws-sdk/client-ec2';
import { GetInstanceProfileCommand, IAMClient, NoSuchEntityException } from '@aws-sdk/client-iam';
import type { NodeGroup } from '../../estate/kubernetes-schema.ts';
import { type ClientOptions, clientConfigs } from '../clients.ts';
import { failureReason } from '../failure-reason.ts';
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

/** What was learnt of instances, and each read of it that failed. */
export interface InstancesRead {
  readonly facts: ReadonlyMap<string, InstanceFacts>;
  readonly gaps: readonly { readonly read: string; readonly reason: string }[];
}

/** The clients of a cluster's account and region, with the credentials with which the cluster is read. */
interface InstanceClients {
  readonly ec2: EC2Client;
  readonly iam: IAMClient;
}

/** Such clients as the caller's environment configures them. */
export function instanceClients(options: ClientOptions): (cluster: KubernetesEndpoint) => InstanceClients {
  const configure = clientConfigs(options);
  return ({ credentials, region, partition }) => ({
    ec2: new EC2Client({ ...configure(null, region), credentials }),
    iam: new IAMClient({
      ...configure(null, partitionNamed(partition)?.iamRegion ?? region),
      credentials,
    }),
  });
}

/** Instances of one filter (EC2 API reference, DescribeInstances: up to 200 values). */
const BATCH = 200;

/**
 * Looks instances up: their metadata options and the role of their profile; each profile is asked for once. Never rejects:
 * what could not be read is a gap.
 */
export function instanceFacts(clientsOf: (cluster: KubernetesEndpoint) => InstanceClients) {
  const profiles = new Map<string, Promise<string | undefined>>();
  return async (cluster: KubernetesEndpoint, ids: readonly string[]): Promise<InstancesRead> => {
    const { ec2, iam } = clientsOf(cluster);
    const facts = new Map<string, InstanceFacts>();
    const gaps = new Map<string, InstancesRead['gaps'][number]>();
    const failed = (read: string, what: string, error: unknown): void => {
      gaps.set(what, { read, reason: `${what === read ? '' : `${what}: `}${failureReason(error)}` });
    };
    const roleOf = async (arn: string): Promise<string | undefined> => {
      const asked = profiles.get(arn) ?? roleOfProfile(iam, arn);
      profiles.set(arn, asked);
      return asked.catch((error: unknown) => {
        failed('iam:GetInstanceProfile', arn, error);
        return undefined;
      });
    };
    const keep = async (instance: Instance): Promise<void> => {
      const profile = instance.IamInstanceProfile?.Arn;
      const role = profile === undefined ? undefined : await roleOf(profile);
      if (instance.InstanceId !== undefined) facts.set(instance.InstanceId, factsOf(instance, role));
    };
    try {
      for (let start = 0; start < ids.length; start += BATCH) {
        for await (const page of instancesOf(ec2, ids.slice(start, start + BATCH)))
          for (const instance of page) await keep(instance);
      }
    } catch (error) {
      failed('ec2:DescribeInstances', 'ec2:DescribeInstances', error);
    }
    return { facts, gaps: [...gaps.values()] };
  };
}

async function* instancesOf(ec2: EC2Client, ids: readonly string[]): AsyncGenerator<readonly Instance[]> {
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
    yield (answer.Reservations ?? []).flatMap(({ Instances }) => Instances ?? []);
    token = answer.NextToken || undefined;
  } while (token !== undefined);
}

/** Undefined for a profile that was deleted while its instance runs. */
async function roleOfProfile(iam: IAMClient, arn: string): Promise<string | undefined> {
  const name = arn.slice(arn.lastIndexOf('/') + 1);
  try {
    const { InstanceProfile } = await iam.send(new GetInstanceProfileCommand({ InstanceProfileName: name }));
    return InstanceProfile?.Roles?.[0]?.Arn;
  } catch (error) {
    if (error instanceof NoSuchEntityException) return undefined;
    throw error;
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
