import {
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { expect } from 'vitest';
import { readTransition } from '../../shared/aws/findings/items.ts';
import { TRANSITION_SORT_KEY } from '../../shared/aws/findings/table.ts';
import { configSchema } from '../../shared/config/config.ts';
import { logger } from '../../shared/lambda/logger.ts';
import type { ScanSummary } from '../../shared/pipeline/scan/summary.ts';
import { createOrgScan } from '../../simulator/pipeline/scan.ts';
import type { Simulation } from '../../simulator/simulation.ts';
import { readableCluster } from './cluster-api/readable-cluster.ts';
import { copySimulation } from './copy-simulation.ts';
import { lastingGap } from './expected-gap.ts';
import { furnishedOrganization, HUB_ACCOUNT, READ_ROLE, TARGET_ACCOUNT } from './furnished-organization.ts';
import { type CallFault, createCalls } from './hub/calls.ts';
import { type Hub, hubServices } from './hub/services.ts';
import { ACCOUNT } from './simulated-cluster.ts';
import { strikeSimulation } from './struck-simulation.ts';

/** What came of a scan: what is open, what its summary says, and the calls of each handler. */
export interface ScanOutcome {
  readonly open: readonly string[];
  /** What is open after the next scan. */
  readonly end: readonly string[];
  /** Null: it told nothing, and the alarm does. */
  readonly summary: ScanSummary | null;
  readonly calls: ReadonlyMap<string, number>;
}

const CONFIG = configSchema.parse({
  deployment: {
    readRole: { name: READ_ROLE },
    members: { organization: 'o-a1b2c3d4e5' },
    scan: { concurrency: 1 },
  },
});

const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const own = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' };
const everyone = { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' };

interface Stage {
  readonly simulation: Simulation;
  readonly hub: Hub;
}

/** Sets up what is deployed for scans, or goes on from where another one stands. */
async function scanFaultStage(from?: Stage) {
  const { simulation, issuer } =
    from === undefined
      ? await furnishedOrganization()
      : { simulation: copySimulation(from.simulation, 2), issuer: '' };
  logger.setLogLevel('SILENT');
  const calls = createCalls();
  const kubernetes = await readableCluster(simulation, calls);
  const hub = hubServices(calls, simulation.clock.now, from?.hub);
  strikeSimulation(simulation, calls);
  const run = createOrgScan({
    simulation,
    services: hub.services,
    clients: () => simulation.clients({ account: HUB_ACCOUNT, readRole: READ_ROLE }),
    config: CONFIG,
    telemetry: { count: () => {}, note: () => {} },
    observed: { store: hub.services.evidence, keepsSessions: () => false, keepsAccessDenied: () => false },
    states: hub.scanStates,
    organization: hub.organization,
    kubernetes: kubernetes.read,
    mapRuns: hub.mapRuns,
    around: calls.around,
  });
  return { simulation, issuer, hub, calls, kubernetes, run };
}

/** An organization that was scanned once; since then a role of two accounts was opened, and no event told of it. */
async function scannedBefore(): Promise<Stage> {
  const { simulation, hub, kubernetes, run, issuer } = await scanFaultStage();
  const iam = (account: string) =>
    simulation.as(account, `arn:aws:iam::${account}:role/admin`)('iam', null, null);
  const create = (account: string, RoleName: string, ...statements: object[]) =>
    iam(account).send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: policy(...statements) }));
  await create(ACCOUNT, 'standing', own, everyone);
  for (const account of [ACCOUNT, TARGET_ACCOUNT]) await create(account, 'reports', own);
  simulation.clock.advance(60);
  expect(await run('first')).toMatchObject({ status: 'succeeded' });
  simulation.clock.advance(3600);
  for (const account of [ACCOUNT, TARGET_ACCOUNT])
    await iam(account).send(
      new UpdateAssumeRolePolicyCommand({ RoleName: 'reports', PolicyDocument: policy(own, everyone) }),
    );
  // Another account trusts the cluster from now on.
  await iam(TARGET_ACCOUNT).send(
    new CreateOpenIDConnectProviderCommand({
      Url: `https://${issuer}`,
      ClientIDList: ['sts.amazonaws.com'],
    }),
  );
  // An evaluation of the hub's own account is under way, in which something has changed.
  await create(HUB_ACCOUNT, 'new', own);
  await hub.services.register.request(
    { kind: 'account', account: HUB_ACCOUNT },
    [{ scope: { kind: 'account', account: HUB_ACCOUNT }, causes: [], events: 1, expected: [] }],
    ['e1'],
  );
  simulation.clock.advance(1800);
  await kubernetes.close();
  return { simulation, hub };
}

let before: Promise<Stage> | undefined;

/**
 * Scans while a call keeps failing, and once more when the trouble is over. Asserts what has to hold whatever went wrong,
 * and returns what the first of the two came to.
 */
