import {
  CreatePodIdentityAssociationCommand,
  DeletePodIdentityAssociationCommand,
  ListPodIdentityAssociationsCommand,
} from '@aws-sdk/client-eks';
import { describe, expect, it } from 'vitest';
import { standingOf } from '../../../shared/changes/repairs/entries.ts';
import type { Message } from '../../../shared/pipeline/message.ts';
import { alice, approving, REGION, repairStage, repairsIn } from '../../support/repair-stage.ts';

type Stage = Awaited<ReturnType<typeof repairStage>>;

const changesIn = (messages: readonly Message[]) =>
  messages.flatMap(({ attributes: { change, rule } }) => (change === undefined ? [] : [`${change} ${rule}`]));

/** A trust policy for somebody else alone. */
const without = (Principal: object): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }],
  });

/** What somebody writes in place of the trust policy that lets shop/cart in. */
const SLIPS: readonly [string, (stage: Stage) => string][] = [
  ['a slash between namespace and name', ({ broken }) => broken],
  ['a wildcard that is taken literally', ({ sound }) => sound.replace('shop:cart', 'shop:*')],
  ['another name', ({ sound }) => sound.replace('shop:cart', 'shop:card')],
  ['a typing mistake in the audience', ({ sound }) => sound.replace('sts.amazonaws.com', 'sts.amazon.com')],
  ['https:// in a key', ({ sound, issuer }) => sound.replace(`"${issuer}:sub`, `"https://${issuer}:sub`)],
  ['the statement deleted', () => without({ AWS: 'arn:aws:iam::111122223333:role/Admin' })],
];

/** Whether the trust policy names shop/cart, by the provider and the audience of STS, in one statement. */
async function letsCartIn({ live, issuer, provider }: Stage): Promise<boolean> {
  const { Statement }: { Statement: readonly unknown[] } = JSON.parse(await live());
  return Statement.map((one) => JSON.stringify(one)).some((text) =>
    [
      `"Federated":"${provider}"`,
      '"sts:AssumeRoleWithWebIdentity"',
      `"${issuer}:sub":`,
      '"system:serviceaccount:shop:cart"',
      `"${issuer}:aud":"sts.amazonaws.com"`,
    ].every((part) => text.includes(part)),
  );
}

