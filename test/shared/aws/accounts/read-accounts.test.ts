import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import type { AccountReading, KeptReadings } from '../../../../shared/aws/accounts/kept-readings.ts';
import type { Clients } from '../../../../shared/aws/clients.ts';
import { collect } from '../../../../shared/aws/collect.ts';
import type { Progress } from '../../../../shared/aws/progress.ts';
import { createSimulation } from '../../../../simulator/simulation.ts';

const NOW = '2026-11-22T12:00:00Z';
const HUB = '999988887777';
const MEMBERS = Array.from({ length: 12 }, (_, index) => String(111_111_111_111 + index));
const now = () => new Date(NOW);

const organization = () =>
  createSimulation({ now: NOW, accounts: [HUB, ...MEMBERS].map((id) => ({ id, regions: ['eu-west-1'] })) });

const readable = (simulation: ReturnType<typeof organization>, id: string) =>
  simulation
    .as(id, `arn:aws:iam::${id}:role/admin`)('iam', null, null)
    .send(
      new CreateRoleCommand({
        RoleName: 'podtrust-read',
        AssumeRolePolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${HUB}:root` }, Action: 'sts:AssumeRole' },
          ],
        }),
      }),
    );

const THROTTLED = { kind: 'throttled' } as const;

/** A collection of the members, with what it told. */
async function collected(
  simulation: ReturnType<typeof organization>,
  {
    clients = simulation.clients({ account: HUB, maxAttempts: 2 }),
    ...options
  }: Partial<Parameters<typeof collect>[0]> = {},
) {
  const told: Progress[] = [];
  const snapshot = await collect(
    { clients, accounts: MEMBERS, ownAccount: false, now, ...options },
    (progress) => told.push(progress),
  );
  return { snapshot, told };
}

describe('many accounts', () => {
  it('are told of as they end, and are not all at work at once', async () => {
    const { told } = await collected(organization(), { accountsAtOnce: { start: 2, least: 1, most: 3 } });
    const accounts = told.flatMap((progress) => progress.accounts ?? []);
    expect(Math.max(...accounts.map(({ atWork }) => atWork))).toBe(3);
    expect(accounts.every(({ total }) => total === MEMBERS.length)).toBe(true);
    expect(accounts.map(({ done }) => done)).toEqual(
      accounts.map(({ done }) => done).toSorted((a, b) => a - b),
    );
    expect(told.at(-1)?.calls).toBe(told.length);
  });

  it('do not wait for one that is throttled: it alone has gaps, after its own retries', async () => {
    const simulation = organization();
    const [slow = ''] = MEMBERS;
    simulation.faults.on('*', { ...THROTTLED, account: slow });
    const ended: string[] = [];
    const { snapshot, told } = await collected(simulation, {
      kept: async () => ({
        find: async () => null,
        keep: async ({ account }) => void ended.push(account.id),
      }),
    });
    expect(ended).toEqual(MEMBERS.slice(1));
    expect([...new Set(snapshot.coverage.map(({ account }) => account))]).toEqual([slow]);
    expect(snapshot.coverage[0]?.reason).toContain('tried 2 times');
    // Nobody else was slowed down for it.
    expect(Math.max(...told.map(({ accounts }) => accounts?.atWork ?? 0))).toBeGreaterThan(4);
  });

  it('are read by fewer at once when entering them is throttled, and by more again after', async () => {
    const members = Array.from({ length: 36 }, (_, index) => String(222_222_222_200 + index));
    const accounts = [HUB, ...members].map((id) => ({ id, regions: ['eu-west-1'] }));
    const simulation = createSimulation({ now: NOW, accounts });
    for (const id of members) await readable(simulation, id);
    simulation.faults.on('sts:AssumeRole', { ...THROTTLED, times: 1 });
    const { told, snapshot } = await collected(simulation, {
      clients: simulation.clients({ account: HUB, readRole: 'podtrust-read' }),
      accounts: members,
      accountsAtOnce: { start: 8, least: 2, most: 8 },
    });
    expect(snapshot.coverage).toEqual([]);
    const atWork = (from: number, to: number): number =>
      Math.max(
        ...told.flatMap(({ accounts: at }) => (at && at.done >= from && at.done <= to ? [at.atWork] : [])),
      );
    // From eight to four, and one more after each round of as many: five, six, seven, eight.
    expect(atWork(0, 1)).toBe(8);
    expect(atWork(5, 8)).toBeLessThanOrEqual(5);
    expect(atWork(20, 35)).toBeGreaterThanOrEqual(7);
  });

  it('are let go of once they were read, unless something is looked up in them later', async () => {
    const simulation = organization();
    const forgotten: string[] = [];
    const plain = simulation.clients({ account: HUB });
    const clients: Clients = Object.assign(((...wanted) => plain(...wanted)) satisfies Clients, {
      forget: (account: string) => void forgotten.push(account),
    });
    await collected(simulation, { clients });
    expect(forgotten.toSorted()).toEqual(MEMBERS);
    await collected(simulation, { clients, creators: { seconds: 1, sleep: async () => undefined } });
    expect(forgotten).toHaveLength(MEMBERS.length);
  });

  it('are kept when they were read, also with denials, but not when a failure may pass or nothing was read', async () => {
    const simulation = organization();
    const [denied = '', throttled = '', closed = ''] = MEMBERS;
    simulation.faults.on('eks:ListClusters', { kind: 'denied', account: denied });
    simulation.faults.on('eks:ListClusters', { ...THROTTLED, account: throttled });
    simulation.faults.on('*', { kind: 'denied', account: closed });
    const kept: AccountReading[] = [];
    const keeping: KeptReadings = {
      find: async () => null,
      keep: async (reading) => void kept.push(reading),
    };
    await collected(simulation, { kept: async () => keeping });
    expect(kept.map(({ account }) => account.id).toSorted()).toEqual([denied, ...MEMBERS.slice(3)]);
    expect(kept.find(({ account }) => account.id === denied)?.coverage).toHaveLength(2);
  });
});
