import { CreateOpenIDConnectProviderCommand, CreateRoleCommand } from '@aws-sdk/client-iam';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configSchema } from '../../../shared/config/config.ts';
import { type ScanSummary, scanSummarySchema } from '../../../shared/pipeline/scan/summary.ts';
import { createPipeline, type Pipeline, type PipelineOptions } from '../../../simulator/pipeline/pipeline.ts';
import { memoryServices, type Services } from '../../../simulator/pipeline/services.ts';
import { dataIn } from '../../support/html-reports.ts';
import { MEMBER, ROLE, type ScanStage, SUSPENDED, scanStage } from '../../support/scan-stage.ts';
import { ACCOUNT } from '../../support/simulated-cluster.ts';

const config = configSchema.parse({
  deployment: { members: { organization: 'o-a1b2c3d4e5' }, scan: { concurrency: 2 } },
});

let stage: ScanStage;
let services: Services;
let pipeline: Pipeline;

function start(options: PipelineOptions = {}): void {
  services = memoryServices(stage.simulation.clock.now);
  pipeline = createPipeline(stage.simulation, {
    config,
    services,
    organization: stage.organization,
    deaf: true,
    ...options,
  });
}

beforeEach(async () => {
  stage = await scanStage();
  start();
}, 60_000);

afterEach(() => pipeline.close());

/** The summary of a scan that ends well, and the rules of the transitions that were told besides. */
async function scan(execution: string): Promise<{ summary: ScanSummary; told: readonly string[] }> {
  const { ended, messages } = await pipeline.scan(execution);
  expect(ended).toMatchObject({ status: 'succeeded' });
  stage.simulation.clock.advance(3600);
  const bodies = messages.map(({ json }) => JSON.parse(json));
  const summaries = bodies.filter(({ type }) => type === 'scan');
  expect(summaries).toHaveLength(1);
  return {
    summary: scanSummarySchema.parse(summaries[0]),
    told: bodies.flatMap(({ change, finding }) =>
      finding === undefined ? [] : [`${change} ${finding.rule}`],
    ),
  };
}