describe('in mode auto, a declared binding', () => {
  it.each(SLIPS)(
    'is given back without anybody after %s: event, finding, plan, write, resolved',
    async (_, slip) => {
      const stage = await repairStage(approving({ mode: 'auto' }));
      const { pipeline, simulation } = stage;
      await pipeline.settle();
      const begun = simulation.clock.now().getTime();
      await stage.write(slip(stage));
      expect(await letsCartIn(stage)).toBe(false);
      const messages = await pipeline.settle();
      expect(await letsCartIn(stage)).toBe(true);
      expect(repairsIn(messages).map(({ what }) => what)).toEqual(['verified']);
      expect(changesIn(messages)).toContain('new no-missing-binding');
      expect(changesIn(messages)).toContain('resolved no-missing-binding');
      const [plan, ...others] = await pipeline.repairs.store.plans();
      expect(others).toEqual([]);
      const entries = await pipeline.repairs.store.entries(plan?.plan ?? '');
      expect(entries.map(({ what }) => what)).toEqual([
        'planned',
        'writing',
        'written',
        'confirmed',
        'applied',
        'verified',
      ]);
      expect((simulation.clock.now().getTime() - begun) / 60_000).toBeLessThan(10);
    },
  );

  it('of a role for Pod Identity gets its association back', async () => {
    const stage = await repairStage(approving({ mode: 'auto' }));
    const eks = stage.admin('eks', null, REGION);
    const clusterArn = `arn:aws:eks:${REGION}:111122223333:cluster/prod`;
    await stage.write(
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'pods.eks.amazonaws.com' },
            Action: ['sts:AssumeRole', 'sts:TagSession'],
            Condition: { StringEquals: { 'aws:SourceArn': clusterArn } },
          },
        ],
      }),
    );
    const names = { clusterName: 'prod', namespace: 'shop', serviceAccount: 'cart' };
    const { association } = await eks.send(
      new CreatePodIdentityAssociationCommand({ ...names, roleArn: 'arn:aws:iam::111122223333:role/shop' }),
    );
    await stage.pipeline.settle();
    const associations = async () =>
      (await eks.send(new ListPodIdentityAssociationsCommand({ clusterName: 'prod' }))).associations ?? [];
    expect(await associations()).toHaveLength(1);
    await eks.send(
      new DeletePodIdentityAssociationCommand({
        clusterName: 'prod',
        associationId: association?.associationId,
      }),
    );
    expect(await associations()).toEqual([]);
    const told = repairsIn(await stage.pipeline.settle());
    expect(told.map(({ what }) => what)).toEqual(['verified']);
    expect(await associations()).toMatchObject([{ namespace: 'shop', serviceAccount: 'cart' }]);
  });

  it.each<[string, string]>([
    ['the list of OIDC providers', 'iam:ListOpenIDConnectProviders'],
    ['the audiences of the provider', 'iam:GetOpenIDConnectProvider'],
  ])('is not given back without a person where %s was not read', async (_, read) => {
    const stage = await repairStage(approving({ mode: 'auto' }));
    const { pipeline, simulation, broken } = stage;
    await pipeline.settle();
    simulation.faults.on(read, { kind: 'denied' });
    await stage.write(broken);
    const told = repairsIn(await pipeline.settle());
    expect(await stage.live()).toBe(broken);
    expect(told.map(({ what }) => what)).not.toContain('verified');
    for (const { plan } of await pipeline.repairs.store.plans()) {
      const { origin } = await pipeline.repairs.store.plan(plan);
      expect(origin.auto).toMatchObject({
        eligible: false,
        reasons: expect.arrayContaining([expect.stringContaining(`Not known: ${read}`)]),
      });
      expect(standingOf(await pipeline.repairs.store.entries(plan))).toBe('open');
    }
  });

  it('is not given back where the associations of its cluster were not read: it may be effective', async () => {
    const stage = await repairStage(approving({ mode: 'auto' }));
    const { pipeline, simulation, sound } = stage;
    await pipeline.settle();
    simulation.faults.on('eks:ListPodIdentityAssociations', { kind: 'denied' });
    const other = sound.replace('shop:cart', 'shop:card');
    await stage.write(other);
    expect(repairsIn(await pipeline.settle())).toEqual([]);
    expect(await stage.live()).toBe(other);
  });

  it('waits for a person where the role is open to a service beside it, and is given back with what that brings', async () => {
    const stage = await repairStage(approving({ mode: 'auto' }));
    await stage.pipeline.settle();
    await stage.write(without({ Service: 'ec2.amazonaws.com' }));
    const [asked] = repairsIn(await stage.pipeline.settle());
    expect(asked).toMatchObject({ what: 'approval-requested' });
    const { plan } = await stage.pipeline.repairs.store.plan(asked!.plan);
    expect(plan.approval).toEqual([expect.stringContaining('It brings findings')]);
    expect(plan.notes.join(' ')).toMatch(/Expect no-mixed-trust/);
    await stage.pipeline.repairs.decide(asked!.plan, 'approved', alice);
    expect(repairsIn(await stage.pipeline.settle()).map(({ what }) => what)).toEqual(['verified']);
    expect(await letsCartIn(stage)).toBe(true);
  });

  it('that names the cluster by its name waits for a person', async () => {
    const config = approving({ mode: 'auto' });
    const bindings = (config.bindings ?? []).map((one) => ({ ...one, cluster: 'prod' }));
    const stage = await repairStage({ ...config, bindings });
    await stage.pipeline.settle();
    await stage.write(stage.broken);
    const told = repairsIn(await stage.pipeline.settle());
    expect(told.map(({ what }) => what)).toEqual(['approval-requested']);
    expect(await stage.live()).toBe(stage.broken);
  });
});
