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
  readonly name: string;
  /** `iam.amazonaws.com` */
  readonly service: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly region: string;
  readonly sourceAddress?: string;
  readonly userAgent?: string;
}

interface TriggerBase {
  readonly account: string;
  readonly event: EventSource;
  readonly actor: Actor;
  /** Set when the call failed: it then changed nothing. */
  readonly failure?: { readonly code: string; readonly message?: string };
}

/** The trust policy of a role was written. */
interface TrustPolicyTrigger extends TriggerBase {
  readonly kind: 'trust-policy';
  /** IAM records carry the name alone: ARN and path come from the live role. */
  readonly roleName: string;
  /** The document as it was sent, when the record has it. Only for recognizing that a read is recent enough. */
  readonly document?: string;
}

export type Trigger = TrustPolicyTrigger;

/** What became of one message: something to do, nothing to do, or nothing that a CloudTrail event can be. */
export type Reading =
  | { readonly outcome: 'trigger'; readonly trigger: Trigger }
  | { readonly outcome: 'ignored'; readonly reason: string }
  | { readonly outcome: 'unreadable'; readonly reason: string };
