import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../shared/lambda/hash.ts';
import { begin } from '../../../shared/pipeline/begin.ts';
import type { Lane, Turn } from '../../../shared/pipeline/lane.ts';
import { laneRegister } from '../../../shared/pipeline/lane-register.ts';
import { memoryLanes } from '../../../shared/pipeline/memory-lanes.ts';
import { readRequests } from '../../../shared/pipeline/read-claims.ts';
import { memoryClaims, requestOf, silent } from '../../support/pipeline.ts';

const START = Date.parse('2026-11-20T09:00:00Z');
const CLUSTER: Lane = { kind: 'cluster', account: '111122223333', region: 'eu-west-1', cluster: 'shop' };
const ACCOUNT: Lane = { kind: 'account', account: '111122223333' };
const shop = requestOf({ scope: { ...CLUSTER, kind: 'cluster' } });

async function setUp(lane: Lane, status: string | null) {
  const clock = { now: START };
  const now = () => new Date(clock.now);
  const register = laneRegister(memoryLanes(), sha256, now);
  const claims = memoryClaims();
  const cluster = { status, asked: 0 };
  const run = begin({
    register,
    claims,
    telemetry: silent,
    now,
    clusterStatus: async () => {
      cluster.asked += 1;
      return cluster.status;
    },
  });
  const turn = await register.request(lane, [lane === CLUSTER ? shop : requestOf()], ['e1']);
  return { run, register, claims, clock, cluster, turn: turn as Turn };
}

describe('a turn of a cluster', () => {
  it.each(['CREATING', 'PENDING', 'DELETING'])(
    'waits while it is %s, half an hour at most',
    async (status) => {
      const { run, turn, clock } = await setUp(CLUSTER, status);
      for (clock.now = START; clock.now < START + 30 * 60_000; clock.now += 30_000)
        expect(await run(turn)).toEqual({ next: 'wait', seconds: 30 });
      expect(await run(turn)).toMatchObject({ next: 'judge' });
    },
  );

  it.each(['ACTIVE', 'UPDATING', 'FAILED', null])('goes on at once when it is %s', async (status) => {
    const { run, turn } = await setUp(CLUSTER, status);
    expect(await run(turn)).toMatchObject({ next: 'judge' });
  });

  it('goes on as soon as the cluster is there, with what came while it waited', async () => {
    const { run, turn, cluster, register, claims, clock } = await setUp(CLUSTER, 'CREATING');
    expect(await run(turn)).toMatchObject({ next: 'wait' });
    await register.request(CLUSTER, [{ ...shop, causes: [{ ...shop.causes[0]!, eventId: 'e2' }] }], ['e2']);
    cluster.status = 'ACTIVE';
    clock.now += 30_000;
    const output = await run(turn);
    const [request] = output.next === 'judge' ? await readRequests(claims, output.requests) : [];
    expect(request).toMatchObject({ events: 2, scope: { cluster: 'shop' } });
  });
});

describe('a turn of an account', () => {
  it('asks for the state of no cluster', async () => {
    const { run, turn, cluster } = await setUp(ACCOUNT, 'CREATING');
    expect(await run(turn)).toMatchObject({ next: 'judge' });
    expect(cluster.asked).toBe(0);
  });

  it('keeps what it is asked for where the next steps find it, the same when it runs twice', async () => {
    const { run, turn, claims } = await setUp(ACCOUNT, null);
    const output = await run(turn);
    expect(await run(turn)).toEqual(output);
    const requests = output.next === 'judge' ? await readRequests(claims, output.requests) : [];
    expect(requests).toEqual([requestOf()]);
  });

  it('that begins again with more does not change what its first beginning kept', async () => {
    const { run, turn, claims, register } = await setUp(ACCOUNT, null);
    const first = await run(turn);
    const more = requestOf({ scope: { kind: 'account', account: '111122223333' } });
    await register.request(ACCOUNT, [more], ['e2']);
    const second = await run(turn);
    if (first.next !== 'judge' || second.next !== 'judge') throw new Error('it does not judge');
    expect(await readRequests(claims, first.requests)).toHaveLength(1);
    expect(await readRequests(claims, second.requests)).toHaveLength(2);
  });

  it.each(['replaced', 'settled'] as const)('that was %s has nothing to do', async (how) => {
    const { run, turn, register } = await setUp(ACCOUNT, null);
    const output = await run(turn);
    if (output.next !== 'judge') throw new Error('it does not judge');
    await (how === 'replaced' ? register.replace(turn) : register.settle(turn, output.covering));
    expect(await run(turn)).toEqual({ next: 'nothing' });
  });

  it('whose requests cannot be kept fails, and is as before', async () => {
    const { turn, register } = await setUp(ACCOUNT, null);
    const ports = {
      register,
      telemetry: silent,
      now: () => new Date(START),
      clusterStatus: async () => null,
    };
    const lost = new Error('SlowDown');
    const put = async () => {
      throw lost;
    };
    await expect(begin({ ...ports, claims: { ...memoryClaims(), put } })(turn)).rejects.toBe(lost);
    expect(await begin({ ...ports, claims: memoryClaims() })(turn)).toMatchObject({ next: 'judge' });
  });
});
