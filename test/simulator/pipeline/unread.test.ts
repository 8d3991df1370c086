import { TagResourceCommand } from '@aws-sdk/client-eks';
import { CreateOpenIDConnectProviderCommand, CreateRoleCommand, TagRoleCommand } from '@aws-sdk/client-iam';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { messageSchema } from '../../../shared/pipeline/message.ts';
import { createPipeline, type Pipeline } from '../../../simulator/pipeline/pipeline.ts';
import type { Simulation } from '../../../simulator/simulation.ts';
import { ACCOUNT, organizationWithCluster } from '../../support/simulated-cluster.ts';

const MEMBER = '444455556666';

let simulation: Simulation;
let pipeline: Pipeline;

/** A role of another account, for the pods of the cluster, whose subject no ServiceAccount can have; and one beside it. */
beforeEach(async () => {
  const stage = await organizationWithCluster({
    accounts: [
      { id: ACCOUNT, name: 'shop', regions: ['eu-west-1'] },
      { id: MEMBER, name: 'data', regions: ['eu-west-1'] },
    ],
  });
  simulation = stage.simulation;
  pipeline = createPipeline(simulation);
  const eks = simulation.as(ACCOUNT, `arn:aws:iam::${ACCOUNT}:role/admin`)('eks', null, 'eu-west-1');
  const resourceArn = `arn:aws:eks:eu-west-1:${ACCOUNT}:cluster/shop`;
  await eks.send(new TagResourceCommand({ resourceArn, tags: { stage: 'production' } }));
  await told();
  const { OpenIDConnectProviderArn } = await iam().send(
    new CreateOpenIDConnectProviderCommand({
      Url: `https://${stage.issuer}`,
      ClientIDList: ['sts.amazonaws.com'],
    }),
  );
  const own = {
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${MEMBER}:root` },
    Action: 'sts:AssumeRole',
  };
  await create('beside', own);
  await create('reports', {
    Effect: 'Allow',
    Principal: { Federated: OpenIDConnectProviderArn },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      StringEquals: {
        [`${stage.issuer}:sub`]: 'system:serviceaccount:Shop:reports',
        [`${stage.issuer}:aud`]: 'sts.amazonaws.com',
      },
    },
  });
});

afterEach(() => pipeline.close());

const iam = () => simulation.as(MEMBER, `arn:aws:iam::${MEMBER}:role/admin`)('iam', null, null);

const create = (RoleName: string, ...Statement: object[]) =>
  iam().send(
    new CreateRoleCommand({
      RoleName,
      AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
    }),
  );

/** What is told of everything that happened so far. */
async function told(): Promise<string[]> {
  simulation.clock.advance(30);
  const messages = await pipeline.settle();
  return messages.map(({ json }) => {
    const { change, finding } = messageSchema.parse(JSON.parse(json));
    return `${change} ${finding.rule} ${finding.cluster} of ${finding.clusterAccount}`;
  });
}

async function toldAfterTagging(RoleName: string): Promise<string[]> {
  await iam().send(new TagRoleCommand({ RoleName, Tags: [{ Key: 'team', Value: 'data' }] }));
  return told();
}

const FOUND = `no-malformed-subject shop of ${ACCOUNT}`;

it('a role for the pods of another account is judged with that account, which the finding names', async () => {
  expect(await told()).toContain(`new ${FOUND}`);
});

it('a turn that does not read the account of the cluster says nothing of the finding', async () => {
  await told();
  expect(await toldAfterTagging('beside')).toEqual([]);
});

it('clusters that cannot be listed for a while change nothing of the finding', async () => {
  await told();
  const over = simulation.faults.on('eks:ListClusters', { kind: 'throttled' });
  expect(await toldAfterTagging('reports')).toEqual([]);
  over();
  expect(await toldAfterTagging('reports')).toEqual([]);
});
