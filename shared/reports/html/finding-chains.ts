import { rootStep } from '../../audit/explain.ts';
import type { ClusterView, Estate } from '../../estate/estate.ts';
import type { Finding } from '../../findings/finding.ts';
import { accessChain } from '../../identity/access/access-chain.ts';
import { parsePrincipal } from '../../identity/access/principal.ts';
import { type Step, verdictOf } from '../../identity/chain.ts';
import { serviceAccountChain } from '../../identity/service-account-chain.ts';
import type { ReportChain } from './data.ts';

interface FindingChains {
  readonly chains: readonly ReportChain[];
  /** Index into the chains by fingerprint. */
  readonly chainOf: ReadonlyMap<string, number>;
}

/** The chain that each finding is a link of: its ServiceAccount's to the role, or its principal's into the cluster; each once. */
export function findingChains(
  findings: readonly Finding[],
  { estate }: { readonly estate?: Estate },
): FindingChains {
  const chains: ReportChain[] = [];
  const chainOf = new Map<string, number>();
  if (estate === undefined) return { chains, chainOf };
  const known = new Map<string, number | null>();
  for (const finding of findings) {
    if (finding.status === 'resolved') continue;
    const key = questionOf(finding);
    if (key === null) continue;
    let index = known.get(key);
    if (index === undefined) {
      const chain = chainFor(finding, estate);
      index = chain === null ? null : chains.push(chain) - 1;
      known.set(key, index);
    }
    if (index !== null) chainOf.set(finding.fingerprint, index);
  }
  return { chains, chainOf };
}

/** What tells two questions apart, or null for a finding that is not about one chain. */
function questionOf(finding: Finding): string | null {
  const {
    account,
    clusterAccount = account,
    region,
    cluster,
    namespace,
    serviceAccount,
    principal,
  } = finding;
  if (cluster === undefined) return null;
  if (serviceAccount === undefined && principal === undefined) return null;
  return JSON.stringify([clusterAccount, region, cluster, namespace, serviceAccount ?? principal]);
}

function chainFor(finding: Finding, estate: Estate): ReportChain | null {
  const cluster = clusterOf(finding, estate);
  if (cluster === null) return null;
  const { namespace, serviceAccount, principal } = finding;
  const { name } = cluster.cluster;
  if (namespace !== undefined && serviceAccount !== undefined) {
    const { mechanism, steps } = serviceAccountChain({ cluster, namespace, serviceAccount }, estate);
    const about = `Does ServiceAccount ${namespace}/${serviceAccount} of cluster ${name} get its role?`;
    return chainOfSteps(about, mechanism, steps);
  }
  const parsed = parsePrincipal(principal ?? '');
  if (parsed === null) return null;
  const { steps } = accessChain({ cluster, principal: parsed }, estate);
  return chainOfSteps(`Does ${parsed.arn} get into cluster ${name}?`, 'cluster-access', steps);
}

function clusterOf({ account, clusterAccount = account, region, cluster }: Finding, estate: Estate) {
  const named = estate.clustersByName.get(cluster ?? '') ?? [];
  return named.find((view) => isAt(view, clusterAccount, region)) ?? null;
}

function isAt(view: ClusterView, account: string, region: string | undefined): boolean {
  return view.account.id === account && (region ?? view.region) === view.region;
}

function chainOfSteps(
  about: string,
  mechanism: ReportChain['mechanism'],
  steps: readonly Step[],
): ReportChain {
  const reason = rootStep(steps);
  return {
    about,
    verdict: verdictOf(steps),
    mechanism,
    steps: steps.map(({ check, status, detail }) => ({ check, status, detail })),
    reason:
      reason === null ? null : { check: reason.check, detail: reason.detail, rule: reason.rule ?? null },
  };
}
