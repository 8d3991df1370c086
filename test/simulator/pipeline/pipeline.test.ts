import { CreatePodIdentityAssociationCommand, TagResourceCommand } from '@aws-sdk/client-eks';
import {
  CreateRoleCommand,
  DeleteOpenIDConnectProviderCommand,
  DeleteRoleCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Notice, noticeSchema } from '../../../shared/pipeline/notice.ts';
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

async function settle(): Promise<Notice[]> {
  return (await pipeline.settle()).map(({ json }) => noticeSchema.parse(JSON.parse(json)));
}

const rules = (notices: readonly Notice[]) =>
  notices.map((notice) => (notice.type === 'finding' ? notice.finding.rule : notice.type));

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
    expect(pipeline.metrics.get('EvaluationsRepeated')).toBe(1);
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
    expect(pipeline.executions.map(({ evaluation }) => evaluation.events)).toEqual([20]);
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
  it.each<[string, string[]]>([
    ['its roles are denied', ['iam:GetAccountAuthorizationDetails', 'iam:ListRoles', 'iam:GetRole']],
    ['everything of IAM is denied', ['iam:*']],
  ])('is told as not judged when %s, never passed over', async (_name, actions) => {
    await trust(open);
    for (const action of actions) simulation.faults.on(action, { kind: 'denied' });
    const [notice, ...more] = await settle();
    expect(more).toEqual([]);
    expect(notice).toMatchObject({
      type: 'blind',
      account: ACCOUNT,
      cause: { actor: { session: 'alice@example.com' } },
    });
  });

  it('is told as not judged when nothing at all is answered, and the execution fails', async () => {
    await trust(open);
    simulation.faults.on('*', { kind: 'denied' });
    expect(rules(await settle())).toEqual(['blind']);
    expect(pipeline.executions.map(({ ended }) => ended.status)).toEqual(['failed']);
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
  const notices = await settle();
  expect(notices.map(({ account }) => account)).toEqual([MEMBER]);
  expect(rules(notices)).toEqual(['no-public-trust']);
});

describe('a change beside the role', () => {
  const eks = () => simulation.as(ACCOUNT, `arn:aws:iam::${ACCOUNT}:role/admin`)('eks', null, 'eu-west-1');
  const told = async () => (await settle()).filter((notice) => notice.type === 'finding');

  it.each([0, 20])(
    'a deleted provider is told once, when IAM shows it after %i seconds',
    async (delaySeconds) => {
      pipeline.close();
      const { provider } = await setUp({ delaySeconds });
      await iam().send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: provider }));
      const notices = await told();
      expect(rules(notices).filter((rule) => rule === 'use-iam-oidc-provider')).toHaveLength(1);
      expect(notices[0]?.cause.eventName).toBe('DeleteOpenIDConnectProvider');
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
    const notices = await told();
    expect(rules(notices)).toEqual(
      expect.arrayContaining(['use-scoped-pod-identity-trust', 'use-control-plane-logs']),
    );
    const fingerprints = notices.map(({ finding }) => finding.fingerprint);
    expect(new Set(fingerprints).size).toBe(fingerprints.length);
    expect(pipeline.executions.map(({ evaluation }) => evaluation.scope.kind).sort()).toEqual([
      'cluster',
      'role',
    ]);
  });

  it('a cluster that cannot be listed is told as not judged', async () => {
    await eks().send(new TagResourceCommand({ resourceArn: CLUSTER_ARN, tags: { stage: 'production' } }));
    simulation.faults.on('eks:ListClusters', { kind: 'denied' });
    expect(await settle()).toMatchObject([
      { type: 'blind', subject: `cluster shop in eu-west-1, account ${ACCOUNT}` },
    ]);
  });
});
