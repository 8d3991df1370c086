import { GetRoleCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { expect } from 'vitest';
import { accountCollector } from '../../shared/aws/pipeline/collector.ts';
import { targetKey } from '../../shared/changes/change.ts';
import { type Entry, type Standing, standingOf } from '../../shared/changes/repairs/entries.ts';
import { repairStore } from '../../shared/changes/repairs/repair-store.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import type { LambdaHandler } from '../../shared/lambda/step.ts';
import { createRepairs } from '../../simulator/pipeline/repairs.ts';
import { WRITES } from './call-matrix.ts';
import { readableCluster } from './cluster-api/readable-cluster.ts';
import { copySimulation } from './copy-simulation.ts';
import { type CallFault, createCalls } from './hub/calls.ts';
import { type Hub, hubServices } from './hub/services.ts';
import {
  admin,
  CONFIG,
  clientsOf,
  entering,
  type Found,
  found,
  ownedByTerraform,
  RoleName,
  WRITE_ROLE,
} from './repair-fault-stage.ts';
import { alice } from './repair-stage.ts';
import { strikeSimulation } from './struck-simulation.ts';

/**
 * How a repair goes when nothing goes wrong: it is approved and verified; verifying finds something worse, or cannot say;
 * nobody decides in time; somebody decided before anybody asked; the policy is edited before the approval; a tool turns
 * out to manage the role.
 */
export const STORIES = ['verified', 'worse', 'undecided', 'expired', 'early', 'stale', 'owned'] as const;
export type Story = (typeof STORIES)[number];

/** A repair, and what goes wrong while it is under way. */
export interface RepairTrouble {
  readonly story: Story;
  readonly fault?: CallFault;
}

/** How it all ended, and the calls of each handler, with how often each was made. */
export interface RepairOutcome {
  readonly end: string;
  readonly calls: ReadonlyMap<string, number>;
}

let before: Promise<Found> | undefined;

/**
 * Repairs what was found while something goes wrong; whoever decides tries once more. Then the trouble is over, and who
 * could not decide does. Asserts what has to hold whatever went wrong, and returns the end.
 */
export async function repairedDuring({ story, fault }: RepairTrouble): Promise<RepairOutcome> {
  before ??= found();
  const base = await before;
  const simulation = copySimulation(base.simulation, 2);
  const calls = createCalls();
  const kubernetes = await readableCluster(simulation, calls);
  const hub = hubServices(calls, simulation.clock.now, base.hub);
  strikeSimulation(simulation, calls);
  const store = repairStore({ records: hub.records, hash: sha256, now: simulation.clock.now });
  const repairs = createRepairs({
    simulation,
    services: hub.services,
    config: CONFIG,
    telemetry: { count: () => {}, note: () => {} },
    observed: { store: hub.services.evidence, keepsSessions: () => false, keepsAccessDenied: () => false },
    collector: accountCollector(clientsOf(simulation), simulation.clock.now, () => kubernetes.read),
    around: (name, handler) => told(name, calls.around(name, handler)),
    records: hub.records,
    callbacks: hub.callbacks,
    secondOpinion: hub.secondOpinion,
    enter: entering(simulation, calls),
  });
  const digestOf = async () => (await store.plans())[0]?.plan;

  /** What verifying says in a story, and what others do meanwhile. */
  function told(name: string, handler: LambdaHandler<unknown>): LambdaHandler<unknown> {
    return async (event, context) => {
      if (name === 'verify' && story === 'worse')
        throw Object.assign(new Error('worse'), { name: 'WorseError' });
      if (name === 'verify' && story === 'undecided')
        throw Object.assign(new Error('unread'), { name: 'UndecidedError' });
      if (name === 'request-approval' && story === 'early') await approved();
      return handler(event, context);
    };
  }
  const undecided = async () => {
    for (const { plan } of await store.plans()) if ((await store.decision(plan)) === null) return plan;
    return undefined;
  };
  const approved = async () => {
    const plan = await digestOf();
    if (plan !== undefined && (await store.decision(plan)) === null)
      await store.decide({ plan, verdict: 'approved', by: alice, at: simulation.clock.now().toISOString() });
  };
  const edit = (subject: string) =>
    admin(simulation).send(
      new UpdateAssumeRolePolicyCommand({
        RoleName,
        PolicyDocument: base.broken.replace('shop/checkout', subject),
      }),
    );

  if (story === 'owned') await ownedByTerraform(hub, base.repair);
  const live = async () => {
    const { Role } = await admin(simulation).send(new GetRoleCommand({ RoleName }));
    return decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '');
  };
  const original = story === 'stale' ? base.broken.replace('shop/checkout', 'shop.checkout') : base.broken;
  const writes: string[] = [];
  simulation.onRecord(({ eventName, errorCode, userIdentity }) => {
    if (eventName !== 'UpdateAssumeRolePolicy' || errorCode !== undefined) return;
    if (JSON.stringify(userIdentity).includes(WRITE_ROLE)) writes.push(preparedFor(hub));
  });

  kubernetes.hangs(fault?.how === 'timeout' && fault.call.includes(' kubernetes:'));
  calls.begin(fault ?? null);
  await repairs.remediations.start(base.repair);
  await repairs.run();
  if (story === 'stale') await edit('shop.checkout');
  let digest = await digestOf();
  const decide = async () => {
    if (digest !== undefined) await repairs.decide(digest, 'approved', alice);
  };
  const isWaiting = () => repairs.executions.some(({ ended }) => ended === null);
  if (story === 'expired') repairs.expire();
  else if (isWaiting())
    await decide()
      .catch(decide)
      .catch(() => {});
  await repairs.run();
  const made = new Map(calls.made);
  if (fault !== undefined) expect(calls.struck, 'the fault struck').toBeGreaterThan(0);
  calls.begin(null);
  kubernetes.hangs(false);
  if (isWaiting()) {
    // What was refused may have been planned anew, and asks anew.
    digest = (await undecided()) ?? digest;
    await decide();
  }
  await repairs.run();

  const entries = digest === undefined ? [] : await store.entries(digest);
  const keys = digest === undefined ? [] : (await store.plan(digest)).plan.changes.map(targetKey);
  const holders = await Promise.all(keys.map((key) => store.locks.holder(key)));
  const messages = hub.notices.repairs;
  const ended = repairs.executions.map((each) => each.ended?.status ?? 'waits');
  const what = messages.map((message) => message.what);
  const now = await live();
  const state = {
    live: now === original ? 'before' : now === base.sound ? 'after' : 'neither',
    isLocked: holders.some((holder) => holder !== null),
    standing: standingOf(entries),
    failed: ended.includes('failed'),
    waits: ended.includes('waits'),
    told: what,
  } as const;
  const end = endOf(state);
  expect({ ...state, end, history: entries.map((entry) => entry.what) }).toMatchObject({
    end: expect.any(String),
  });
  for (const message of messages)
    if (message.what === 'stopped') expect(message.next.join()).toContain(`podtrust fixes unlock ${digest}`);
  expectToldOnce(
    messages.map(({ plan, what, reason }) => [plan, what, reason].join(' ')),
    fault,
  );
  expectFewWrites(writes, fault);
  // Whoever approved hears of it, or the alarm does.
  const isApproved = digest !== undefined && (await store.decision(digest))?.verdict === 'approved';
  if (isApproved)
    expect(what.filter((each) => each !== 'approval-requested').length > 0 || state.failed).toBe(true);
  await kubernetes.close();
  return { end: end ?? '', calls: made };
}

