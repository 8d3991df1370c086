import type { ClusterView, Estate } from '../estate/estate.ts';
import { annotatedIn, asksForRole } from '../identity/annotated.ts';
import { roleStanding } from '../identity/role-standing.ts';
import { defineRule } from './define-rule.ts';
import { association, estateExample, podIdentityStatement, role, trustPolicy } from './examples/estate.ts';
import { clusterWith } from './examples/kubernetes.ts';
import { serviceAccountWhere } from './places.ts';
import { BEST_PRACTICES } from './references.ts';
import type { Scope } from './scope.ts';
import { fail, pass } from './verdict.ts';
import { leadsTo, privilegeFacts, weighted } from './weight.ts';

interface Subject {
  readonly cluster: ClusterView;
  readonly namespace: string;
  readonly serviceAccount: string;
  /** ARN; null: it has none, or which was not read. */
  readonly role: string | null;
  readonly via: 'annotation' | 'association';
}

/** `default` ServiceAccounts with a role: every pod that names no ServiceAccount of its own gets it. */
export default defineRule({
  number: 'PT-209',
  name: 'no-default-service-account-role',
  kind: 'open',
  fix: 'manual',
  title: 'A default ServiceAccount is bound to a role',
  why: 'Kubernetes runs each pod that names no ServiceAccount as the `default` of its namespace. A role that is bound to it goes to all of them, those of tools and of tests included, and nobody asked for it.',
  remedy:
    'Give the workload a ServiceAccount of its own, move annotation or association to it, and let the trust policy name it.',
  references: [BEST_PRACTICES],
  examples: () => {
    const trust = trustPolicy(podIdentityStatement({ Condition: {} }));
    const given = (serviceAccount: string) => {
      const one = association({ serviceAccount });
      return {
        clusters: [clusterWith({ pods: [] }, { podIdentityAssociations: [one] })],
        roles: [role({ trustPolicy: trust })],
      };
    };
    return {
      fails: estateExample(
        'An association of shop/default',
        given('default'),
        association({ serviceAccount: 'default' }),
      ),
      passes: estateExample('An association of shop/checkout', given('checkout'), association()),
    };
  },
  needs: ['kubernetes:serviceAccounts', 'associations'],
  subjects: (scope) => scope.clusters.flatMap((view) => [...byAssociation(view), ...byAnnotation(view)]),
  where: (subject) => serviceAccountWhere(subject, subject.role ?? undefined),
  check: ({ serviceAccount, role: arn, via }, { estate }) => {
    if (serviceAccount !== 'default') return pass;
    // A role that is not there is bound to nobody: no-missing-annotated-role, no-missing-association-role.
    if (arn !== null && roleStanding(arn, estate).kind === 'absent') return pass;
    return fail({ via, ...permissionsOf(arn, estate) });
  },
  severity: ({ privileges }) => weighted('joinable', privileges),
  message: ({ via, privileges }, { namespace, role: arn }) =>
    `Every pod of ${namespace} that names no ServiceAccount gets ${arn ?? 'the role of its association'} by ${via}; ${leadsTo(privileges)}.`,
  identity: ({ via }) => [via],
});

function permissionsOf(arn: string | null, estate: Estate) {
  const view = arn === null ? undefined : estate.roleByArn.get(arn);
  return view === undefined ? { privileges: 'unknown' as const } : privilegeFacts(view);
}

function byAssociation(view: Scope['clusters'][number]): Subject[] {
  return (view.cluster.podIdentityAssociations ?? []).map(
    ({ namespace, serviceAccount, roleArn, targetRoleArn }) => ({
      cluster: view,
      namespace,
      serviceAccount,
      role: targetRoleArn ?? roleArn ?? null,
      via: 'association',
    }),
  );
}

/** An association comes before an annotation, and is the one that counts. */
function byAnnotation(view: ClusterView): Subject[] {
  return annotatedIn(view)
    .filter(asksForRole)
    .map(({ cluster: one, namespace, serviceAccount, annotation }) => ({
      cluster: one,
      namespace,
      serviceAccount,
      role: annotation.arn,
      via: 'annotation',
    }));
}
