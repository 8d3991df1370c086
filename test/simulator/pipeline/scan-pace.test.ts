import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { configSchema } from '../../../shared/config/config.ts';
import type { LambdaHandler } from '../../../shared/lambda/step.ts';
import { scanPaceSchema } from '../../../shared/pipeline/scan/scan-pace.ts';
import { type ScanSummary, scanSummarySchema } from '../../../shared/pipeline/scan/summary.ts';
import { memoryClaims } from '../../../simulator/pipeline/memory-claims.ts';
import { createPipeline, type Pipeline } from '../../../simulator/pipeline/pipeline.ts';
import { memoryServices } from '../../../simulator/pipeline/services.ts';
import { createSimulation, type Simulation } from '../../../simulator/simulation.ts';

const HUB = '999988887777';
const membersOf = (count: number) =>
  Array.from({ length: count }, (_, index) => String(222_222_222_200 + index));

interface Stage {
  readonly simulation: Simulation;
  readonly members: readonly string[];
}

/** An organization whose accounts are entered by their read role; an account in three trusts everyone in a role. */
async function organizationOf(count: number): Promise<Stage> {
  const accounts = [HUB, ...membersOf(count)].map((id) => ({ id, regions: ['eu-west-1'] }));
  const simulation = createSimulation({ now: '2026-11-20T09:00:00Z', accounts });
  const trusting = (principal: object | '*') =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }],
    });
  for (const [index, id] of membersOf(count).entries()) {
    const iam = simulation.as(id, `arn:aws:iam::${id}:role/admin`)('iam', null, null);
    const hub = trusting({ AWS: `arn:aws:iam::${HUB}:root` });
    await iam.send(new CreateRoleCommand({ RoleName: 'podtrust-read', AssumeRolePolicyDocument: hub }));
    if (index % 3 === 0)
      await iam.send(new CreateRoleCommand({ RoleName: 'open', AssumeRolePolicyDocument: trusting('*') }));
  }
  return { simulation, members: membersOf(count) };
}

type Around = (name: string, handler: LambdaHandler<unknown>) => LambdaHandler<unknown>;

let pipeline: Pipeline | undefined;
afterEach(() => {
  pipeline?.close();
  pipeline = undefined;
  vi.restoreAllMocks();
});

interface Scanned {
  readonly status: 'succeeded' | 'failed';
  readonly summary: ScanSummary;
  /** What the loop set, turn by turn. */
  readonly limits: readonly number[];
  /** Accounts under reading whenever one began, by how many had ended. */
  readonly atWork: readonly { readonly ended: number; readonly at: number }[];
  /** Everything that the scan left in the bucket. */
  readonly kept: ReadonlyMap<string, string>;
  readonly metrics: Pipeline['metrics'];
}

/** One scan of the state machine's own file, by the deployed handlers. */
async function scan(
  { simulation, members }: Stage,
  { concurrency, around = (_name, handler) => handler }: { concurrency: number; around?: Around },
): Promise<Scanned> {
  const kept = new Map<string, string>();
  const limits: number[] = [];
  const atWork: { ended: number; at: number }[] = [];
  let at = 0;
  let ended = 0;
  const watching: Around = (name, handler) => async (event, context) => {
    if (name === 'collect-account') {
      at += 1;
      atWork.push({ ended, at });
    }
    const output = await around(name, handler)(event, context);
    if (name === 'pace-scan') limits.push(scanPaceSchema.parse(output).limit);
    if (name === 'assemble') {
      at -= 1;
      ended += 1;
    }
    return output;
  };
  pipeline = createPipeline(simulation, {
    config: configSchema.parse({
      deployment: { members: { organization: 'o-a1b2c3d4e5' }, scan: { concurrency } },
    }),
    services: { ...memoryServices(simulation.clock.now), claims: memoryClaims(kept) },
    clients: one(() => simulation.clients({ account: HUB, readRole: 'podtrust-read' })),
    organization: async () => ({
      accounts: [HUB, ...members],
      complete: true,
      leftOut: [],
      clusterless: [],
      unusable: [],
      organization: { id: 'o-a1b2c3d4e5', managementAccount: HUB },
      coverage: [],
    }),
    deaf: true,
    around: watching,
  });
  const { ended: end, messages } = await pipeline.scan('one');
  const summary = messages.map(({ json }) => JSON.parse(json)).find(({ type }) => type === 'scan');
  return {
    status: end.status,
    summary: scanSummarySchema.parse(summary),
    limits,
    atWork,
    kept,
    metrics: pipeline.metrics,
  };
}

/** Made when first asked for, and the same from then on. */
function one<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

const most = (atWork: Scanned['atWork'], from = 0, to = Number.POSITIVE_INFINITY): number =>
  Math.max(...atWork.filter(({ ended }) => ended >= from && ended <= to).map(({ at }) => at));

