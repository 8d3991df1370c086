import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { afterEach, expect, it } from 'vitest';
import { createPipeline, type Pipeline } from '../../../simulator/pipeline/pipeline.ts';
import type { Simulation } from '../../../simulator/simulation.ts';
import { refusedCallEvent } from '../../support/refused-call-event.ts';
import { ACCOUNT, organizationWithCluster } from '../../support/simulated-cluster.ts';

const RoleName = 'payments-api';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/${RoleName}`;

let pipeline: Pipeline;
afterEach(() => pipeline.close());

/** A pod's role that may do nothing, and a pipeline that follows refused calls or not. */
async function stage(accessDenied: boolean) {
  const { simulation, provider, issuer } = await organizationWithCluster();
  const statement = {
    Effect: 'Allow',
    Principal: { Federated: provider },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      StringEquals: {
        [`${issuer}:sub`]: 'system:serviceaccount:payments:api',
        [`${issuer}:aud`]: 'sts.amazonaws.com',
      },
    },
  };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  await iam(simulation).send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  simulation.clock.advance(300);
  pipeline = createPipeline(simulation, { accessDenied });
  const refuse = (id: string) =>
    pipeline.putEvent(
      refusedCallEvent({
        role: ROLE,
        provider,
        detail: { eventTime: simulation.clock.now().toISOString(), eventID: id, recipientAccountId: ACCOUNT },
      }),
    );
  const told = async () =>
    (await pipeline.settle())
      .map(({ json }) => JSON.parse(json))
      .filter(({ finding }) => finding.rule === 'no-missing-permission');
  return { simulation, refuse, told };
}

const iam = (simulation: Simulation) =>
  simulation.as(ACCOUNT, `arn:aws:iam::${ACCOUNT}:role/admin`, { session: 'alice@example.com' })(
    'iam',
    null,
    null,
  );

it('a call that a pod was refused is told with the call as its cause, and ends when a policy allows it', async () => {
  const { simulation, refuse, told } = await stage(true);
  for (const n of [1, 2, 3]) refuse(`refused-${n}`);
  expect(await told()).toMatchObject([
    {
      change: 'new',
      finding: {
        rule: 'no-missing-permission',
        severity: 'low',
        role: ROLE,
        evidence: { action: 'ec2:DescribeInstances', count: 3, source: 'pipeline', complete: true },
      },
      causes: [{ eventName: 'DescribeInstances', service: 'ec2.amazonaws.com' }],
    },
  ]);
  simulation.clock.advance(600);
  const Statement = [{ Effect: 'Allow', Action: 'ec2:Describe*', Resource: '*' }];
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  await iam(simulation).send(new PutRolePolicyCommand({ RoleName, PolicyName: 'read', PolicyDocument }));
  expect(await told()).toMatchObject([{ change: 'resolved', causes: [{ eventName: 'PutRolePolicy' }] }]);
});

it('nothing is followed where nobody asked for it', async () => {
  const { refuse, told } = await stage(false);
  refuse('refused-1');
  expect(await told()).toEqual([]);
  expect(pipeline.executions).toEqual([]);
});
