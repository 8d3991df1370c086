import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { audit } from '../../shared/audit/audit.ts';
import { collect } from '../../shared/aws/collect.ts';
import { defaultConfig } from '../../shared/config/config.ts';
import { buildEstate } from '../../shared/estate/build-estate.ts';
import { type Snapshot, snapshotSchema } from '../../shared/estate/snapshot.ts';
import { canonicalSnapshot } from '../../shared/estate/write-snapshot.ts';
import type { Audit, Finding } from '../../shared/findings/finding.ts';
import { EXPECTED_EVERYWHERE, PLANTED, type PlantedFault } from '../../simulator/demo/faults.ts';
import { demoOrganization, demoSnapshot } from '../../simulator/demo/organization.ts';
import { CLUSTERS, PLATFORM } from '../../simulator/demo/places.ts';
import { simulatedKubernetes } from '../../simulator/kubernetes.ts';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

async function collectDemo(): Promise<Snapshot> {
  const simulation = demoOrganization();
  return collect({
    clients: simulation.clients({ account: PLATFORM.id, readRole: 'podtrust-read' }),
    accounts: demoSnapshot().accounts.map(({ id }) => id),
    now: simulation.clock.now,
    kubernetes: simulatedKubernetes(demoSnapshot()),
    creators: { seconds: 60, sleep: async () => undefined },
  });
}

describe('the demo organization', () => {
  let collected: Snapshot;
  let result: Audit;
  beforeAll(async () => {
    collected = { ...(await collectDemo()), organization: { complete: true } };
    result = audit(buildEstate(collected), { config: defaultConfig, hash });
  });

  const names = (finding: Finding, { rule, account, at }: PlantedFault): boolean =>
    finding.rule === rule &&
    finding.account === account &&
    (at.role === undefined || finding.role === at.role) &&
    (at.cluster === undefined || finding.cluster === at.cluster) &&
    (at.principal === undefined || finding.principal === at.principal) &&
    (at.serviceAccount === undefined ||
      `${finding.namespace}/${finding.serviceAccount}` === at.serviceAccount);

  it('is as large as it says: 3 accounts, 2 regions, 6 clusters, about 80 roles', () => {
    const { accounts } = demoSnapshot();
    const regions = new Set(accounts.flatMap((account) => (account.regions ?? []).map(({ name }) => name)));
    expect(accounts).toHaveLength(3);
    expect(regions.size).toBe(2);
    expect(CLUSTERS).toHaveLength(6);
    expect(accounts.flatMap(({ roles }) => roles ?? []).length).toBeGreaterThanOrEqual(80);
    expect(snapshotSchema.safeParse(demoSnapshot()).error).toBeUndefined();
  });

  it('is read through the SDK clients without a gap, and comes out as it was written down', () => {
    const written = demoSnapshot();
    const nameless = written.accounts.map(({ name: _, ...account }) => account);
    expect(collected.coverage).toEqual([]);
    expect(JSON.parse(JSON.stringify(collected))).toEqual(
      JSON.parse(JSON.stringify(canonicalSnapshot({ ...written, accounts: nameless }))),
    );
  });

  it.each(PLANTED.map((fault) => [fault.what, fault] as const))('%s', (_, fault) => {
    const found = result.findings.filter((finding) => names(finding, fault));
    expect(found.map(({ detail }) => detail)).toHaveLength(1);
  });

  it('is healthy beyond the planted faults', () => {
    const unexplained = result.findings.filter(
      (finding) =>
        !PLANTED.some((fault) => names(finding, fault)) &&
        !EXPECTED_EVERYWHERE.some((rule) => rule === finding.rule && finding.severity === 'info'),
    );
    expect(unexplained.map(({ rule, detail }) => `${rule}: ${detail}`)).toEqual([]);
  });

  it('leaves nothing undecided', () => {
    expect(result.coverage).toEqual([]);
  });

  it('loads in well under a second', () => {
    const start = process.cpuUsage();
    demoOrganization();
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(250);
  });
});
