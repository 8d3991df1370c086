import { TagResourceCommand } from '@aws-sdk/client-eks';
import {
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  TagRoleCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { expect } from 'vitest';
import { readTransition } from '../../shared/aws/findings/items.ts';
import { OWED_PARTITION_KEY, TRANSITION_SORT_KEY } from '../../shared/aws/findings/table.ts';
import type { Waiver } from '../../shared/waivers/waiver.ts';
import { testToken } from '../../simulator/sts/token.ts';
import { gapsOf } from './expected-gap.ts';
import { type FaultStage, faultStage, type Trouble } from './fault-stage.ts';
import type { CallFault } from './hub/calls.ts';
import type { Hub } from './hub/services.ts';
import { ACCOUNT } from './simulated-cluster.ts';

/** The state at the end, and the calls of each handler while the trouble lasted, with how often each was made. */
export interface Outcome {
  readonly open: readonly string[];
  readonly calls: ReadonlyMap<string, number>;
}

const RoleName = 'payments-api';
const ADMIN = `arn:aws:iam::${ACCOUNT}:role/admin`;
const CLUSTER_ARN = `arn:aws:eks:eu-west-1:${ACCOUNT}:cluster/shop`;
const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const own = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' };
const everyone = { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' };

/** What a pod may assume that is called by the cluster's issuer `shop/checkout`. */
const ofCheckout = (issuer: string) => ({
  Effect: 'Allow',
  Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/${issuer}` },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: {
    StringEquals: {
      [`${issuer}:sub`]: 'system:serviceaccount:shop:checkout',
      [`${issuer}:aud`]: 'sts.amazonaws.com',
    },
  },
});

/** A pod of another ServiceAccount asks for the role of `checkout`, and is refused. */
async function refused({ simulation, issuer }: FaultStage): Promise<void> {
  const sts = simulation.attach('sts', new STSClient({ region: 'eu-west-1' }));
  const asked = new AssumeRoleWithWebIdentityCommand({
    RoleArn: `arn:aws:iam::${ACCOUNT}:role/checkout`,
    RoleSessionName: 'pod',
    WebIdentityToken: testToken({
      issuer: `https://${issuer}`,
      subject: 'system:serviceaccount:shop:worker',
      expires: new Date(simulation.clock.now().getTime() + 3_600_000),
    }),
  });
  await expect(sts.send(asked)).rejects.toThrow();
}

/** Somebody accepts that one of the roles is open to the world. */
const ACCEPTED: Waiver = {
  rule: 'no-public-trust',
  role: '*:role/standing',
  owner: 'platform',
  reason: 'a test',
  ticket: 'SEC-1',
  expires: '2027-01-31',
};

/** Roles whose trust policies are sound or stand open, judged; and a role and a provider of which no event told. */
async function standing(): Promise<FaultStage> {
  const here = await faultStage();
  const { simulation, pipeline } = here;
  const iam = simulation.as(ACCOUNT, ADMIN)('iam', null, null);
  const create = (name: string, ...statements: object[]) =>
    iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: policy(...statements) }));
  await create(RoleName, own);
  await create('checkout', ofCheckout(here.issuer));
  await create('standing', own, everyone);
  await pipeline.settle();
  simulation.clock.advance(900);
  await here.unheard(async () => {
    await create('unheard', everyone);
    await iam.send(
      new CreateOpenIDConnectProviderCommand({
        Url: 'https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF',
      }),
    );
  });
  // CloudTrail shows an event after minutes.
  simulation.clock.advance(1800);
  await here.close();
  return here;
}

let before: Promise<FaultStage> | undefined;

/**
 * A role is opened to the world, a cluster is tagged and a pod is refused another role while something goes wrong. A
 * standing finding is accepted. The sweep comes by. Then the trouble is over: dead letters are redriven, the sweep comes
 * by, and the role is tagged. Asserts what has to hold whatever went wrong, and returns the end.
 */
