/** Whether the pods of a workload use the credentials that the webhook gave them. */
import type { Container, PodGroup } from '../../estate/kubernetes-schema.ts';
import { type Source, winner } from '../../kubernetes/credentials/chain.ts';
import { type Proxied, proxied } from '../../kubernetes/credentials/proxy.ts';
import { takesUnknownVariables, textOf } from '../../kubernetes/credentials/variables.ts';
import { received } from '../../kubernetes/injection/received.ts';
import type { BoundWorkload } from './workloads.ts';

/** A container in which something else may come first. */
interface Shadow {
  readonly container: string;
  readonly init: boolean;
  readonly because: string;
}

export interface CredentialsOf {
  /** Something else comes first, in some SDKs or in all. */
  readonly shadowed: readonly (Shadow & { readonly everySdk: boolean })[];
  /** What decides is not read: files, or whether a Secret exists. */
  readonly open: readonly (Shadow & { readonly on: 'files' | 'optional' })[];
  /** A proxy stands before the Pod Identity agent, or may. */
  readonly proxied: readonly { readonly container: string; readonly by: Proxied }[];
  /** Containers that take whole Secrets or ConfigMaps as variables. */
  readonly unknownVariables: readonly string[];
  /** Containers that got what the webhook gives, init containers apart. */
  readonly given: readonly string[];
}

/** Looks at every container that got its ServiceAccount's identity; of containers of one name the first of a kind counts. */
export function credentialsOf(workload: BoundWorkload): CredentialsOf {
  const containers = workload.groups.flatMap((group) => givenContainers(group, workload));
  const judged = containers.map((container) => ({ container, verdict: judge(container, workload) }));
  const shadow = ({ name, init }: Container, because: string) => ({
    container: name,
    init: init === true,
    because,
  });
  const proxies = workload.binding.mechanism === 'pod-identity' ? containers : [];
  return {
    shadowed: distinct(
      judged.flatMap(({ container, verdict }) =>
        verdict.kind === 'shadowed'
          ? [{ ...shadow(container, verdict.because), everySdk: verdict.everySdk }]
          : [],
      ),
    ),
    open: distinct(
      judged.flatMap(({ container, verdict }) =>
        verdict.kind === 'open' ? [{ ...shadow(container, verdict.because), on: verdict.on }] : [],
      ),
    ),
    proxied: distinct(
      proxies.flatMap((container) => {
        const by = proxied(container);
        return by.kind === 'direct' ? [] : [{ container: container.name, by }];
      }),
    ),
    unknownVariables: [...new Set(containers.filter(takesUnknownVariables).map(({ name }) => name))],
    given: [...new Set(containers.filter(({ init }) => init !== true).map(({ name }) => name))],
  };
}

function givenContainers(group: PodGroup, { binding }: BoundWorkload): Container[] {
  return group.containers.filter((container) => received(container, group, binding).kind === 'given');
}

type Judged =
  | { readonly kind: 'used' }
  | { readonly kind: 'shadowed'; readonly everySdk: boolean; readonly because: string }
  | { readonly kind: 'open'; readonly on: 'files' | 'optional'; readonly because: string };

function judge(container: Container, { binding, association }: BoundWorkload): Judged {
  const intended: Source = binding.mechanism === 'irsa' ? 'web-identity' : 'container';
  const won = winner(container);
  if (won.kind === 'certain') {
    if (won.source === intended) return { kind: 'used' };
    const role = textOf(container, 'AWS_ROLE_ARN');
    const same = won.source === 'web-identity' && role !== undefined && role === association?.roleArn;
    return same ? { kind: 'used' } : { kind: 'shadowed', everySdk: true, because: won.because };
  }
  if (won.on !== 'sdk') return { kind: 'open', on: won.on, because: won.because };
  return { kind: 'shadowed', everySdk: !won.sources.includes(intended), because: won.because };
}

function distinct<T extends { readonly container: string }>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [item.container, item])).values()];
}
