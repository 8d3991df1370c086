import type { Estate, RoleView } from '../../estate/estate.ts';
import type { Manager } from '../../estate/kubernetes-schema.ts';
import { annotatedIn, associationsIn } from '../../identity/annotated.ts';
import { answerWebIdentity, webIdentityOf } from '../../identity/irsa-trust.ts';
import { restartWords } from '../../identity/pods/restart.ts';
import { workloadName, workloadsOf } from '../../identity/pods/workloads.ts';
import { type AnnotatedPlace, wordsOf } from './obstacles.ts';

const MOST_WORKLOADS = 50;

/** What to know and to do besides: who puts the annotation back, and which pods have to be made anew. */
export function whatToKnow(place: AnnotatedPlace, role: RoleView | null): string[] {
  const { cluster } = place;
  const far = role !== null && role.account.id !== cluster.account.id;
  return [
    'The annotation is written by podtrust apply with --annotate alone, or by the deployed functions where fixes.kubernetes allows annotations of this cluster; else by the command or the values below.',
    ...managedBy(place),
    ...misspelt(place),
    ...(far
      ? [
          `${role.role.arn} is in account ${role.account.id}, and the cluster in ${cluster.account.id}: the provider and the trust policy are those of the role's account.`,
        ]
      : []),
    ...restarts(place),
  ];
}

const TOOLS: Readonly<Record<Manager['tool'], string>> = {
  helm: 'Helm',
  argocd: 'Argo CD',
  flux: 'Flux',
  eksctl: 'eksctl',
  eks: 'EKS',
  other: 'another tool',
};

function managedBy({ cluster, namespace, serviceAccount }: AnnotatedPlace): string[] {
  const { managers = [] } = cluster.kubernetes.serviceAccount(namespace, serviceAccount) ?? {};
  return managers.map(
    ({ tool, evidence }) =>
      `${TOOLS[tool]} writes the ServiceAccount (${evidence}) and will put back what its source says: change it there, too.`,
  );
}

function misspelt(place: AnnotatedPlace): string[] {
  const { annotation } = annotatedAt(place) ?? {};
  return annotation?.kind === 'misspelt'
    ? [`The annotation ${annotation.key} is read by nothing: take it out.`]
    : [];
}

function restarts({ cluster, namespace, serviceAccount }: AnnotatedPlace): string[] {
  const own = workloadsOf(cluster).filter(
    (one) => one.namespace === namespace && one.serviceAccount === serviceAccount,
  );
  const missing = cluster.kubernetes.missing('pods');
  return [
    'Pods get their identity when they are created: those that run keep the variables that they have, and get no others.',
    ...(missing === null ? [] : [`Which pods run was not read (${missing.read}): ${missing.reason}.`]),
    ...own
      .slice(0, MOST_WORKLOADS)
      .map((one) => `Afterwards restart ${workloadName(one)}: ${restartWords(one)}`.slice(0, 2000)),
  ];
}

/** Which role the annotation names now, and what becomes of that. */
export function replacedWords(place: AnnotatedPlace, role: string | null): string[] {
  const { annotation } = annotatedAt(place) ?? {};
  if (annotation?.kind === 'invalid')
    return [`The annotation ${annotation.key}: ${annotation.value} names no role, and goes.`];
  if (annotation?.kind !== 'role' || annotation.arn === role) return [];
  const { cluster, namespace, serviceAccount } = place;
  const association = associationsIn(cluster).get(`${namespace}/${serviceAccount}`);
  const missing = cluster.missing('podIdentityAssociations');
  const who =
    association !== undefined
      ? `its pods that are made anew get ${association.roleArn ?? 'a role that was not read'} by association ${association.id} alone, and lose nothing`
      : missing !== null
        ? `whether an association comes before it is not known (${missing.read}: ${missing.reason})`
        : `its pods that are made anew no longer get it${role === null ? ', nor any other' : ''}`;
  return [`${wordsOf(place)} is annotated with ${annotation.arn}: ${who}.`];
}

/** A trust policy that still lets a ServiceAccount in: whoever may annotate it has the role back. */
export function keptDoor(place: AnnotatedPlace, estate: Estate): string[] {
  const annotated = annotatedAt(place);
  if (annotated?.annotation.kind !== 'role') return [];
  const role = estate.roleByArn.get(annotated.annotation.arn);
  const wanted = role === undefined ? null : webIdentityOf(annotated, role);
  if (role === undefined || wanted === null) return [];
  const outcome = answerWebIdentity(role, wanted, estate)?.outcome ?? 'denied';
  return outcome === 'denied'
    ? []
    : [
        `The trust policy of ${role.role.arn} still lets ${wordsOf(place)} in: whoever may edit the ServiceAccount can have the role back. Take its subject out of it where nobody needs it any more.`,
      ];
}

function annotatedAt({ cluster, namespace, serviceAccount }: AnnotatedPlace) {
  return annotatedIn(cluster).find(
    (one) => one.namespace === namespace && one.serviceAccount === serviceAccount,
  );
}
