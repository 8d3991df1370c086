import { describe, expect, it } from 'vitest';
import { findingOf } from '../../shared/audit/audit.ts';
import { collect } from '../../shared/aws/collect.ts';
import { readPermissions } from '../../shared/aws/permissions.ts';
import { defaultConfig } from '../../shared/config/config.ts';
import { buildEstate } from '../../shared/estate/build-estate.ts';
import { KUBERNETES_READS, type KubernetesList } from '../../shared/estate/kubernetes-view.ts';
import type { Cluster, Snapshot } from '../../shared/estate/snapshot.ts';
import { covers, doubtsOf } from '../../shared/findings/doubt.ts';
import type { Finding } from '../../shared/findings/finding.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { doubtsAbout, unreached } from '../../shared/pipeline/unreached.ts';
import { judge } from '../../shared/rules/judge.ts';
import { demoOrganization, demoSnapshot } from '../../simulator/demo/organization.ts';
import { PLATFORM } from '../../simulator/demo/places.ts';
import { simulatedKubernetes } from '../../simulator/kubernetes.ts';

/** Reads the demo organization while an action is denied, in one account or in all. */
async function readWithout(action: string | null, account?: string): Promise<Snapshot> {
  const simulation = demoOrganization();
  if (action !== null)
    simulation.faults.on(action, { kind: 'denied', ...(account !== undefined && { account }) });
  const snapshot = await collect({
    clients: simulation.clients({ account: PLATFORM.id, readRole: 'podtrust-read' }),
    accounts: demoSnapshot().accounts.map(({ id }) => id),
    now: simulation.clock.now,
    kubernetes: simulatedKubernetes(demoSnapshot()),
  });
  return { ...snapshot, organization: { complete: true } };
}

/** The reading of one account alone, as the pipeline reads an account whose neighbours were not asked about. */
const alone = (snapshot: Snapshot, account: string): Snapshot => ({
  ...snapshot,
  organization: { complete: false },
  accounts: snapshot.accounts.filter(({ id }) => id === account),
});

/** The reading without one list of every cluster's Kubernetes API, or without any. */
function withoutKubernetes(snapshot: Snapshot, list: KubernetesList | null): Snapshot {
  const without = ({ kubernetes, ...cluster }: Cluster): Cluster => {
    if (kubernetes === undefined || list === null) return cluster;
    const { [list]: _, ...rest } = kubernetes;
    return { ...cluster, kubernetes: rest };
  };
  return {
    ...snapshot,
    accounts: snapshot.accounts.map((account) => ({
      ...account,
      regions: (account.regions ?? []).map(({ name, clusters = [] }) => ({
        name,
        clusters: clusters.map(without),
      })),
    })),
  };
}

const findingsOf = (snapshot: Snapshot) => {
  const estate = buildEstate(snapshot);
  const { failures, undecided } = judge(estate, defaultConfig);
  return { estate, findings: failures.map((failure) => findingOf(failure, sha256)), undecided };
};

/** Findings of the whole reading that a reading with gaps neither reports nor leaves open. */
function resolvedBy(snapshot: Snapshot, whole: readonly Finding[]): string[] {
  const { estate, findings, undecided } = findingsOf(snapshot);
  const reported = new Set(findings.map(({ fingerprint }) => fingerprint));
  return whole
    .filter(({ fingerprint }) => !reported.has(fingerprint))
    .filter((finding) => {
      const doubts = [
        ...doubtsOf(finding.account, snapshot, undecided),
        ...doubtsAbout(unreached([finding], estate)),
      ];
      return !doubts.some((doubt) => covers(doubt, finding));
    })
    .map(({ rule, detail }) => `${rule}: ${detail}`);
}

const everything = await readWithout(null);
const whole = findingsOf(everything).findings;
const actions = readPermissions().actions.filter((action) => action !== 'sts:GetCallerIdentity');
const KUBERNETES_LISTS = Object.keys(KUBERNETES_READS) as KubernetesList[];
const accounts = demoSnapshot().accounts.map(({ id }) => id);

describe('a reading that lacks something resolves nothing', () => {
  it.each(accounts)('of the accounts only %s is read', (account) => {
    const own = whole.filter((finding) => finding.account === account);
    expect(resolvedBy(alone(everything, account), own)).toEqual([]);
  });

  it.each(actions)('%s is denied everywhere', async (action) => {
    expect(resolvedBy(await readWithout(action), whole)).toEqual([]);
  });

  it.each(accounts.flatMap((account) => actions.map((action) => [action, account] as const)))(
    '%s is denied in %s',
    async (action, account) => {
      expect(resolvedBy(await readWithout(action, account), whole)).toEqual([]);
    },
  );

  it.each([null, ...KUBERNETES_LISTS])('of Kubernetes %s is not read (null: nothing at all)', (list) => {
    expect(resolvedBy(withoutKubernetes(everything, list), whole)).toEqual([]);
  });
});
