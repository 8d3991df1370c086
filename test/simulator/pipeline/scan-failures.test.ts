import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configSchema } from '../../../shared/config/config.ts';
import type { LambdaHandler } from '../../../shared/lambda/step.ts';
import { OrganizationUnreadableError } from '../../../shared/pipeline/errors.ts';
import type { JoinedAccount } from '../../../shared/pipeline/scan/join.ts';
import type { OrganizationListing } from '../../../shared/pipeline/scan/list-accounts.ts';
import { scanKeys } from '../../../shared/pipeline/scan/scan.ts';
import { type ScanSummary, scanSummarySchema } from '../../../shared/pipeline/scan/summary.ts';
import { createPipeline, type Pipeline, type PipelineOptions } from '../../../simulator/pipeline/pipeline.ts';
import { memoryServices, type Services } from '../../../simulator/pipeline/services.ts';
import { toEventBridge } from '../../../simulator/records/record.ts';
import { dataIn } from '../../support/html-reports.ts';
import { EMPTY, MEMBER, ROLE, type ScanStage, scanStage } from '../../support/scan-stage.ts';
import { ACCOUNT } from '../../support/simulated-cluster.ts';

const config = (scan: object = {}, members: object = { organization: 'o-a1b2c3d4e5' }) =>
  configSchema.parse({ deployment: { members, scan: { concurrency: 1, ...scan } } });

let stage: ScanStage;
let services: Services;
let pipeline: Pipeline;
let events: object[];

function start(options: PipelineOptions = {}): void {
  services = memoryServices(stage.simulation.clock.now);
  pipeline = createPipeline(stage.simulation, {
    config: config(),
    services,
    organization: stage.organization,
    deaf: true,
    ...options,
  });
}

beforeEach(async () => {
  stage = await scanStage();
  events = [];
  stage.simulation.onRecord((record) => events.push(toEventBridge(record)));
}, 60_000);

afterEach(() => pipeline.close());

interface Scanned {
  readonly status: 'succeeded' | 'failed';
  readonly summary: ScanSummary | undefined;
  readonly told: readonly {
    readonly change: string;
    readonly rule: string;
    readonly causes: readonly string[];
  }[];
}

async function scan(execution: string): Promise<Scanned> {
  const { ended, messages } = await pipeline.scan(execution);
  stage.simulation.clock.advance(3600);
  const bodies = messages.map(({ json }) => JSON.parse(json));
  const summary = bodies.find(({ type }) => type === 'scan');
  return {
    status: ended.status,
    summary: summary && scanSummarySchema.parse(summary),
    told: bodies
      .filter(({ type }) => type !== 'scan')
      .map(({ change, finding, causes }) => ({
        change,
        rule: finding.rule,
        causes: causes.map(({ eventName }: { eventName: string }) => eventName),
      })),
  };
}

async function openRules(account: string): Promise<readonly string[]> {
  const rules: string[] = [];
  for await (const { finding } of services.store.listOpen(account)) rules.push(finding.rule);
  return rules;
}

