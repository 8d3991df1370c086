import {
  CreateAddonCommand,
  DescribeAccessEntryCommand,
  ListAccessEntriesCommand,
  ListAssociatedAccessPoliciesCommand,
  ListPodIdentityAssociationsCommand,
} from '@aws-sdk/client-eks';
import { CreateRoleCommand, GetRoleCommand } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { keepPlan, snapshotClaim } from '../../../cli/repair/plan-argument.ts';
import { runRepair } from '../../../cli/repair/run-repair.ts';
import { inverse } from '../../../shared/changes/change.ts';
import type { Plan } from '../../../shared/changes/plan.ts';
import { buildEstate } from '../../../shared/estate/build-estate.ts';
import { sha256 } from '../../../shared/lambda/hash.ts';
import type { Asked } from '../../../shared/plans/migrations/asked.ts';
import { planAssociation } from '../../../shared/plans/migrations/associate.ts';
import { planAccess } from '../../../shared/plans/migrations/grant-access.ts';
import { ACCOUNT, alice, approving, repairStage } from '../../support/repair-stage.ts';

const EC2_TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Sid: 'Own', Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
  ],
});

/** A simulated account with a cluster, its agent and a role of a team, and what it takes to carry a plan out. */
async function stage() {
  const config = approving();
  const { simulation, pipeline, iam, admin } = await repairStage(config);
  const eks = admin('eks', null, 'eu-west-1');
  await iam.send(new CreateRoleCommand({ RoleName: 'team', AssumeRolePolicyDocument: EC2_TRUST }));
  await eks.send(new CreateAddonCommand({ clusterName: 'prod', addonName: 'eks-pod-identity-agent' }));
  simulation.clock.advance(300);
  const { ports, store } = pipeline.repairs;
  const context = async () => {
    const snapshot = await ports.collector.read(ACCOUNT);
    return { estate: buildEstate(snapshot), config, hash: sha256, now: snapshot.takenAt };
  };
  const carryOut = async (plan: Plan) => {
    const digest = await keepPlan(plan, store);
    // As podtrust apply does: what the plan is compared with afterwards.
    await ports.claims.put(snapshotClaim(digest), JSON.stringify(await ports.collector.read(ACCOUNT)));
    const at = simulation.clock.now().toISOString();
    await store.decide({ plan: digest, verdict: 'approved', by: alice, at });
    return runRepair(digest, ports);
  };
  const trustOf = async (RoleName: string) => {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
    return decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '');
  };
  return { eks, context, carryOut, store, ports, trustOf };
}

function planOf(asked: Asked): Plan {
  if (asked.kind !== 'plan') throw new Error(JSON.stringify(asked));
  return asked.plan;
}

/** The plan that takes another one back. */
const backOf = (plan: Plan): Plan => ({
  ...plan,
  title: `Take back: ${plan.title}`,
  changes: plan.changes.toReversed().map((change) => inverse(change)!),
});

describe('a plan that somebody asked for, at the simulated AWS', () => {
  it('lets a role into a cluster, a second time does nothing, and is taken back', async () => {
    const { eks, context, carryOut } = await stage();
    const asked = async () => {
      const now = await context();
      const [cluster] = now.estate.clusters;
      const principal = `arn:aws:iam::${ACCOUNT}:role/team`;
      return planAccess(
        { cluster: cluster!, principal, policy: 'AmazonEKSViewPolicy', namespaces: ['shop'] },
        now,
      );
    };
    const plan = planOf(await asked());
    expect(await carryOut(plan)).toMatchObject({ outcome: 'verified' });
    const where = { clusterName: 'prod', principalArn: `arn:aws:iam::${ACCOUNT}:role/team` };
    expect((await eks.send(new DescribeAccessEntryCommand(where))).accessEntry?.type).toBe('STANDARD');
    const { associatedAccessPolicies } = await eks.send(new ListAssociatedAccessPoliciesCommand(where));
    expect(associatedAccessPolicies).toMatchObject([
      { policyArn: expect.stringMatching(/AmazonEKSViewPolicy$/), accessScope: { namespaces: ['shop'] } },
    ]);
    expect((await asked()).kind).toBe('done');
    expect(await carryOut(backOf(plan))).toMatchObject({ outcome: 'verified' });
    const { accessEntries } = await eks.send(new ListAccessEntriesCommand({ clusterName: 'prod' }));
    expect(accessEntries).not.toContain(where.principalArn);
  });

  it('gives a ServiceAccount a role, keeps the other statements byte for byte, and is taken back', async () => {
    const { eks, context, carryOut, trustOf } = await stage();
    const asked = async () => {
      const now = await context();
      const [cluster] = now.estate.clusters;
      const role = now.estate.roles.find(({ name }) => name === 'team');
      return planAssociation(
        { cluster: cluster!, namespace: 'shop', serviceAccount: 'cart', role: role! },
        now,
      );
    };
    const plan = planOf(await asked());
    expect(plan.notes.join()).toContain('Expect no-mixed-trust (');
    const list = async () =>
      (await eks.send(new ListPodIdentityAssociationsCommand({ clusterName: 'prod' }))).associations ?? [];
    expect(await carryOut(plan)).toMatchObject({ outcome: 'verified' });
    expect(await list()).toMatchObject([{ namespace: 'shop', serviceAccount: 'cart' }]);
    const [, own = ''] = /\[(\{.*?\})\]/.exec(EC2_TRUST) ?? [];
    expect(await trustOf('team')).toContain(own);
    expect(await trustOf('team')).toContain('pods.eks.amazonaws.com');
    expect((await asked()).kind).toBe('done');
    expect(await carryOut(backOf(plan))).toMatchObject({ outcome: 'verified' });
    expect(await list()).toEqual([]);
    expect(await trustOf('team')).toBe(EC2_TRUST);
  });

  it('is not carried out before somebody approved it', async () => {
    const { context, store, ports } = await stage();
    const now = await context();
    const [cluster] = now.estate.clusters;
    const principal = `arn:aws:iam::${ACCOUNT}:role/team`;
    const plan = planOf(
      planAccess({ cluster: cluster!, principal, policy: 'AmazonEKSViewPolicy', namespaces: [] }, now),
    );
    const digest = await keepPlan(plan, store);
    expect(await runRepair(digest, ports)).toMatchObject({ outcome: 'refused' });
  });
});
