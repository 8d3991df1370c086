import type { ClusterView } from '../../estate/estate.ts';

/** A ServiceAccount that gets a role: what a binding of the configuration declares. */
export interface BoundIdentity {
  readonly cluster: ClusterView;
  readonly namespace: string;
  readonly serviceAccount: string;
  /** ARN. */
  readonly role: string;
}

/** One way that really leads somewhere: into a role, or into a cluster. */
export interface EffectiveWay {
  /** Nothing else has it; the same before and after a change. */
  readonly key: string;
  /** ARN of the role, or of the cluster, that it leads to. */
  readonly target: string;
  readonly words: string;
  /** Everybody who comes by it, one by one; null where they cannot be listed. */
  readonly identities: readonly BoundIdentity[] | null;
}
