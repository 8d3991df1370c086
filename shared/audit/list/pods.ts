import type { Estate } from '../../estate/estate.ts';
import type { PodGroup } from '../../estate/kubernetes-schema.ts';
import { verdictOf } from '../../identity/chain.ts';
import { type Actual, actualOf } from '../../identity/pods/actual.ts';
import { injectionOf } from '../../identity/pods/injection.ts';
import { isMeantForNode } from '../../identity/pods/reachable-nodes.ts';
import { boundBy, type Workload, workloadsOf } from '../../identity/pods/workloads.ts';
import { serviceAccountChain } from '../../identity/service-account-chain.ts';
import { rootStep } from '../explain.ts';
import { compareText } from '../order.ts';
import { clustersOf, type ListFilter, passes, unknownAt } from './filter.ts';
import { LIST_VERSION, type ListOf, type RowOf } from './report.ts';

type Row = RowOf<'pods'>;

/** Every running pod, grouped by workload and form: which identity it should have, which it gets, and why they differ. */
export function listPods(estate: Estate, filter: ListFilter): ListOf<'pods'> {
  const clusters = clustersOf(estate.clusters, filter);
  const rows = clusters
    .flatMap((cluster) =>
      workloadsOf(cluster)
        .filter((workload) => passes(filter, workload))
        .flatMap((workload) => rowsOf(workload, estate)),
    )
    .filter(({ should, gets }) => filter.role === undefined || [should.role, gets.role].includes(filter.role))
    .sort((a, b) => compareText(placeOf(a), placeOf(b)));
  const unknowns = clusters.flatMap((one) => [
    ...unknownAt(one.cluster.name, one.missing('podIdentityAssociations')),
    ...unknownAt(one.cluster.name, one.kubernetes.missing('serviceAccounts')),
    ...unknownAt(one.cluster.name, one.kubernetes.missing('pods')),
  ]);
  return { schemaVersion: LIST_VERSION, kind: 'pods', rows, unknowns };
}

const placeOf = ({ cluster, namespace, kind, workload, containers }: Row): string =>
  [cluster, namespace, kind, workload, ...containers].join('\u0000');

/** What a ServiceAccount should give its pods, and whether AWS gives it. */
interface Meant {
  readonly should: Row['should'];
  readonly aws: 'works' | 'broken' | 'unknown';
  /** Why AWS does not, or what is not known of it. */
  readonly why: string | null;
}

function meantFor({ cluster, namespace, serviceAccount }: Workload, estate: Estate): Meant {
  const bound = boundBy(cluster, namespace, serviceAccount);
  const missing = cluster.missing('podIdentityAssociations') ?? cluster.kubernetes.missing('serviceAccounts');
  const { steps } = serviceAccountChain({ cluster, namespace, serviceAccount }, estate);
  if (bound === null || (missing !== null && bound.association === null)) {
    const should = { mechanism: 'none', role: null } as const;
    if (missing !== null) return { should, aws: 'unknown', why: `${missing.read}: ${missing.reason}` };
    // Where a rule says why, it was meant to have one.
    const wanted = rootStep(steps);
    return wanted?.rule == null
      ? { should, aws: 'works', why: null }
      : { should, aws: 'broken', why: wanted.detail };
  }
  const aws = steps.filter(({ side }) => side === 'aws');
  const reason = rootStep(aws) ?? aws.find(({ status }) => status === 'unknown');
  const { binding, association } = bound;
  const role =
    binding.mechanism === 'irsa' ? binding.roleArn : (association?.targetRoleArn ?? association?.roleArn);
  return {
    should: { mechanism: binding.mechanism, role: role ?? null },
    aws: verdictOf(aws),
    why: reason?.detail ?? null,
  };
}

function rowsOf(workload: Workload, estate: Estate): Row[] {
  const meant = meantFor(workload, estate);
  return workload.groups.flatMap((group) => {
    const byActual = new Map<string, { actual: Actual; containers: string[] }>();
    for (const container of group.containers.filter(({ init }) => init !== true)) {
      const actual = actualOf(container, group, workload.cluster);
      const key = JSON.stringify([actual.source, actual.role]);
      const known = byActual.get(key) ?? { actual, containers: [] };
      known.containers.push(container.name);
      byActual.set(key, known);
    }
    const forms = [...byActual.values()];
    const some = forms.some(({ actual }) => isMeant(actual, meant));
    return forms.map(({ actual, containers }) => ({
      ...headOf(workload, group),
      containers,
      should: meant.should,
      ...outcome(actual, meant, { workload, group, some }),
    }));
  });
}

function headOf({ cluster, namespace, kind, name, serviceAccount }: Workload, { count, names }: PodGroup) {
  return {
    cluster: cluster.cluster.arn,
    namespace,
    kind,
    workload: name,
    serviceAccount,
    pods: count,
    some: [...names],
  };
}

function isMeant({ source, role }: Actual, { should }: Meant): boolean {
  switch (should.mechanism) {
    case 'none':
      return source === 'nobody';
    case 'irsa':
      return source === 'web-identity' && role === should.role;
    case 'pod-identity':
      return role === should.role && (source === 'container' || source === 'web-identity');
  }
}

interface Around {
  readonly workload: Workload;
  readonly group: PodGroup;
  /** True when another container of the same pods gets what is meant. */
  readonly some: boolean;
}

function outcome(actual: Actual, meant: Meant, around: Around): Pick<Row, 'gets' | 'as' | 'why'> {
  const { source, role, because } = actual;
  const gets = { source, role };
  if (isMeant(actual, meant)) {
    if (meant.aws === 'works') return { gets, as: 'meant', why: null };
    if (meant.aws === 'unknown') return { gets, as: 'unknown', why: meant.why };
    return { gets: { source: 'nobody', role: null }, as: 'otherwise', why: meant.why };
  }
  if (source === 'depends' || (meant.should.mechanism === 'none' && meant.aws === 'unknown'))
    return { gets, as: 'unknown', why: source === 'depends' ? because : meant.why };
  if (source === 'instance-metadata' && meant.should.mechanism === 'none') {
    return isMeantForNode(around.workload, around.group)
      ? { gets, as: 'meant', why: 'it belongs to the node, and uses the role of it' }
      : { gets, as: 'otherwise', why: meant.why ?? NODES };
  }
  if (around.some && (source === 'nobody' || source === 'instance-metadata'))
    return { gets, as: 'left-out', why: 'left out on purpose, or added by another webhook later' };
  return { gets, as: 'otherwise', why: lackOf(around) ?? because };
}

const NODES = 'it has no identity of its own, and reaches that of its node';

/** Why pods lack what the webhook should give them, where it is that. */
function lackOf({ workload, group }: Around): string | null {
  const bound = boundBy(workload.cluster, workload.namespace, workload.serviceAccount);
  if (bound === null) return null;
  const { lacking } = injectionOf({ ...workload, ...bound, groups: [group] });
  return lacking[0]?.words ?? null;
}
