import { CreatePodIdentityAssociationCommand, TagResourceCommand } from '@aws-sdk/client-eks';
import {
  CreateRoleCommand,
  DeleteOpenIDConnectProviderCommand,
  DeleteRoleCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Transition, transitionSchema } from '../../../shared/findings/transition.ts';
import type { Message } from '../../../shared/pipeline/message.ts';
import { createPipeline, type Pipeline } from '../../../simulator/pipeline/pipeline.ts';
import type { CloudTrailRecord } from '../../../simulator/records/record.ts';
import { toEventBridge } from '../../../simulator/records/record.ts';
import type { Simulation, SimulationOptions } from '../../../simulator/simulation.ts';
import { ACCOUNT, organizationWithCluster } from '../../support/simulated-cluster.ts';

const RoleName = 'payments-api';
const MEMBER = '444455556666';
const CLUSTER_ARN = `arn:aws:eks:eu-west-1:${ACCOUNT}:cluster/shop`;

let simulation: Simulation;
let pipeline: Pipeline;
let records: CloudTrailRecord[];
let sound: string;
let open: string;

async function setUp(options: Partial<SimulationOptions> = {}): Promise<{ provider: string }> {
  const stage = await organizationWithCluster(options);
  simulation = stage.simulation;
  const statement = {
    Effect: 'Allow',
    Principal: { Federated: stage.provider },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      StringEquals: {
        [`${stage.issuer}:sub`]: 'system:serviceaccount:payments:api',
        [`${stage.issuer}:aud`]: 'sts.amazonaws.com',
      },
    },
  };
  const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
  sound = policy(statement);
  open = policy(statement, { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' });
  await iam().send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: sound }));
  simulation.clock.advance(300);
  records = [];
  simulation.onRecord((record) => records.push(record));
  pipeline = createPipeline(simulation);
  return stage;
}

const iam = (account = ACCOUNT) =>
  simulation.as(account, `arn:aws:iam::${account}:role/admin`, { session: 'alice@example.com' })(
    'iam',
    null,
    null,
  );

const trust = (PolicyDocument: string) =>
  iam().send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));

/** What is told of a batch of events, but for what podtrust can never see in a simulation. */
async function settle(): Promise<Transition[]> {
  return told(await pipeline.settle());
}

const ALWAYS = new Set(['use-control-plane-logs', 'use-kubernetes-access', 'use-management-trail']);

function told(messages: readonly Message[]): Transition[] {
  return messages.map(({ json }) => transitionOf(json)).filter(({ finding }) => !ALWAYS.has(finding.rule));
}

/** The message without the words for people. */
function transitionOf(json: string): Transition {
  const { text: _text, ...transition } = JSON.parse(json);
  return transitionSchema.parse(transition);
}

const rules = (transitions: readonly Transition[]) => transitions.map(({ finding }) => finding.rule);

beforeEach(async () => {
  await setUp();
});
afterEach(() => pipeline.close());

describe('one change', () => {
  it('that opens a role gives one notice', async () => {
    await trust(open);
    expect(rules(await settle())).toEqual(['no-public-trust']);
    expect(pipeline.executions.map(({ ended }) => ended.status)).toEqual(['succeeded']);
  });

  it('delivered three times, once alone and once out of order, is judged and told once', async () => {
    await trust(open);
    const first = await settle();
    for (const record of [...records].reverse()) pipeline.putEvent(toEventBridge(record));
    for (const record of records) pipeline.putEvent(toEventBridge(record));
    expect([first.length, (await settle()).length]).toEqual([1, 0]);
    expect(pipeline.executions).toHaveLength(1);
  });

  it('that IAM shows only after half a minute is judged by what it shows then', async () => {
    pipeline.close();
    await setUp({ delaySeconds: 30 });
    await trust(open);
    expect(rules(await settle())).toEqual(['no-public-trust']);
  });

  it('that was undone before anybody looked is not told: the live state decides', async () => {
    await trust(open);
    await trust(sound);
    simulation.clock.advance(120);
    expect(await settle()).toEqual([]);
    expect(pipeline.executions).toHaveLength(1);
  });

  it('to a role that is gone by now is not told, and is no failure', async () => {
    await trust(open);
    await iam().send(new DeleteRoleCommand({ RoleName }));
    simulation.clock.advance(120);
    expect(await settle()).toEqual([]);
    expect(pipeline.executions.map(({ ended }) => ended.status)).toEqual(['succeeded']);
  });

  it('that IAM refused starts nothing', async () => {
    await expect(trust('{"Version":"2012-10-17"}')).rejects.toThrow();
    expect(records.map(({ errorCode }) => errorCode)).toEqual(['MalformedPolicyDocumentException']);
    expect(await settle()).toEqual([]);
    expect(pipeline.executions).toEqual([]);
  });
});

