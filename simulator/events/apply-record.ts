import * as eks from '@aws-sdk/client-eks';
import * as iam from '@aws-sdk/client-iam';
import * as z from 'zod';
import type { Simulation } from '../simulation.ts';

/** What became of a record: the call it tells of was made again, could not be, or is none that the simulator knows. */
export type Applied = 'applied' | 'refused' | 'unknown';

const recordSchema = z.object({
  eventName: z.string(),
  eventSource: z.string(),
  awsRegion: z.string(),
  recipientAccountId: z.string(),
  errorCode: z.string().optional(),
  requestParameters: z.record(z.string(), z.unknown()).nullish(),
});

type CloudTrailCall = z.output<typeof recordSchema>;
type Input = Readonly<Record<string, unknown>>;

type Send = (client: iam.IAMClient, input: never) => Promise<unknown>;

/** The writes of IAM whose input is the record's parameters: the simulator checks them as IAM would. */
const IAM_WRITES = {
  CreateRole: (client, input) => client.send(new iam.CreateRoleCommand(input)),
  DeleteRole: (client, input) => client.send(new iam.DeleteRoleCommand(input)),
  UpdateAssumeRolePolicy: (client, input) => client.send(new iam.UpdateAssumeRolePolicyCommand(input)),
  PutRolePolicy: (client, input) => client.send(new iam.PutRolePolicyCommand(input)),
  DeleteRolePolicy: (client, input) => client.send(new iam.DeleteRolePolicyCommand(input)),
  AttachRolePolicy: (client, input) => client.send(new iam.AttachRolePolicyCommand(input)),
  DetachRolePolicy: (client, input) => client.send(new iam.DetachRolePolicyCommand(input)),
  TagRole: (client, input) => client.send(new iam.TagRoleCommand(input)),
  UntagRole: (client, input) => client.send(new iam.UntagRoleCommand(input)),
  CreateOpenIDConnectProvider: (client, input) =>
    client.send(new iam.CreateOpenIDConnectProviderCommand(input)),
  DeleteOpenIDConnectProvider: (client, input) =>
    client.send(new iam.DeleteOpenIDConnectProviderCommand(input)),
  AddClientIDToOpenIDConnectProvider: (client, input) =>
    client.send(new iam.AddClientIDToOpenIDConnectProviderCommand(input)),
  RemoveClientIDFromOpenIDConnectProvider: (client, input) =>
    client.send(new iam.RemoveClientIDFromOpenIDConnectProviderCommand(input)),
} as const satisfies Record<string, Send>;
const EKS_WRITES = ['CreatePodIdentityAssociation', 'DeleteCluster', 'CreateAccessEntry'] as const;

type IamWrite = keyof typeof IAM_WRITES;
const isIamWrite = (name: string): name is IamWrite => Object.hasOwn(IAM_WRITES, name);

/**
 * Makes the call again that a CloudTrail record tells of, in a simulation, so that its state follows a story. A role whose
 * trust policy is written without having been made is made. Never throws: what the simulator refuses is `refused`.
 */
export async function applyRecord(simulation: Simulation, detail: unknown): Promise<Applied> {
  const parsed = recordSchema.safeParse(detail);
  if (!parsed.success || parsed.data.errorCode !== undefined || !parsed.data.requestParameters)
    return 'unknown';
  const call = parsed.data;
  const account = simulation.world.accounts.get(call.recipientAccountId);
  if (account === undefined) return 'unknown';
  const caller = `arn:${account.partition}:iam::${account.id}:role/replay`;
  const clients = simulation.as(account.id, caller);
  try {
    if (isIamWrite(call.eventName))
      await sendIam(clients('iam', null, null), call.eventName, pascal(call.requestParameters ?? {}));
    else if (isOneOf(EKS_WRITES, call.eventName))
      await sendEks(clients('eks', null, call.awsRegion), call.eventName, call);
    else return 'unknown';
    return 'applied';
  } catch {
    return 'refused';
  }
}

async function sendIam(client: iam.IAMClient, name: IamWrite, input: Input): Promise<void> {
  try {
    await IAM_WRITES[name](client, input as never);
  } catch (error) {
    if (name !== 'UpdateAssumeRolePolicy' || !(error instanceof iam.NoSuchEntityException)) throw error;
    const { RoleName, PolicyDocument } = input;
    await IAM_WRITES.CreateRole(client, { RoleName, AssumeRolePolicyDocument: PolicyDocument } as never);
  }
}

async function sendEks(
  client: eks.EKSClient,
  name: (typeof EKS_WRITES)[number],
  { requestParameters }: CloudTrailCall,
): Promise<void> {
  const { name: cluster, ...rest } = requestParameters ?? {};
  const clusterName = rest['clusterName'] ?? cluster;
  switch (name) {
    case 'CreatePodIdentityAssociation':
      await client.send(new eks.CreatePodIdentityAssociationCommand({ ...rest, clusterName } as never));
      return;
    case 'CreateAccessEntry':
      await client.send(new eks.CreateAccessEntryCommand({ ...rest, clusterName } as never));
      return;
    case 'DeleteCluster':
      await client.send(new eks.DeleteClusterCommand({ name: clusterName } as never));
  }
}

function isOneOf<Name extends string>(names: readonly Name[], name: string): name is Name {
  return names.some((each) => each === name);
}

/** `roleName` → `RoleName`, in lists of objects too. */
function pascal(parameters: Input): Input {
  return Object.fromEntries(
    Object.entries(parameters).map(([key, value]) => [
      `${key.slice(0, 1).toUpperCase()}${key.slice(1)}`,
      Array.isArray(value) ? value.map((item) => (isObject(item) ? pascal(item) : item)) : value,
    ]),
  );
}

function isObject(value: unknown): value is Input {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