export async function openedDuring(trouble: Trouble): Promise<Outcome> {
  before ??= standing();
  const here = await faultStage(await before);
  const { simulation, pipeline, hub, calls } = here;
  const iam = simulation.as(ACCOUNT, ADMIN)('iam', null, null);
  const eks = simulation.as(ACCOUNT, ADMIN)('eks', null, 'eu-west-1');
  const openBefore = openIn(hub);
  expect(openBefore.some((each) => each.startsWith('no-public-trust '))).toBe(true);
  // Kubernetes alone tells it: that it was not read must not read as a pass.
  expect(openBefore.some((each) => each.startsWith('no-missing-annotated-role '))).toBe(true);
  const toldBefore = hub.told.length;
  const keptBefore = new Set(hub.objects.keys());

  await hub.services.waivers.replace([ACCEPTED]);
  here.begin(trouble);
  await pipeline.sendCanary().catch(() => {});
  await pipeline.applyWaivers().catch(() => {});
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: policy(own, everyone) }));
  await eks.send(new TagResourceCommand({ resourceArn: CLUSTER_ARN, tags: { stage: 'production' } }));
  await refused(here);
  await pipeline.settle();
  simulation.clock.advance(900);
  await pipeline.sweep().catch(() => {});
  const made = new Map(calls.made);
  if (trouble.fault !== undefined) expect(calls.struck, 'the fault struck').toBeGreaterThan(0);
  here.end();

  // Unknown never passes: what was open is open still, and nothing is told to be over.
  const during = openIn(hub);
  for (const each of openBefore) expect(during).toContain(each);
  const over = hub.told.slice(toldBefore).filter(({ change }) => change === 'resolved');
  expect(over.filter(({ rule }) => rule !== 'no-unjudged-change')).toEqual([]);
  // Nothing is silent: the change is judged, or said not to be, or still to be done.
  const isJudged = opened(during).length > opened(openBefore).length;
  const isSaidUnknown = during.some((each) => each.startsWith('no-unjudged-change '));
  const isToBeDone = pipeline.deadLetters.length > 0 || busyLanes(hub) > 0;
  expect(isJudged || isSaidUnknown || isToBeDone, 'nothing is silent').toBe(true);
  // A read that fails for good is a gap of its reading, or there is no reading.
  const gaps = gapsOf(trouble);
  for (const [key, text] of hub.objects) {
    if (gaps.length === 0 || keptBefore.has(key) || !key.startsWith(`snapshots/${ACCOUNT}/`)) continue;
    const reads = JSON.parse(text).coverage.map(({ read }: { read: string }) => read);
    expect(gaps.filter((gap) => reads.includes(gap))).not.toEqual([]);
  }
  // Of a canary that does not arrive there is an alarm; a batch that is delivered again brings it once more.
  const isSilenced = trouble.fault?.call.startsWith('canary ') === true && !tookEffect(trouble.fault);
  const arrived = pipeline.metrics.get('CanaryArrived') ?? 0;
  expect(arrived > 0, `the canary arrived ${arrived} times`).toBe(!isSilenced);

  await pipeline.sendCanary();
  await pipeline.applyWaivers();
  for (const body of pipeline.deadLetters) pipeline.putEvent(JSON.parse(body));
  await pipeline.settle();
  simulation.clock.advance(900);
  await pipeline.sweep();
  await iam.send(new TagRoleCommand({ RoleName, Tags: [{ Key: 'a', Value: 'b' }] }));
  simulation.clock.advance(30);
  await pipeline.settle();
  simulation.clock.advance(900);
  await pipeline.sweep();
  expectAllTold(hub, trouble);
  expect(waived(hub)).toEqual([expect.stringMatching(/^no-public-trust /)]);
  expect(busyLanes(hub)).toBe(0);
  await here.close();
  return { open: openIn(hub), calls: made };
}

const UNNOTED = 'security-hub dynamodb:PutItem';

const tookEffect = ({ how }: CallFault): boolean => how === 'lost-answer' || how === 'crash-after';

/**
 * Whether a fault may strike between publishing and marking, which tells a transition again by the same id. A sweep does
 * its two tasks at once: to die at one may be to die in the middle of the other.
 */
function maySplit({ call, how }: CallFault): boolean {
  if (call.startsWith('sweep ') && String(how).startsWith('crash')) return true;
  return /^(notify|sweep) (sns:Publish|dynamodb:UpdateItem)$/.test(call);
}

/** Every transition of the table was told and marked, none twice but where nobody can know; Security Hub shows the end. */
function expectAllTold({ table, told, imported }: Hub, { fault, down = [], dies }: Trouble): void {
  const transitions = [...table.items.values()].filter(({ sk }) => sk?.S === TRANSITION_SORT_KEY);
  expect(transitions.filter(({ listed }) => listed !== undefined)).toEqual([]);
  const ids = told.map(({ id }) => id);
  expect([...new Set(ids)].sort()).toEqual(transitions.map((item) => readTransition(item).id).sort());
  if (fault === undefined || !maySplit(fault)) expect(ids).toHaveLength(new Set(ids).size);
  const owed = [...table.items.values()].filter(({ pk }) => pk?.S === OWED_PARTITION_KEY);
  expect(owed, 'what Security Hub is owed').toEqual([]);
  // A function that never runs, and one that can neither import nor note, are told by the stream's alarm.
  const untold = [dies?.name, ...down].includes('security-hub') || fault?.call === UNNOTED;
  if (untold && fault?.times !== 1) return;
  const active = [...imported.values()].filter(({ RecordState }) => RecordState === 'ACTIVE');
  expect(active.map(({ GeneratorId }) => GeneratorId?.replace('podtrust/', '')).sort()).toEqual(
    findingsIn(table, ({ status }) => status?.S === 'open').map((each) => each.split(' ')[0]),
  );
}

const waived = ({ table }: Hub): string[] =>
  [...table.items.values()].filter(({ status }) => status?.S === 'waived').map(({ rule }) => `${rule?.S} `);

const opened = (open: readonly string[]) => open.filter((each) => each.startsWith('no-public-trust '));

/** What is there, accepted or not. */
const openIn = ({ table }: Pick<Hub, 'table'>): string[] =>
  findingsIn(table, ({ status }) => status?.S !== 'resolved');

type Item = Hub['table']['items'] extends ReadonlyMap<string, infer One> ? One : never;

function findingsIn({ items }: Hub['table'], wanted: (item: Item) => boolean): string[] {
  return [...items.values()]
    .filter((item) => item['sk']?.S?.startsWith('finding#') === true && wanted(item))
    .map(({ rule, sk }) => `${rule?.S} ${sk?.S}`)
    .sort();
}

const busyLanes = ({ table }: Hub): number =>
  [...table.items.values()].filter(({ listed }) => listed?.S?.startsWith('busy#')).length;