export async function scannedDuring(fault: CallFault | null): Promise<ScanOutcome> {
  before ??= scannedBefore();
  const { simulation, hub, calls, kubernetes, run } = await scanFaultStage(await before);
  const openBefore = openIn(hub);
  const keptBefore = new Set(hub.objects.keys());
  const stepsBefore = stepsIn(hub).length;
  expect(openBefore.some((each) => each.startsWith('no-public-trust '))).toBe(true);
  // Kubernetes alone tells it: that it was not read must not read as a pass.
  expect(openBefore.some((each) => each.startsWith('no-missing-annotated-role '))).toBe(true);

  kubernetes.hangs(fault?.how === 'timeout' && fault.call.includes(' kubernetes:'));
  calls.begin(fault);
  const { status } = await run('second');
  const made = new Map(calls.made);
  if (fault !== null) expect(calls.struck, 'the fault struck').toBeGreaterThan(0);
  calls.begin(null);
  kubernetes.hangs(false);

  const open = openIn(hub);
  const { scans } = hub.notices;
  const summary = scans[0] ?? null;
  // Unknown never passes: what was open is open still, and nothing is told to be over.
  for (const each of openBefore) expect(open).toContain(each);
  const steps = stepsIn(hub).slice(stepsBefore);
  expect(steps.filter(({ change }) => change === 'resolved')).toEqual([]);
  expect(new Set(scans.map(({ id }) => id)).size).toBe(summary === null ? 0 : 1);
  expectTold(status, summary, fault);
  if (summary !== null) expectHonest(summary, open, openBefore);
  expectGap(hub, keptBefore, summary, fault);

  simulation.clock.advance(3600);
  expect(await run('third')).toMatchObject({ status: 'succeeded' });
  const last = hub.notices.scans.at(-1);
  expect(last).toMatchObject({ outcome: 'complete', accounts: { read: 3, withGaps: 0, notJudged: 0 } });
  const end = openIn(hub);
  // Twice is once: each step was told by one of the scans, and none by both.
  const told = stepsIn(hub)
    .slice(stepsBefore)
    .filter(({ rule }) => rule === 'no-public-trust');
  expect(told.map(({ change }) => change)).toEqual(['new', 'new']);
  await kubernetes.close();
  return { open, end, summary, calls: made };
}

/** A scan that ends tells how; one that cannot be told of is told by the alarm. */
function expectTold(status: string, summary: ScanSummary | null, fault: CallFault | null): void {
  const [name] = fault?.call.split(' ') ?? [];
  if (status === 'succeeded') expect(summary?.outcome).toMatch(/^(?:complete|partial)$/);
  else if (name !== 'list-accounts' && name !== 'report') expect(summary?.outcome).toBe('failed');
  // What cannot be read of an account is coverage, never an end.
  if (name === 'collect-account' || name === 'collect-region') expect(status).toBe('succeeded');
}

/** What was not found is said not to have been looked at. */
function expectHonest(
  { outcome, accounts, unread }: ScanSummary,
  open: readonly string[],
  openBefore: readonly string[],
): void {
  expect(accounts.read + accounts.unread).toBe(accounts.listed);
  expect(unread).toHaveLength(accounts.unread);
  for (const { reason } of unread) expect(reason).not.toBe('');
  const missed = 2 - (opened(open).length - opened(openBefore).length);
  expect(missed <= accounts.unread + accounts.notJudged + accounts.withGaps || outcome === 'failed').toBe(
    true,
  );
  if (accounts.unread + accounts.notJudged > 0) expect(outcome).not.toBe('complete');
}

/** A read that fails for good is a gap of its reading, or the account is not read. */
function expectGap(
  { objects }: Hub,
  before: ReadonlySet<string>,
  summary: ScanSummary | null,
  fault: CallFault | null,
): void {
  const gaps = lastingGap(fault, /^collect-(?:account|region) /).map((gap) =>
    // Who cannot even begin to read a region knows its clusters by name.
    fault?.call.startsWith('collect-region sts:') ? 'eks:DescribeCluster' : gap,
  );
  if (gaps.length === 0 || summary === null) return;
  const reads = [...objects]
    .filter(([key]) => key.startsWith('snapshots/') && !before.has(key))
    .flatMap(([, text]) => JSON.parse(text).coverage.map(({ read }: { read: string }) => read));
  const isGap = gaps.some((gap) => reads.includes(gap));
  expect(isGap || summary.accounts.unread > 0, `${gaps} in ${reads}`).toBe(true);
}

const opened = (open: readonly string[]) => open.filter((each) => each.startsWith('no-public-trust '));

function openIn({ table }: Hub): string[] {
  return [...table.items.values()]
    .filter(({ sk, status }) => sk?.S?.startsWith('finding#') === true && status?.S !== 'resolved')
    .map(({ rule, sk }) => `${rule?.S} ${sk?.S}`)
    .sort();
}

function stepsIn({ table }: Hub): { readonly change: string; readonly rule: string }[] {
  return [...table.items.values()]
    .filter(({ sk }) => sk?.S === TRANSITION_SORT_KEY)
    .map((item) => readTransition(item))
    .map(({ change, finding }) => ({ change, rule: finding.rule }));
}