describe('accounts of a scan', () => {
  it('are read by more and more at once while nothing is put off, up to what the configuration says', async () => {
    const { summary, limits, atWork } = await scan(await organizationOf(60), { concurrency: 16 });
    expect(summary).toMatchObject({
      outcome: 'complete',
      accounts: { read: 61 },
      pace: { most: 16, last: 16, cuts: 0, lost: false },
    });
    expect([...new Set(limits)]).toEqual([4, 8, 16]);
    expect(most(atWork, 0, 3)).toBe(4);
    expect(most(atWork)).toBe(16);
    expect(summary.text).not.toContain('at once');
  });

  it('are read by half as many once entering them is put off, and by more again after', async () => {
    const stage = await organizationOf(120);
    stage.simulation.faults.on('sts:AssumeRole', { kind: 'throttled', times: 1, after: 40 });
    const { summary, limits, atWork, metrics } = await scan(stage, { concurrency: 16 });
    expect(summary).toMatchObject({
      outcome: 'complete',
      accounts: { read: 121 },
      pace: { cuts: 1, lost: false },
    });
    const raised = limits.indexOf(16);
    const cut = limits.indexOf(8, raised);
    expect(raised).toBeGreaterThan(0);
    expect(cut).toBeGreaterThan(raised);
    expect(limits.slice(raised, cut).every((limit) => limit === 16)).toBe(true);
    // One more after each round: nine, ten, eleven.
    const after = limits.slice(cut);
    expect(after).toEqual(after.toSorted((a, b) => a - b));
    expect([...new Set(after)].slice(0, 3)).toEqual([8, 9, 10]);
    expect(most(atWork, 0, 30)).toBe(16);
    expect(most(atWork, 40, 54)).toBeLessThanOrEqual(10);
    expect(most(atWork, 90)).toBeGreaterThanOrEqual(12);
    expect(metrics.get('ScanEntriesPutOff')).toBeGreaterThan(0);
    expect(summary.text).toContain('halved once');
  }, 30_000);

  it('that are put off for good are unread, and the others are read', async () => {
    const stage = await organizationOf(12);
    const [closed = ''] = stage.members;
    stage.simulation.faults.on('sts:AssumeRole', {
      kind: 'throttled',
      when: (input) => JSON.stringify(input).includes(`:${closed}:`),
    });
    const { summary } = await scan(stage, { concurrency: 8 });
    expect(summary).toMatchObject({ outcome: 'partial', accounts: { read: 12, unread: 1 } });
    expect(summary.pace?.cuts).toBeGreaterThan(0);
  }, 60_000);

  it('as few as are begun at once need no loop', async () => {
    const { summary, limits } = await scan(await organizationOf(3), { concurrency: 16 });
    expect(limits).toEqual([]);
    expect(summary).toMatchObject({
      accounts: { read: 4 },
      pace: { most: 16, last: 4, cuts: 0, lost: false },
    });
  });
});

/** What a scan left, without what tells of its pace. */
function results({ kept, summary }: Scanned): object {
  const { pace, text, ...told } = summary;
  const files = [...kept].filter(([key]) => !/\/(?:put-off|summary)\.json$/.test(key));
  return { told, files: files.sort(([a], [b]) => (a < b ? -1 : 1)) };
}

/** A scan of an organization whose clock stands still: nothing but the pace can tell two of them apart. */
async function still(how: Parameters<typeof scan>[1], plant: (simulation: Simulation) => void = () => {}) {
  const stage = await organizationOf(30);
  vi.spyOn(stage.simulation.clock, 'advance').mockImplementation(() => {});
  plant(stage.simulation);
  const scanned = await scan(stage, how);
  pipeline?.close();
  pipeline = undefined;
  return scanned;
}

describe('what a scan comes to', () => {
  it('is the same, byte for byte, at whatever pace its accounts were read', async () => {
    // Four at once from the beginning to the end.
    const fixed = await still({ concurrency: 4 });
    expect(new Set(fixed.limits)).toEqual(new Set([4]));
    const paced = await still({ concurrency: 16 }, ({ faults }) =>
      faults.on('sts:AssumeRole', { kind: 'throttled', times: 2, after: 15 }),
    );
    expect(paced.summary.pace?.cuts).toBeGreaterThan(0);
    expect(results(paced)).toEqual(results(fixed));
    expect(fixed.summary.findings.low ?? 0).toBeGreaterThan(0);
  }, 60_000);

  it.each<[string, (times: number) => boolean]>([
    ['from the beginning', () => true],
    ['after its third turn', (times) => times > 3],
  ])(
    'does not depend on the loop: it dies %s, and the scan goes on at its pace',
    async (_name, dies) => {
      const fixed = await still({ concurrency: 4 });
      let times = 0;
      const dead = await still({
        concurrency: 16,
        around: (name, handler) => async (event, context) => {
          if (name !== 'pace-scan') return handler(event, context);
          times += 1;
          if (dies(times)) throw new Error('The process ended.');
          return handler(event, context);
        },
      });
      expect(dead.status).toBe('succeeded');
      expect(results(dead)).toEqual(results(fixed));
      expect(dead.summary.pace).toMatchObject({ most: 16, lost: true });
      expect(dead.summary.text).toContain('could not be set');
      expect(dead.metrics.get('ScanPaceLost')).toBe(1);
      expect(most(dead.atWork)).toBeLessThanOrEqual(dead.summary.pace?.last ?? 0);
    },
    60_000,
  );

  it('does not depend on its repeats: each turn that dies after it set the pace is tried again', async () => {
    const fixed = await still({ concurrency: 4 });
    let dying = false;
    const repeated = await still({
      concurrency: 16,
      around: (name, handler) => async (event, context) => {
        if (name !== 'pace-scan') return handler(event, context);
        const output = await handler(event, context);
        dying = !dying;
        if (dying) throw new Error('The process ended.');
        return output;
      },
    });
    expect(results(repeated)).toEqual(results(fixed));
    expect(repeated.summary.pace).toMatchObject({ last: 16, lost: false });
  }, 60_000);
});
