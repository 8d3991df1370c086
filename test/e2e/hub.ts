import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { EKSClient } from '@aws-sdk/client-eks';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  IAMClient,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  paginateListFunctions,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import {
  GetExecutionHistoryCommand,
  paginateListExecutions,
  SFNClient,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { dynamodbStore } from '../../shared/aws/findings/dynamodb-store.ts';
import { keys, LANE_SORT_KEY } from '../../shared/aws/findings/table.ts';
import type { Finding } from '../../shared/findings/finding.ts';
import type { FindingStore } from '../../shared/findings/store.ts';
import { laneStateSchema } from '../../shared/pipeline/lane-state.ts';
import type { ClientConfig } from './cloudtrail-bridge.ts';
import { type Deployed, SOURCE } from './deployment.ts';
import { until } from './until.ts';

/** Clients of an account of the emulator, and of the simulated EKS as the same account. */
export function clientsOf({ eksEndpoint }: Deployed, config: ClientConfig) {
  return {
    iam: new IAMClient(config),
    eks: new EKSClient({ ...config, endpoint: eksEndpoint }),
  };
}

/** A role that one ServiceAccount of one cluster assumes. */
export class WebIdentityRole {
  readonly arn: string;
  readonly sound: object;
  private readonly iam: IAMClient;
  private readonly name: string;

  constructor(iam: IAMClient, account: string, issuer: string, name: string) {
    const host = issuer.replace('https://', '');
    this.iam = iam;
    this.name = name;
    this.arn = `arn:aws:iam::${account}:role/${name}`;
    this.sound = {
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${host}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: {
          [`${host}:sub`]: `system:serviceaccount:shop:${name}`,
          [`${host}:aud`]: 'sts.amazonaws.com',
        },
      },
    };
  }

  async create(...statements: readonly object[]): Promise<void> {
    const AssumeRolePolicyDocument = policy(...statements);
    await this.iam.send(new CreateRoleCommand({ RoleName: this.name, AssumeRolePolicyDocument }));
  }

  async trust(...statements: readonly object[]): Promise<void> {
    const PolicyDocument = policy(...statements);
    await this.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: this.name, PolicyDocument }));
  }
}

const policy = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });

/** Lets everybody in. */
export const EVERYONE = { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' };

/** The IAM provider of a cluster's issuer. */
export async function createProvider(iam: IAMClient, Url: string): Promise<void> {
  await iam.send(new CreateOpenIDConnectProviderCommand({ Url, ClientIDList: ['sts.amazonaws.com'] }));
}

/** What the hub keeps and does, from outside. */
export function hubOf(deployed: Deployed) {
  const { hub, outputs } = deployed;
  const states = new SFNClient(hub);
  const lambda = new LambdaClient(hub);
  const events = new EventBridgeClient(hub);
  const table = new DynamoDBClient(hub);
  const store: FindingStore = dynamodbStore(table, () => outputs.TableName);

  const executions = async () => {
    const { stateMachineArn } = { stateMachineArn: outputs.StateMachineArn };
    const all: { readonly arn: string; readonly name: string; readonly status: string }[] = [];
    for await (const { executions: some = [] } of paginateListExecutions(
      { client: states },
      { stateMachineArn },
    ))
      all.push(
        ...some.map(({ executionArn = '', name = '', status = '' }) => ({ arn: executionArn, name, status })),
      );
    return all;
  };

  const openFindings = async (account?: string): Promise<readonly Finding[]> => {
    const open: Finding[] = [];
    for await (const { finding } of store.listOpen(account)) open.push(finding);
    return open;
  };

  /** Name of the deployed function of a construct. */
  const functionOf = async (construct: string): Promise<string> => {
    for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {}))
      for (const { FunctionName = '' } of Functions)
        if (FunctionName.startsWith(`PodtrustHub-${construct}Function`)) return FunctionName;
    throw new Error(`The hub has no function ${construct}.`);
  };

  const laneOf = async (account: string) => {
    const Key = { pk: { S: keys.lane(account) }, sk: { S: LANE_SORT_KEY } };
    const { Item } = await table.send(
      new GetItemCommand({ TableName: outputs.TableName, Key, ConsistentRead: true }),
    );
    return laneStateSchema.parse(JSON.parse(Item?.['body']?.S ?? '{}'));
  };

  return {
    store,
    /** True while an account's lane has a turn out; a turn whose execution died stays out until a sweep replaces it. */
    busy: async (account: string): Promise<boolean> => (await laneOf(account)).out !== null,
    /** True when an account's lane was asked for something that its turn does not cover. */
    waits: async (account: string): Promise<boolean> => {
      const { requested, out } = await laneOf(account);
      return out !== null && requested > out.covers;
    },
    openFindings,
    executions,
    functionOf,
    lambda,
    /** Waits until no execution runs and none was started for a moment. */
    quiet: async (): Promise<void> => {
      let since = Date.now();
      let count = -1;
      await until('The end of all executions', async () => {
        const all = await executions();
        const idle = all.every(({ status }) => status !== 'RUNNING');
        if (!idle || all.length !== count) since = Date.now();
        count = all.length;
        return Date.now() - since > 3000 ? true : undefined;
      });
    },
    stop: async (executionArn: string): Promise<void> => {
      await states.send(new StopExecutionCommand({ executionArn }));
    },
    /** Names of the states that an execution entered, in order. */
    statesOf: async (executionArn: string): Promise<readonly string[]> => {
      const { events: history = [] } = await states.send(
        new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }),
      );
      return history.flatMap(({ stateEnteredEventDetails: entered }) => entered?.name ?? []);
    },
    /** Changes variables of a function's environment; null takes one away. */
    setVariables: async (
      FunctionName: string,
      change: Readonly<Record<string, string | null>>,
    ): Promise<void> => {
      const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
      const entries = Object.entries({ ...Environment?.Variables, ...change });
      const Variables = Object.fromEntries(
        entries.flatMap(([key, value]) => (value === null ? [] : [[key, value] as const])),
      );
      await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
    },
    /** Puts something on the hub's bus as a re-published CloudTrail event. */
    put: async (detail: object): Promise<void> => {
      await events.send(
        new PutEventsCommand({
          Entries: [
            {
              EventBusName: outputs.BusName,
              Source: SOURCE,
              DetailType: 'AWS API Call via CloudTrail',
              Detail: JSON.stringify(detail),
            },
          ],
        }),
      );
    },
  };
}
