import type { KubernetesList } from '../estate/kubernetes-view.ts';
import { rules } from './index.ts';

/** Names of the rules that are undecided, or undecided somewhere, for a cluster without these lists of its Kubernetes API. */
export function rulesNeeding(lists: readonly KubernetesList[]): string[] {
  const wanted = new Set<string>(lists.map((list) => `kubernetes:${list}`));
  return rules
    .filter(({ needs, weighs }) => [...needs, ...weighs].some((need) => wanted.has(need)))
    .map(({ name }) => name)
    .sort();
}
