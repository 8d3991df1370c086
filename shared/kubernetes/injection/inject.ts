/** A model of what amazon-eks-pod-identity-webhook does to a pod that is being created (pkg/handler/handler.go). */
import type { Container, PodGroup } from '../../estate/kubernetes-schema.ts';
import { type Binding, expirationIn, SKIP_CONTAINERS_ANNOTATION, SKIP_LABEL } from './binding.ts';

/** What of a pod the webhook looks at. */
export type InjectedPod = Pick<PodGroup, 'annotations' | 'labels' | 'os' | 'tokens' | 'containers'>;

interface Variable {
  readonly name: string;
  readonly value: string;
}

/** What becomes of one container. */
interface ContainerInjection {
  readonly container: string;
  /** True when the pod asks the webhook to leave this container alone. */
  readonly skipped: boolean;
  /** Variables that are added; none of those that the container has already are overwritten. */
  readonly adds: readonly Variable[];
  /** The path at which the token's volume is mounted, or null when it is not. */
  readonly mount: string | null;
}

export interface Injection {
  /** One for each container and init container, in their order; ephemeral containers are never looked at. */
  readonly containers: readonly ContainerInjection[];
  /** The projected token that is added to the pod, or null when a volume of that name is there. */
  readonly volume: TokenVolume | null;
}

interface TokenVolume {
  readonly volume: string;
  readonly audience: string;
  /** Seconds: the pod's annotation, else the ServiceAccount's, else 86400. */
  readonly expirationSeconds: number;
  readonly path: string;
}

/** Where the token of each mechanism is, and the two variables that stand or fall together. */
const PLACES = {
  irsa: {
    volume: 'aws-iam-token',
    directory: '/var/run/secrets/eks.amazonaws.com/serviceaccount',
    file: 'token',
    pair: ['AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE'],
  },
  'pod-identity': {
    volume: 'eks-pod-identity-token',
    directory: '/var/run/secrets/pods.eks.amazonaws.com/serviceaccount',
    file: 'eks-pod-identity-token',
    pair: ['AWS_CONTAINER_CREDENTIALS_FULL_URI', 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'],
  },
} as const;

/** Address of the Pod Identity agent on each node; IPv6 clusters use the other (EKS user guide, Pod Identity agent). */
const AGENT_URI = 'http://169.254.170.23/v1/credentials';
const AGENT_URI_IPV6 = 'http://[fd00:ec2::23]/v1/credentials';

/** True for the address that the webhook gives pods for their credentials. */
export function isAgentUri(uri: string): boolean {
  return uri === AGENT_URI || uri === AGENT_URI_IPV6;
}

/** The two variables of a mechanism: the webhook adds both, or neither when the container has one of them. */
export function pairOf(mechanism: Binding['mechanism']): readonly [string, string] {
  return PLACES[mechanism].pair;
}

/** Path of the token that the webhook mounts. Windows pods, by their node selector, get a Windows path. */
export function tokenFile(mechanism: Binding['mechanism'], windows: boolean): string {
  const { directory, file } = PLACES[mechanism];
  const path = `${directory}/${file}`;
  return windows ? `C:${path.replaceAll('/', '\\')}` : path;
}

/** What the webhook would do to a pod; applied to a pod that it has seen already, it adds nothing. */
export function inject(pod: InjectedPod, binding: Binding, region?: string): Injection | null {
  if (isPassedOver(pod)) return null;
  const { volume, file } = PLACES[binding.mechanism];
  const skip = skippedContainers(pod);
  const expirationSeconds = expirationIn(pod.annotations ?? {}) ?? binding.expiration;
  const there = pod.tokens?.some((token) => token.volume === volume) === true;
  return {
    containers: pod.containers.map((container) =>
      skip.has(container.name)
        ? { container: container.name, skipped: true, adds: [], mount: null }
        : injectContainer(container, binding, pod.os === 'windows', region),
    ),
    volume: there ? null : { volume, audience: binding.audience, expirationSeconds, path: file },
  };
}

function injectContainer(
  container: Container,
  binding: Binding,
  windows: boolean,
  region: string | undefined,
): ContainerInjection {
  const { directory } = PLACES[binding.mechanism];
  const has = (name: string) => container.env.some((variable) => variable.name === name);
  const adds: Variable[] = [];
  const regional = binding.mechanism === 'pod-identity' || binding.regional;
  if (regional && !has('AWS_STS_REGIONAL_ENDPOINTS'))
    adds.push({ name: 'AWS_STS_REGIONAL_ENDPOINTS', value: 'regional' });
  if (region !== undefined && !has('AWS_REGION') && !has('AWS_DEFAULT_REGION')) {
    adds.push({ name: 'AWS_DEFAULT_REGION', value: region }, { name: 'AWS_REGION', value: region });
  }
  const [first, second] = pairOf(binding.mechanism);
  if (!has(first) && !has(second)) {
    const value = binding.mechanism === 'irsa' ? binding.roleArn : AGENT_URI;
    adds.push({ name: first, value }, { name: second, value: tokenFile(binding.mechanism, windows) });
  }
  const mounted = container.mounts?.includes(directory) === true;
  return { container: container.name, skipped: false, adds, mount: mounted ? null : directory };
}

/** True for a pod with the label for which the webhook is not called at all. */
export function isPassedOver({ labels }: Pick<PodGroup, 'labels'>): boolean {
  return labels?.[SKIP_LABEL] !== undefined;
}

/** The containers that the pod's annotation names: one line of comma-separated values, as Go's encoding/csv reads it. */
export function skippedContainers({ annotations }: Pick<PodGroup, 'annotations'>): ReadonlySet<string> {
  const text = annotations?.[SKIP_CONTAINERS_ANNOTATION];
  return new Set(text === undefined ? [] : (firstRecord(text) ?? []));
}

/** The first record that is not empty, or null where encoding/csv gives an error: the webhook then skips none. */
function firstRecord(text: string): string[] | null {
  const line = text.split(/\r?\n/).find((one) => one !== '') ?? '';
  if (line === '') return null;
  const fields: string[] = [];
  let rest = line;
  for (;;) {
    const match = rest.startsWith('"') ? /^"((?:[^"]|"")*)"(,|$)/.exec(rest) : /^([^",]*)(,|$)/.exec(rest);
    if (match === null) return null;
    const [whole, field = '', end] = match;
    fields.push(field.replaceAll('""', '"'));
    if (end === '') return fields;
    rest = rest.slice(whole.length);
  }
}
