import type { ClusterView, Missing } from '../../estate/estate.ts';
import { accountSide, annotateCommand } from '../../identity/account-side.ts';
import { ADDON_SERVICE_ACCOUNTS } from '../../identity/addon-service-accounts.ts';
import { associationsIn } from '../../identity/annotated.ts';

/** A ServiceAccount of a cluster, there or not. */
export interface AnnotatedPlace {
  readonly cluster: ClusterView;
  readonly namespace: string;
  readonly serviceAccount: string;
}

/** `shop/cart of cluster prod`. */
export function wordsOf({ cluster, namespace, serviceAccount }: AnnotatedPlace): string {
  return `${namespace}/${serviceAccount} of cluster ${cluster.cluster.name}`;
}

/** Why an annotation with a role cannot do what it is for: what is certain, and what was not read. */
export function obstacles(place: AnnotatedPlace, role: string): string[] {
  return [...accountObstacles(place, role), ...associationObstacle(place)];
}

/** Why the ServiceAccount cannot be annotated by this. `role`: null takes the annotation away. */
export function accountObstacles(place: AnnotatedPlace, role: string | null): string[] {
  const { cluster, namespace, serviceAccount } = place;
  const side = accountSide(place);
  if (side.kind === 'absent')
    return [`${side.step.detail} A ServiceAccount is made with its annotation, in its chart or manifest.`];
  if (side.kind === 'unknown') {
    const missing = cluster.kubernetes.missing('serviceAccounts');
    const by = role === null ? '' : ` By hand: ${annotateCommand(place, role)}`;
    return [
      `${missing === null ? side.step.detail : words(missing)}. What the ServiceAccount is annotated with now is not known; docs/kubernetes.md says how to let podtrust read the cluster.${by}`,
    ];
  }
  const addon = addonOf(place);
  if (addon === null) return [];
  if (typeof addon === 'object') return [words(addon)];
  const given = role === null ? '' : ` --service-account-role-arn ${role}`;
  return [
    `${namespace}/${serviceAccount} belongs to ${addon === '' ? 'an add-on' : `add-on ${addon}`}, and EKS writes its annotation: aws eks update-addon --region ${cluster.region} --cluster-name ${cluster.cluster.name} --addon-name ${addon === '' ? '<add-on>' : addon}${given}`,
  ];
}

/** An association comes before an annotation (amazon-eks-pod-identity-webhook): pods would get nothing by it. */
function associationObstacle(place: AnnotatedPlace): string[] {
  const { cluster, namespace, serviceAccount } = place;
  const missing = cluster.missing('podIdentityAssociations');
  if (missing !== null) return [`${words(missing)}. An association would come before the annotation.`];
  const found = associationsIn(cluster).get(`${namespace}/${serviceAccount}`);
  if (found === undefined) return [];
  return [
    `${wordsOf(place)} has association ${found.id} with ${found.roleArn ?? 'a role that was not read'}, which comes before an annotation: delete it first, or give it the role.`,
  ];
}

/**
 * The add-on whose ServiceAccount it is, empty where its name is not known: EKS applies what it owns as field manager `eks`,
 * and sets the annotation by the add-on's role (EKS user guide, IAM roles for add-ons). Null where it is nobody's.
 */
function addonOf({ cluster, namespace, serviceAccount }: AnnotatedPlace): string | Missing | null {
  const [known] =
    Object.entries(ADDON_SERVICE_ACCOUNTS).find(
      ([, [in_, name]]) => in_ === namespace && name === serviceAccount,
    ) ?? [];
  const isInstalled = cluster.cluster.addons?.some(({ name }) => name === known) === true;
  if (known !== undefined && isInstalled) return known;
  const { managers } = cluster.kubernetes.serviceAccount(namespace, serviceAccount) ?? {};
  if (managers?.some(({ tool }) => tool === 'eks') === true) return known ?? '';
  return known === undefined ? null : cluster.missing('addons');
}

const words = ({ read, reason }: Missing): string => `${read}: ${reason}`;