interface State {
  readonly live: 'before' | 'after' | 'neither';
  readonly isLocked: boolean;
  readonly standing: Standing;
  /** Its execution failed: the alarm rings. */
  readonly failed: boolean;
  readonly waits: boolean;
  readonly told: readonly string[];
}

/**
 * Untouched, fully applied, fully taken back, or stopped with a lock, an alarm and instructions; what could not be told
 * is told by the alarm. Null: none of them.
 */
function endOf({ live, isLocked, standing, failed, waits, told }: State): string | null {
  const words = (what: string, end: string) =>
    told.includes(what) ? end : failed ? `${end}, ${ALARM_ALONE}` : null;
  if (waits) return null;
  if (live === 'after' && !isLocked && standing === 'verified') return words('verified', 'applied');
  if (live === 'before' && !isLocked && standing === 'rolled-back') return words('rolled-back', 'taken back');
  if (live === 'before' && !isLocked && (standing === 'open' || standing === 'expired')) return 'untouched';
  if (isLocked && failed && (standing === 'stopped' || standing === 'applied'))
    return words('stopped', 'stopped');
  return null;
}

/** Where nothing else can be said or noted. */
const ALARM_ALONE = 'told by the alarm alone';

/** What precedes a write: the plan, the approval and the before-image are kept. Answers what is noted last. */
function preparedFor({ repairs }: Hub): string {
  const items = [...repairs.items.values()];
  const bodies = (sort: string) =>
    items
      .filter(({ pk, sk }) => pk?.S?.startsWith('plan#') && sk?.S?.startsWith(sort))
      .map(({ body }) => body?.S ?? '');
  expect(bodies('plan')).toHaveLength(1);
  expect(bodies('decision').map((body) => JSON.parse(body).verdict)).toEqual(['approved']);
  const last: Entry = JSON.parse(
    bodies('entry#')
      .sort((a, b) => numberOf(a) - numberOf(b))
      .at(-1) ?? '{}',
  );
  expect(last).toMatchObject({
    what: expect.stringMatching(/^(?:writing|undoing)$/),
    before: expect.anything(),
  });
  return last.what;
}

const numberOf = (body: string): number => JSON.parse(body).number;

/**
 * Once there and at most once back, and back once more where nobody knows whether it was; nothing where what has to be
 * read first is never read.
 */
function expectFewWrites(writes: readonly string[], fault: CallFault | undefined): void {
  const unsure = fault?.call.startsWith('roll-back ') === true ? [['writing', 'undoing', 'undoing']] : [];
  expect([[], ['writing'], ['writing', 'undoing'], ...unsure]).toContainEqual(writes);
  const isRead = fault !== undefined && !WRITES.test(fault.call) && !String(fault.how).includes('partial');
  if (isRead && fault.call.startsWith('apply ') && fault.times === Number.POSITIVE_INFINITY)
    expect(writes).toEqual([]);
}

/**
 * What of a plan is told twice for the same reason is told by who cannot know whether it was, or cannot note that it was.
 */
function expectToldOnce(told: readonly string[], fault: CallFault | undefined): void {
  const isUnnoted = fault?.call.includes('dynamodb:PutItem') === true;
  if (fault === undefined || !(isUnnoted || /crash|lost/.test(String(fault.how))))
    expect(told).toHaveLength(new Set(told).size);
}
