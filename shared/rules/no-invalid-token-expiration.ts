import type { ClusterView } from '../estate/estate.ts';
import { annotatedIn, associationsIn } from '../identity/annotated.ts';
import { EXPIRATION_ANNOTATION } from '../kubernetes/injection/binding.ts';
import { defineRule } from './define-rule.ts';
import { hasApiServer } from './doors/api-server.ts';
import { estateExample, ROLE_ARN, role } from './examples/estate.ts';
import { clusterWith, serviceAccount } from './examples/kubernetes.ts';
import { serviceAccountWhere } from './places.ts';
import { IRSA_ROLE } from './references.ts';
import { fail, pass } from './verdict.ts';

interface Subject {
  readonly cluster: ClusterView;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly on: 'ServiceAccount' | 'pod';
  readonly value: string;
}

/** Token lifetimes that the webhook does not take as they are written. */
export default defineRule({
  number: 'PT-212',
  name: 'no-invalid-token-expiration',
  kind: 'broken',
  fix: 'manual',
  title: 'The token expiration of an annotation is not what the tokens get',
  why: 'The webhook takes whole seconds from 600 on: less becomes 600, and what is no number becomes the default of 86400. EKS issues no token for longer than 86400 seconds.',
  remedy: `Write ${EXPIRATION_ANNOTATION} as a whole number of seconds from 600 to 86400, or remove it.`,
  references: [IRSA_ROLE],
  examples: () => {
    const lasting = (seconds: string) =>
      serviceAccount({
        annotations: { 'eks.amazonaws.com/role-arn': ROLE_ARN, [EXPIRATION_ANNOTATION]: seconds },
      });
    const given = (seconds: string) => ({
      clusters: [clusterWith({ serviceAccounts: [lasting(seconds)] })],
      roles: [role()],
    });
    return {
      fails: estateExample('Five minutes', given('300'), lasting('300')),
      passes: estateExample('One hour', given('3600'), lasting('3600')),
    };
  },
  needs: ['kubernetes:serviceAccounts', 'kubernetes:pods'],
  subjects: ({ clusters }) =>
    clusters.filter(hasApiServer).flatMap((view) => [...onAccounts(view), ...onPods(view)]),
  where: (subject) => serviceAccountWhere(subject),
  check: ({ on, value }) => {
    const effect = effectOf(value);
    return effect === null ? pass : fail({ on, value, effect });
  },
  severity: () => 'low',
  message: ({ on, value, effect }, { namespace, serviceAccount: name }) =>
    `${on === 'pod' ? 'Pods of ' : ''}${namespace}/${name} ${on === 'pod' ? 'ask' : 'asks'} for tokens of "${value}" seconds: ${effect}.`,
  identity: ({ on, value }) => [on, value],
});

/** What becomes of a value, or null when it counts as it is (amazon-eks-pod-identity-webhook, pkg/cache and pkg/constants.go). */
function effectOf(value: string): string | null {
  if (!/^[+-]?\d{1,18}$/.test(value)) return 'it is no whole number, and the default of 86400 counts';
  const seconds = Number(value);
  if (seconds < 600) return 'the webhook makes it 600';
  return seconds > 86_400 ? 'EKS issues them for 86400 at most' : null;
}

/** Annotations of ServiceAccounts without a role say nothing: no token is mounted. */
function onAccounts(cluster: ClusterView): Subject[] {
  const bound = boundIn(cluster);
  return (cluster.kubernetes.data.serviceAccounts ?? []).flatMap(({ namespace, name, annotations }) => {
    const value = annotations?.[EXPIRATION_ANNOTATION];
    if (value === undefined || !bound.has(`${namespace}/${name}`)) return [];
    return [{ cluster, namespace, serviceAccount: name, on: 'ServiceAccount', value }];
  });
}

function onPods(cluster: ClusterView): Subject[] {
  const bound = boundIn(cluster);
  const found = new Map<string, Subject>();
  for (const { namespace, serviceAccount: name, annotations } of cluster.kubernetes.data.pods ?? []) {
    const value = annotations?.[EXPIRATION_ANNOTATION];
    if (value === undefined || !bound.has(`${namespace}/${name}`)) continue;
    found.set(JSON.stringify([namespace, name, value]), {
      cluster,
      namespace,
      serviceAccount: name,
      on: 'pod',
      value,
    });
  }
  return [...found.values()];
}

function boundIn(cluster: ClusterView): ReadonlySet<string> {
  const annotated = annotatedIn(cluster).map(({ namespace, serviceAccount: name }) => `${namespace}/${name}`);
  return new Set([...annotated, ...associationsIn(cluster).keys()]);
}
