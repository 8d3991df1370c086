import type { Manager } from '../estate/kubernetes-schema.ts';
import { redact } from '../estate/redact.ts';

/** What an object of Kubernetes says of itself. */
interface Signed {
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly managedFields?: readonly { readonly manager?: string | undefined }[] | undefined;
}

type Sign = readonly [tool: Manager['tool'], where: 'label' | 'annotation', key: string];

/**
 * Keys that tools put on what they write again and again: Helm (Helm documentation, "Labels and Annotations" and the
 * adoption of resources), Argo CD (resource tracking), Flux (kustomize and helm controllers, "Garbage collection").
 */
const SIGNS: readonly Sign[] = [
  ['helm', 'annotation', 'meta.helm.sh/release-name'],
  ['argocd', 'annotation', 'argocd.argoproj.io/tracking-id'],
  ['argocd', 'label', 'argocd.argoproj.io/instance'],
  ['flux', 'label', 'kustomize.toolkit.fluxcd.io/name'],
  ['flux', 'label', 'helm.toolkit.fluxcd.io/name'],
];

/** The label by which tools name themselves (Kubernetes, "Recommended Labels"). */
const MANAGED_BY = 'app.kubernetes.io/managed-by';

const NAMED: Readonly<Record<string, Manager['tool']>> = {
  helm: 'helm',
  argocd: 'argocd',
  flux: 'flux',
  eksctl: 'eksctl',
};

const LONGEST = 300;

/**
 * Who writes an object besides people, as its labels, annotations and field managers say; undefined where none does. EKS
 * writes what belongs to an add-on as field manager `eks` (EKS user guide, "Determine fields you can customize").
 */
export function managersOf({ labels, annotations, managedFields }: Signed): Manager[] | undefined {
  const found: Manager[] = [];
  const say = (tool: Manager['tool'], evidence: string) => {
    if (!found.some((one) => one.tool === tool))
      found.push({ tool, evidence: redact(evidence).slice(0, LONGEST) });
  };
  for (const [tool, where, key] of SIGNS) {
    const value = own(where === 'label' ? labels : annotations, key);
    if (value !== undefined) say(tool, `${where} ${key} = ${value}`);
  }
  const named = own(labels, MANAGED_BY);
  if (named !== undefined && named !== '')
    say(own(NAMED, named.toLowerCase()) ?? 'other', `label ${MANAGED_BY} = ${named}`);
  if (managedFields?.some(({ manager }) => manager === 'eks') === true) say('eks', 'field manager eks');
  return found.length === 0 ? undefined : found;
}

function own<T>(values: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return values !== undefined && Object.hasOwn(values, key) ? values[key] : undefined;
}