describe('a burst', () => {
  it('of changes to one role is one evaluation', async () => {
    for (let n = 0; n < 20; n += 1) await trust(n % 2 === 0 ? sound : open);
    expect(rules(await settle())).toEqual(['no-public-trust']);
    expect(pipeline.executions).toHaveLength(1);
  });

  it('with something unreadable in it loses nothing else', async () => {
    pipeline.putMessage('{"detail":');
    await trust(open);
    expect(rules(await settle())).toEqual(['no-public-trust']);
    expect(pipeline.deadLetters).toEqual(['{"detail":']);
    expect(pipeline.metrics.get('EventsUnreadable')).toBe(5);
  });
});

describe('an account that cannot be read', () => {
  it.each<[string, string[], string]>([
    ['its roles are denied', ['iam:GetAccountAuthorizationDetails', 'iam:ListRoles', 'iam:GetRole'], 'iam:'],
    ['everything of IAM is denied', ['iam:*'], 'iam:'],
    ['nothing at all is answered', ['*'], 'RefusedCredentialsError'],
  ])(
    'is told as not judged when %s, once, and as gone when it can be read again',
    async (_name, actions, why) => {
      await trust(open);
      for (const action of actions) simulation.faults.on(action, { kind: 'denied' });
      const [transition, ...more] = await settle();
      expect(more).toEqual([]);
      expect(transition).toMatchObject({
        change: 'new',
        finding: { rule: 'no-unjudged-change', kind: 'blind', account: ACCOUNT },
        causes: [{ actor: { session: 'alice@example.com' } }],
      });
      expect(transition?.finding.detail).toContain(why);
      simulation.faults.clear();
      await trust(sound);
      for (const action of actions) simulation.faults.on(action, { kind: 'denied' });
      expect(await settle()).toEqual([]);
      simulation.faults.clear();
      await trust(open);
      const after = await settle();
      expect(after.map(({ change, finding }) => [change, finding.rule]).sort()).toEqual([
        ['new', 'no-public-trust'],
        ['resolved', 'no-unjudged-change'],
      ]);
      expect(pipeline.executions.map(({ ended }) => ended.status)).toEqual(Array(3).fill('succeeded'));
    },
  );

  it('resolves nothing that was found before', async () => {
    await trust(open);
    expect(rules(await settle())).toEqual(['no-public-trust']);
    await trust(sound);
    simulation.faults.on('iam:*', { kind: 'denied' });
    expect(rules(await settle())).toEqual(['no-unjudged-change']);
  });
});

it('a change in a member account is read through that account', async () => {
  pipeline.close();
  await setUp({
    accounts: [
      { id: ACCOUNT, regions: ['eu-west-1'] },
      { id: MEMBER, regions: ['eu-west-1'] },
    ],
  });
  const everyone =
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}}';
  await iam(MEMBER).send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: everyone }));
  await iam(MEMBER).send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: everyone }));
  const transitions = await settle();
  expect(transitions.map(({ finding }) => finding.account)).toEqual([MEMBER]);
  expect(rules(transitions)).toEqual(['no-public-trust']);
});

describe('a change beside the role', () => {
  const eks = () => simulation.as(ACCOUNT, `arn:aws:iam::${ACCOUNT}:role/admin`)('eks', null, 'eu-west-1');

  it.each([0, 20])(
    'a deleted provider is told once, when IAM shows it after %i seconds',
    async (delaySeconds) => {
      pipeline.close();
      const { provider } = await setUp({ delaySeconds });
      await iam().send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: provider }));
      const transitions = await settle();
      expect(rules(transitions)).toEqual(['use-iam-oidc-provider']);
      expect(transitions[0]?.causes[0]?.eventName).toBe('DeleteOpenIDConnectProvider');
    },
  );

  it('a new association with its new role judges cluster and role, and tells each finding once', async () => {
    const pods = (...Action: string[]) =>
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: 'pods.eks.amazonaws.com' }, Action }],
      });
    await iam().send(
      new CreateRoleCommand({
        RoleName: 'reports',
        AssumeRolePolicyDocument: pods('sts:AssumeRole', 'sts:TagSession'),
      }),
    );
    await eks().send(
      new CreatePodIdentityAssociationCommand({
        clusterName: 'shop',
        namespace: 'reports',
        serviceAccount: 'api',
        roleArn: `arn:aws:iam::${ACCOUNT}:role/reports`,
      }),
    );
    const transitions = await settle();
    expect(rules(transitions)).toEqual(['use-scoped-pod-identity-trust']);
    expect(transitions[0]?.causes.map(({ eventName }) => eventName)).toEqual(
      expect.arrayContaining(['CreateRole']),
    );
    expect(pipeline.executions.map(({ turn }) => turn.lane.kind).sort()).toEqual(['account', 'cluster']);
  });

  it('a cluster that cannot be listed is told as not judged', async () => {
    await eks().send(new TagResourceCommand({ resourceArn: CLUSTER_ARN, tags: { stage: 'production' } }));
    simulation.faults.on('eks:ListClusters', { kind: 'denied' });
    expect(await settle()).toMatchObject([
      {
        finding: {
          rule: 'no-unjudged-change',
          region: 'eu-west-1',
          cluster: 'shop',
          detail: expect.stringContaining('cluster shop in eu-west-1'),
        },
      },
    ]);
  });
});
