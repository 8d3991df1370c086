import { ListClustersCommand } from '@aws-sdk/client-eks';
import { describe, expect, it } from 'vitest';
import { addAccount } from '../../simulator/load.ts';
import { createSimulation } from '../../simulator/simulation.ts';

const HUB = '999988887777';
const MEMBER = '111122223333';
const NOW = '2026-11-22T12:00:00Z';

const listed = (simulation: ReturnType<typeof createSimulation>, account = HUB, region = 'eu-west-1') =>
  simulation
    .clients({ account: HUB, maxAttempts: 1 })('eks', account === HUB ? null : account, region)
    .send(new ListClustersCommand({}))
    .then(
      () => 'answered',
      (error: Error) => error.name,
    );

describe('an organization that changes', () => {
  it('has an account from when it was added until it is closed', async () => {
    const simulation = createSimulation({ now: NOW, accounts: [{ id: HUB, regions: ['eu-west-1'] }] });
    expect(simulation.world.accounts.has(MEMBER)).toBe(false);
    const account = { id: MEMBER, partition: 'aws', regions: [{ name: 'eu-west-1', clusters: [] }] };
    addAccount(simulation, account);
    const member = simulation.as(MEMBER, `arn:aws:iam::${MEMBER}:role/admin`);
    const ask = () => member('eks', null, 'eu-west-1').send(new ListClustersCommand({}));
    await expect(ask()).resolves.toMatchObject({ clusters: [] });
    simulation.close(MEMBER);
    await expect(ask()).rejects.toThrow('The security token included in the request is invalid.');
  });
});

describe('a rate', () => {
  it('lets a burst through, then as many as the clock allows, for each account and region', async () => {
    const regions = ['eu-west-1', 'us-east-1'];
    const simulation = createSimulation({ now: NOW, accounts: [HUB, MEMBER].map((id) => ({ id, regions })) });
    simulation.faults.on('eks:*', { kind: 'throttled', beyond: { perSecond: 2, burst: 3 } });
    const calls = async (count: number, ...place: [string?, string?]) => {
      const results: string[] = [];
      for (let call = 0; call < count; call++) results.push(await listed(simulation, ...place));
      return results.filter((result) => result === 'answered').length;
    };
    expect(await calls(5)).toBe(3);
    expect([await calls(5, MEMBER), await calls(5, HUB, 'us-east-1')]).toEqual([3, 3]);
    simulation.clock.advance(1);
    expect(await calls(5)).toBe(2);
    simulation.clock.advance(60);
    expect(await calls(5)).toBe(3);
  });
});