describe('what cannot be read', () => {
  it('an account without access is told as unread, its findings stay, and the others are judged', async () => {
    start();
    await stage.trust('open');
    await scan('first');
    stage.simulation.faults.on('*', { kind: 'denied', account: MEMBER });
    const { status, summary, told } = await scan('second');
    expect(status).toBe('succeeded');
    expect(summary).toMatchObject({
      outcome: 'partial',
      accounts: { listed: 3, read: 2, unread: 1 },
      unread: [{ account: MEMBER, reason: expect.stringContaining('NothingReadableError') }],
    });
    expect(told).toEqual([]);
    expect(await openRules(MEMBER)).toContain('no-public-trust');
    const report = JSON.parse(await services.claims.get(summary?.report['json'] ?? ''));
    expect(report.coverage).toContainEqual(
      expect.objectContaining({ subject: MEMBER, read: 'podtrust:collect' }),
    );
    // Every rule is undecided there, whatever the last scan found.
    expect(report.undecided).toContainEqual({ rule: '*', account: MEMBER, count: 1, whole: true });
    const { graph, posture } = dataIn(await services.claims.get(summary?.report['html'] ?? ''));
    expect(graph?.leftOut).toEqual(['1 of 3 accounts left no paths: they were not read or not judged']);
    expect(posture?.points.map(({ doubt }) => doubt)).toEqual([
      undefined,
      '1 of 3 accounts were not read or not judged',
    ]);
  });

  it('a cluster that cannot be described is a gap, and no issuer is called foreign meanwhile', async () => {
    start();
    stage.simulation.faults.on('eks:DescribeCluster', { kind: 'denied', account: ACCOUNT });
    const { summary } = await scan('first');
    expect(summary?.accounts).toMatchObject({ read: 3, withGaps: 1 });
    const rules = await openRules(MEMBER);
    expect(rules).not.toContain('no-foreign-issuer');
    expect(rules).not.toContain('no-orphan-provider');
  });

  it('a region whose step fails for good leaves its clusters known by name, each with a gap', async () => {
    start({ around: failing('collect-region', Number.POSITIVE_INFINITY) });
    const { status, summary } = await scan('first');
    expect(status).toBe('succeeded');
    expect(summary?.accounts).toMatchObject({ read: 3, withGaps: 1 });
  });

  it('what Organizations does not tell is coverage: the scan is not complete, and what rests on it is undecided', async () => {
    const gap = {
      read: 'organizations:ListPolicies',
      subject: 'RESOURCE_CONTROL_POLICY',
      reason: 'AccessDeniedException: not\nauthorized',
    };
    let coverage: OrganizationListing['coverage'] = [gap];
    start({
      organization: async () => ({ ...(await stage.organization()), coverage }),
    });
    const { status, summary } = await scan('first');
    expect(status).toBe('succeeded');
    expect(summary).toMatchObject({
      outcome: 'partial',
      accounts: { listed: 3, read: 3, judged: 3, notJudged: 0 },
      organization: {
        count: 1,
        unread: [
          { subject: gap.subject, read: gap.read, reason: expect.stringContaining('AccessDeniedException') },
        ],
      },
    });
    expect(summary?.text).toContain(
      'Not read of the organization: organizations:ListPolicies (RESOURCE_CONTROL_POLICY): AccessDenied',
    );
    const report = JSON.parse(await services.claims.get(summary?.report['json'] ?? ''));
    expect(report.coverage).toContainEqual(gap);
    expect(report.undecided).toContainEqual(
      expect.objectContaining({ rule: 'no-denying-control-policy', account: MEMBER }),
    );
    const { posture } = dataIn(await services.claims.get(summary?.report['html'] ?? ''));
    expect(posture?.points[0]?.doubt).toBe('not everything of the organization was read');

    coverage = [];
    const next = await scan('second');
    expect(next.summary).toMatchObject({ outcome: 'complete' });
    expect(next.summary).not.toHaveProperty('organization');
  });

  it('what a control policy was found to refuse stays open while the policies cannot be read', async () => {
    const perimeter = {
      id: 'p-rcp',
      name: 'perimeter',
      document: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Deny', Principal: '*', Action: 'sts:*', Resource: '*' }],
      }),
      targets: ['r-ab12'],
    };
    const controlPolicies = {
      resource: { enabled: true, policies: [perimeter] },
      paths: { [ACCOUNT]: 'r-ab12', [MEMBER]: 'r-ab12', [EMPTY]: 'r-ab12' },
    };
    let isRead = true;
    start({
      organization: async () => {
        const { organization, ...rest } = await stage.organization();
        return isRead
          ? { ...rest, organization: { ...organization, controlPolicies } }
          : { ...rest, organization, coverage: [{ read: 'organizations:ListRoots', reason: 'denied' }] };
      },
    });
    await scan('first');
    expect(await openRules(MEMBER)).toContain('no-denying-control-policy');
    isRead = false;
    expect((await scan('second')).summary).toMatchObject({ outcome: 'partial' });
    expect(await openRules(MEMBER)).toContain('no-denying-control-policy');
  });

  it('an organization that cannot be listed fails the scan: what is left would look like all', async () => {
    start({
      organization: async () => {
        throw new OrganizationUnreadableError('denied');
      },
    });
    const { status, summary } = await scan('first');
    expect(status).toBe('failed');
    expect(summary).toBeUndefined();
  });
});

