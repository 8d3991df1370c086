/** What a CloudTrail record says, reduced to what a re-evaluation and its report need. Nothing in it is trusted as state. */

/** Who called. Access keys and session tokens are never kept. */
export interface Actor {
  /** `userIdentity.type`: AssumedRole, IAMUser, Root, AWSService, WebIdentityUser, SAMLUser, IdentityCenterUser, … */
  readonly type: string;
  /** Who it is to IAM: for a role session the role's own ARN with its path (`sessionIssuer`), else the caller's ARN. */
  readonly arn?: string;
  /** Name of the role session, often the person: `alice@example.com`. */
  readonly session?: string;
  /** The AWS service that called, or that the call went through: `cloudformation.amazonaws.com`. */
  readonly service?: string;
  readonly account?: string;
}

export interface EventSource {
  /** CloudTrail's `eventID`, the same for every delivery of one event. */
  readonly id: string;
  /** `sharedEventID`: the same in the copies that several accounts get of one call. */
  readonly sharedId?: string;
  readonly name: string;
  /** `iam.amazonaws.com` */
  readonly service: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly region: string;
  readonly sourceAddress?: string;
  readonly userAgent?: string;
}

/** What every trigger carries, read from the record's common fields. */
export interface TriggerFrame {
  /** The account whose resource it is. */
  readonly account: string;
  readonly event: EventSource;
  readonly actor: Actor;
  /** Set when the call failed: it then changed nothing. */
  readonly failure?: { readonly code: string; readonly message?: string };
}

/** A role was written. */
export interface RoleTrigger extends TriggerFrame {
  readonly kind: 'role';
  readonly change: 'created' | 'deleted' | 'trust-policy' | 'permissions' | 'settings';
  /** IAM records carry the name alone: ARN and path come from the live role. */
  readonly roleName: string;
  /** The trust policy as it was sent, when the record has it. Only for recognizing that a read is recent enough. */
  readonly document?: string;
  /** The managed policy that was attached, detached or made the boundary. */
  readonly policyArn?: string;
}

/** A managed policy was written: every role that has it is touched. */
interface PolicyTrigger extends TriggerFrame {
  readonly kind: 'policy';
  readonly policyArn: string;
}

/** An IAM OIDC provider was written: every role that trusts it is touched. */
interface ProviderTrigger extends TriggerFrame {
  readonly kind: 'provider';
  readonly change: 'created' | 'deleted' | 'changed';
  /** Issuer without scheme, as in provider ARNs and condition keys. */
  readonly issuer: string;
}

interface InCluster extends TriggerFrame {
  readonly region: string;
  readonly clusterName: string;
}

/** A cluster was written, or something of it that has no kind of its own: add-on, node group, capability, … */
interface ClusterTrigger extends InCluster {
  readonly kind: 'cluster';
  readonly change: 'created' | 'deleted' | 'changed';
  /** Issuer without scheme, when the record has it: the one that a deleted cluster leaves behind. */
  readonly issuer?: string;
  readonly addon?: string;
  /** Roles that the call hands to the cluster: of an add-on, its associations, a node group, a capability. */
  readonly roleArns: readonly string[];
}

/** A Pod Identity association was written. */
interface AssociationTrigger extends InCluster {
  readonly kind: 'association';
  readonly change: 'created' | 'deleted' | 'changed';
  readonly associationId?: string;
  readonly namespace?: string;
  readonly serviceAccount?: string;
  readonly roleArn?: string;
  readonly targetRoleArn?: string;
}

/** An access entry or one of its policies was written. */
interface AccessEntryTrigger extends InCluster {
  readonly kind: 'access-entry';
  readonly change: 'created' | 'deleted' | 'changed';
  readonly principalArn?: string;
  /** The access policy that was associated or disassociated. */
  readonly policyArn?: string;
}

/** A pod asked for credentials, and got them unless `failure` is set. */
export interface SessionTrigger extends TriggerFrame {
  readonly kind: 'session';
  /**
   * `web-identity`: IRSA. `pod-identity`: the agent asked EKS (names cluster and node). `pod-identity-role`: EKS assumed
   * the role (names role, and ServiceAccount unless session tags are off).
   */
  readonly via: 'web-identity' | 'pod-identity' | 'pod-identity-role';
  readonly region: string;
  readonly roleArn?: string;
  /** Issuer of the token without scheme. */
  readonly issuer?: string;
  readonly audience?: string;
  /** `system:serviceaccount:<namespace>:<name>`, as it was presented. */
  readonly subject?: string;
  readonly namespace?: string;
  readonly serviceAccount?: string;
  readonly clusterName?: string;
}

/** A followed write that succeeded, whose record does not say of what: CloudTrail leaves out what is too large. */
interface UnplacedTrigger extends TriggerFrame {
  readonly kind: 'unplaced';
}

export type Trigger =
  | RoleTrigger
  | PolicyTrigger
  | ProviderTrigger
  | ClusterTrigger
  | AssociationTrigger
  | AccessEntryTrigger
  | SessionTrigger
  | UnplacedTrigger;

/** What became of one message: something to do, nothing to do, or nothing that a CloudTrail event can be. */
export type Reading =
  | { readonly outcome: 'trigger'; readonly trigger: Trigger }
  | { readonly outcome: 'ignored'; readonly reason: string }
  | { readonly outcome: 'unreadable'; readonly reason: string };