describe('a scan', () => {
  it('reads every account, says which were left out, and publishes one summary', async () => {
    const { summary } = await scan('first');
    expect(summary).toMatchObject({
      outcome: 'complete',
      startedAt: expect.stringContaining('2026-11-20T09:'),
      accounts: { listed: 3, read: 3, unread: 0, judged: 3, unchanged: 0, leftOut: 1, withGaps: 0 },
      sinceLastScan: null,
      missedByEvents: { count: 0 },
    });
    const report = JSON.parse(await services.claims.get(summary.report['json'] ?? ''));
    expect(report.summary).toMatchObject({ accounts: 3, clusters: 1 });
    expect(await services.claims.get(summary.report['markdown'] ?? '')).toContain('#');
    expect(await services.claims.get(summary.report['html'] ?? '')).toContain('Content-Security-Policy');
  });

  it('draws who gets to what across accounts, with the chain and the plan of what was found', async () => {
    await stage.trust('open');
    const { summary } = await scan('first');
    const page = await pageOf(summary);
    const { nodes = [], edges = [], leftOut } = page.graph ?? {};
    expect(leftOut).toEqual([]);
    const holder = nodes.findIndex(({ label }) => label === 'payments/api');
    const edge = edges.find(({ from }) => from === holder);
    expect(nodes[edge?.to ?? -1]).toMatchObject({ kind: 'role', label: ROLE, account: MEMBER });
    expect(nodes[edges.find(({ to }) => to === holder)?.from ?? -1]).toMatchObject({ account: ACCOUNT });
    expect(new Set(nodes.map(({ name }) => name)).size).toBe(nodes.length);
    const planned = page.findings.filter(
      ({ plan, declined }) => plan !== undefined || declined !== undefined,
    );
    expect(planned.length).toBeGreaterThan(0);
  });

  it('draws the same of accounts that it did not judge again, and counts what was open at the end of each scan', async () => {
    const first = await scan('first');
    const before = await pageOf(first.summary);
    const second = await scan('second');
    expect(second.summary.accounts).toMatchObject({ judged: 0, unchanged: 3 });
    const after = await pageOf(second.summary);
    expect(before.graph?.nodes.length).toBeGreaterThan(2);
    expect(after.graph).toEqual(before.graph);
    expect(after.posture?.points.map(({ at, open }) => ({ at, open }))).toEqual(
      [first.summary, second.summary].map(({ startedAt, findings }) => ({ at: startedAt, open: findings })),
    );
    expect(after.posture?.points[1]).toMatchObject({ opened: 0, resolved: 0 });
  });

  it('judges a role with the cluster of another account: its issuer is live, not foreign', async () => {
    await scan('first');
    const open = await openRules(MEMBER);
    expect(open).not.toContain('no-foreign-issuer');
    expect(open).not.toContain('no-orphan-provider');
  });

  it.each<[string, string[], boolean]>([
    ['an account that is suspended may have the cluster', [], false],
    ['the configuration says that the suspended account has none', [SUSPENDED], true],
  ])('of an issuer that no cluster has: %s', async (_, clusterless, foreign) => {
    await trustElsewhere();
    start({ config: { ...config, organization: { clusterless } } });
    const { summary } = await scan('first');
    expect((await openRules(MEMBER)).includes('no-foreign-issuer')).toBe(foreign);
    expect(summary).toMatchObject({ outcome: 'complete', accounts: { leftOut: 1 } });
    expect(summary.clusterless).toEqual(foreign ? { count: 1, accounts: [SUSPENDED] } : undefined);
    expect(summary.text.includes(`as the configuration says, and not read: ${SUSPENDED}.`)).toBe(foreign);
  });

  it('judges unchanged accounts again once the configuration says which have no clusters', async () => {
    await trustElsewhere();
    await scan('first');
    const kept = services;
    start({ services: kept, config: { ...config, organization: { clusterless: [SUSPENDED] } } });
    services = kept;
    await scan('second');
    expect(await openRules(MEMBER)).toContain('no-foreign-issuer');
  });

  it('finds at a cluster what roles of other accounts let in, keeps it while they are unread, and tells when it is over', async () => {
    pipeline.close();
    start({ config: configSchema.parse({ ...config, bindings: [] }) });
    await scan('first');
    expect(await openRules(ACCOUNT)).toContain('no-undeclared-binding');
    expect((await scan('second')).summary.accounts).toMatchObject({ judged: 0, unchanged: 3 });

    stage.simulation.faults.on('*', { kind: 'denied', account: MEMBER });
    const third = await scan('third');
    expect(third.summary).toMatchObject({ outcome: 'partial' });
    expect(third.told).toEqual([]);
    expect(await openRules(ACCOUNT)).toContain('no-undeclared-binding');

    stage.simulation.faults.clear();
    await stage.trust('closed');
    const { told } = await scan('fourth');
    expect(told).toContain('resolved no-undeclared-binding');
    expect(await openRules(ACCOUNT)).not.toContain('no-undeclared-binding');
  });

  it('tells a change that no event told as missed, and the next scan that nothing is new', async () => {
    await scan('first');
    await stage.trust('open');
    const { summary, told } = await scan('second');
    expect(told).toContain('new no-public-trust');
    expect(summary.missedByEvents).toMatchObject({
      count: 1,
      steps: [{ change: 'new', account: MEMBER, rule: 'no-public-trust', severity: 'low' }],
    });
    expect(summary.sinceLastScan).toMatchObject({ new: 1, resolved: 0 });
    const third = await scan('third');
    expect(third.told).toEqual([]);
    expect(third.summary).toMatchObject({
      accounts: { judged: 0, unchanged: 3 },
      missedByEvents: { count: 0 },
      sinceLastScan: { new: 0, resolved: 0 },
    });
  });
});

/** A role in MEMBER trusts an issuer of EKS that is no cluster's. */
async function trustElsewhere(): Promise<void> {
  const issuer = 'oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF';
  const iam = stage.iam(MEMBER);
  const { OpenIDConnectProviderArn: Federated } = await iam.send(
    new CreateOpenIDConnectProviderCommand({ Url: `https://${issuer}`, ClientIDList: ['sts.amazonaws.com'] }),
  );
  const statement = {
    Effect: 'Allow',
    Principal: { Federated },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      StringEquals: {
        [`${issuer}:sub`]: 'system:serviceaccount:shop:checkout',
        [`${issuer}:aud`]: 'sts.amazonaws.com',
      },
    },
  };
  await iam.send(
    new CreateRoleCommand({
      RoleName: 'elsewhere',
      AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }),
    }),
  );
  stage.simulation.clock.advance(600);
}

async function pageOf(summary: ScanSummary) {
  return dataIn(await services.claims.get(summary.report['html'] ?? ''));
}

async function openRules(account: string): Promise<readonly string[]> {
  const rules: string[] = [];
  for await (const { finding } of services.store.listOpen(account)) rules.push(finding.rule);
  return rules;
}