it('without an organization the accounts of the configuration are scanned, and the hub’s own', async () => {
  start({ config: config({}, { accounts: [MEMBER] }) });
  const { summary } = await scan('first');
  expect(summary).toMatchObject({ outcome: 'complete', accounts: { listed: 2, read: 2, leftOut: 0 } });
});

const STEPS = [
  'list-accounts',
  'collect-account',
  'collect-region',
  'assemble',
  'join',
  'judge-account',
  'report',
];

/** Lets a step fail so many times, before it did anything or after it did everything. */
function failing(step: string, times: number, after = false) {
  let left = times;
  return (name: string, handler: LambdaHandler<unknown>): LambdaHandler<unknown> => {
    if (name !== step) return handler;
    return async (event, context) => {
      if (left <= 0) return handler(event, context);
      left -= 1;
      if (after) await handler(event, context);
      throw new Error('The process ended.');
    };
  };
}

describe('a step that dies once', () => {
  it.each(
    STEPS.flatMap((step) => [
      [step, 'before it began', false] as const,
      [step, 'after it ended', true] as const,
    ]),
  )('%s %s: the scan comes to the same, and tells each step once', async (step, _when, after) => {
    start({ around: failing(step, 1, after) });
    await stage.trust('open');
    const { status, summary, told } = await scan('first');
    expect(status).toBe('succeeded');
    expect(summary).toMatchObject({
      outcome: 'complete',
      accounts: { read: 3, judged: 3 },
      foundOtherwise: { settings: 0 },
    });
    expect(summary?.foundOtherwise.first).toBe(told.length);
    expect(told.filter(({ rule }) => rule === 'no-public-trust')).toHaveLength(1);
  });
});

describe('steps that fail for good', () => {
  it('beyond what is tolerated the scan gives up, says so, and judges nothing', async () => {
    start({ around: failing('assemble', Number.POSITIVE_INFINITY) });
    const { status, summary } = await scan('first');
    expect(status).toBe('failed');
    expect(summary).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('ExceedToleratedFailureThreshold'),
      accounts: { read: 0, unread: 3, judged: 0 },
    });
  });

  it('within what is tolerated an account that was not judged is counted, and the rest goes on', async () => {
    start({
      config: config({ toleratedFailurePercentage: 40 }),
      around: (name, handler) => async (event, context) => {
        if (name === 'judge-account' && JSON.stringify(event).includes(`"account":"${EMPTY}"`))
          throw new Error('The process ended.');
        return handler(event, context);
      },
    });
    const { status, summary } = await scan('first');
    expect(status).toBe('succeeded');
    expect(summary).toMatchObject({ outcome: 'partial', accounts: { judged: 2, notJudged: 1 } });
  });
});

