import { buildEstate } from '../../estate/build-estate.ts';
import type { Estate } from '../../estate/estate.ts';
import type { Snapshot } from '../../estate/snapshot.ts';
import { type Step, verdictOf } from '../../identity/chain.ts';
import { injectionOf } from '../../identity/pods/injection.ts';
import { boundWorkloads, workloadName } from '../../identity/pods/workloads.ts';
import { serviceAccountChain } from '../../identity/service-account-chain.ts';
import type { AnnotatedPlace } from './obstacles.ts';

/** What stands between a ServiceAccount and its role in an estate in which a plan was made. */
export interface ChainAfter {
  readonly fails: readonly string[];
  readonly unknowns: readonly string[];
}

/**
 * Follows a ServiceAccount to its role after a plan, as `podtrust explain` does, for pods that are made anew: what those
 * lack that run says nothing, since they get their identity when they start, unless their specification is in the way.
 */
export function chainAfter(place: AnnotatedPlace, role: string, later: Estate): ChainAfter {
  const anew = stepsOf(place, role, buildEstate(withoutPods(later.snapshot, place)));
  const now = stepsOf(place, role, later).filter(({ rule }) => rule !== 'no-uninjected-pod');
  const steps = [...anew, ...now.filter(({ check }) => check.startsWith('pod-'))];
  const said = (status: Step['status']) => [
    ...new Set(
      steps
        .filter((step) => step.status === status)
        .map(({ check, detail }) => `Check ${check} of podtrust explain would ${SAYS[status]}: ${detail}`),
    ),
  ];
  return {
    fails: verdictOf(steps) === 'broken' ? said('fail') : inTheWay(place, later),
    unknowns: said('unknown'),
  };
}

const SAYS: Readonly<Record<Step['status'], string>> = {
  fail: 'fail',
  unknown: 'be unknown',
  pass: 'pass',
  'not-evaluated': 'be left out',
};

function stepsOf(
  { cluster, namespace, serviceAccount }: AnnotatedPlace,
  role: string,
  estate: Estate,
): readonly Step[] {
  const view = estate.clusters.find((one) => one.cluster.arn === cluster.cluster.arn);
  if (view === undefined) return [];
  return serviceAccountChain({ cluster: view, namespace, serviceAccount, role }, estate).steps;
}

/** Pods whose specification sets one of the variables itself: the webhook adds neither, however often they are made. */
function inTheWay({ cluster, namespace, serviceAccount }: AnnotatedPlace, later: Estate): string[] {
  const view = later.clusters.find((one) => one.cluster.arn === cluster.cluster.arn);
  const own = (view === undefined ? [] : boundWorkloads(view)).filter(
    (one) => one.namespace === namespace && one.serviceAccount === serviceAccount,
  );
  return own.flatMap((workload) =>
    injectionOf(workload)
      .lacking.filter(({ reason }) => reason === 'half')
      .map(({ words }) => `${workloadName(workload)} would get nothing: ${words}.`),
  );
}

function withoutPods(snapshot: Snapshot, { cluster, namespace, serviceAccount }: AnnotatedPlace): Snapshot {
  return {
    ...snapshot,
    accounts: snapshot.accounts.map((account) => ({
      ...account,
      regions: account.regions?.map((region) => ({
        ...region,
        clusters: region.clusters?.map((one) =>
          one.arn === cluster.cluster.arn && one.kubernetes?.pods !== undefined
            ? {
                ...one,
                kubernetes: {
                  ...one.kubernetes,
                  pods: one.kubernetes.pods.filter(
                    (pod) => pod.namespace !== namespace || pod.serviceAccount !== serviceAccount,
                  ),
                },
              }
            : one,
        ),
      })),
    })),
  };
}
