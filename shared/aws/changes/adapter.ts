import type { EKSClient } from '@aws-sdk/client-eks';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { Patience } from '../../changes/applying.ts';
import type { ChangeKind, ChangeOf, StateOf } from '../../changes/change.ts';
import type { ClusterObjects } from '../../kube/changes/objects.ts';
import type { Operation, Permissions, Resources } from './permissions.ts';

/** What the calls of one change go through. */
export interface Calls {
  readonly eks: () => EKSClient;
  readonly iam: () => IAMClient;
  /** Objects of the change's cluster. Throws NoKubernetesError where none are written. */
  readonly kubernetes: () => Promise<ClusterObjects>;
  /** The same for the same change of the same plan: what EKS takes for one request. */
  readonly token: string;
  /** For operations that go on after their answer. */
  readonly patience: Patience;
}

/** What there is of a target now. */
export interface Live<K extends ChangeKind> {
  readonly state: StateOf<K> | null;
  /** ARN of the thing itself, where its target does not tell. */
  readonly arn?: string;
  /** Roles that a write hands to EKS again, besides those of the change. */
  readonly passes?: readonly string[];
}

/** How one kind of change is read and written: do and undo alike, since either goes from one state to another. */
export interface Adapter<K extends ChangeKind> {
  /** Every call that it makes. */
  readonly permissions: Permissions;
  /** Absent: create, update or delete, by what is absent before and after. */
  readonly operations?: (change: ChangeOf<K>) => readonly Operation[];
  /** What the calls are made on. `live`: known where the write looks first. */
  readonly resources: (change: ChangeOf<K>, live: Live<K> | null) => Resources;
  /** Whether what is live is what a plan says, which may leave to AWS what AWS makes. */
  readonly same: (live: StateOf<K>, wanted: StateOf<K>) => boolean;
  readonly read: (calls: Calls, change: ChangeOf<K>) => Promise<Live<K>>;
  /** True: what is live is read right before the write, which needs to know it. */
  readonly looksFirst: boolean;
  readonly write: (calls: Calls, change: ChangeOf<K>, live: Live<K> | null) => Promise<void>;
}