describe('beside events', () => {
  it('an account in which an evaluation is under way is left to it, and the change is told with its events', async () => {
    start({
      around: (name, handler) => async (event, context) => {
        // The event arrives when everything was read and nothing was judged.
        if (name === 'join') {
          await services.register.request(
            { kind: 'account', account: MEMBER },
            [
              {
                scope: { kind: 'role', account: MEMBER, role: ROLE },
                causes: [
                  {
                    eventId: 'e1',
                    eventName: 'UpdateAssumeRolePolicy',
                    service: 'iam.amazonaws.com',
                    time: stage.simulation.clock.now().toISOString(),
                    region: 'us-east-1',
                    actor: { type: 'AssumedRole' },
                  },
                ],
                events: 1,
                expected: [],
              },
            ],
            ['e1'],
          );
        }
        return handler(event, context);
      },
    });
    await stage.trust('open');
    const { summary, told } = await scan('first');
    expect(summary?.accounts).toMatchObject({ leftToEvents: 1, judged: 2 });
    expect(told.filter(({ rule }) => rule === 'no-public-trust')).toEqual([
      { change: 'new', rule: 'no-public-trust', causes: ['UpdateAssumeRolePolicy'] },
    ]);
  });

  it('a scan that read earlier does not undo what an evaluation has decided since', async () => {
    let between: (() => Promise<void>) | undefined;
    start({
      around: (name, handler) => async (event, context) => {
        if (name === 'join') await between?.();
        return handler(event, context);
      },
    });
    await stage.trust('open');
    between = async () => {
      between = undefined;
      // Put right, and judged after its event, while the scan still holds what it read before.
      await stage.trust('sound');
      for (const event of events.splice(0)) pipeline.putEvent(event);
      await pipeline.settle();
    };
    await scan('first');
    expect(await openRules(MEMBER)).not.toContain('no-public-trust');
  });

  it('a change whose undoing no event told is found, although the account is as the last scan saw it', async () => {
    start();
    await scan('first');
    await stage.trust('open');
    for (const event of events.splice(0)) pipeline.putEvent(event);
    await pipeline.settle();
    expect(await openRules(MEMBER)).toContain('no-public-trust');
    await stage.trust('sound');
    events.splice(0);
    const { summary, told } = await scan('second');
    expect(told).toContainEqual({ change: 'resolved', rule: 'no-public-trust', causes: [] });
    expect(summary?.missedByEvents).toMatchObject({
      steps: expect.arrayContaining([
        expect.objectContaining({ change: 'resolved', rule: 'no-public-trust' }),
      ]),
    });
  });

  it('an account is judged again when what was observed of it is a day old, though nothing else changed', async () => {
    start();
    const at = stage.simulation.clock.now().toISOString();
    const refused = {
      region: 'eu-west-1',
      first: at,
      last: at,
      count: 1,
      code: 'AccessDenied',
      eventId: 'e1',
    };
    const role = `arn:aws:iam::${MEMBER}:role/${ROLE}`;
    await services.evidence.put(MEMBER, { evidence: { kind: 'web-denial', of: { role, ...refused } } }, null);
    await scan('first');
    expect((await scan('second')).summary?.accounts).toMatchObject({ judged: 0, unchanged: 3 });
    stage.simulation.clock.advance(86_400);
    expect((await scan('third')).summary?.accounts).toMatchObject({ judged: 1, unchanged: 2 });
  });

  it('an account whose roles were asked for with tokens of another account’s cluster is judged with that one', async () => {
    start();
    const at = stage.simulation.clock.now().toISOString();
    const refused = {
      region: 'eu-west-1',
      first: at,
      last: at,
      count: 1,
      code: 'AccessDenied',
      eventId: 'e1',
    };
    const of = { role: `arn:aws:iam::${EMPTY}:role/gone`, issuer: stage.issuer, ...refused };
    await services.evidence.put(EMPTY, { evidence: { kind: 'web-denial', of } }, null);
    const { summary } = await scan('first');
    const judged: readonly JoinedAccount[] = JSON.parse(
      await services.claims.get(scanKeys.toJudge(summary?.id ?? '')),
    );
    const beside = judged.find(({ account }) => account === EMPTY)?.beside;
    expect(beside?.map(({ account }) => account)).toEqual([ACCOUNT]);
  });

  it('after a week an unchanged account is judged again', async () => {
    start();
    await scan('first');
    expect((await scan('second')).summary?.accounts).toMatchObject({ judged: 0, unchanged: 3 });
    stage.simulation.clock.advance(8 * 86_400);
    expect((await scan('third')).summary?.accounts).toMatchObject({ judged: 3, unchanged: 0 });
  });
});
