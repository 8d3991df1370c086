import type { Fetch } from './keys.ts';

/** What STS said to a token. Credentials are neither kept nor handed on. */
export type StsAnswer =
  /** `caller`: what GetCallerIdentity then said; null: it did not, for the reason in `callerFailure`. */
  | {
      readonly kind: 'assumed';
      readonly session: string;
      readonly caller: string | null;
      readonly callerFailure?: string;
    }
  /** STS decided against it. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  /** STS decided nothing: it was not reached, was busy, or could not reach the issuer. */
  | { readonly kind: 'unanswered'; readonly why: string };

/** Asks STS for a role with a token. Never rejects. */
export type AskSts = (ask: {
  readonly token: string;
  readonly roleArn: string;
  /** Null: where the caller's configuration points. */
  readonly region: string | null;
}) => Promise<StsAnswer>;

/** What the API server showed of a ServiceAccount. */
export type AccountAnswer =
  | { readonly kind: 'found'; readonly annotations: Readonly<Record<string, string>> }
  | { readonly kind: 'missing' }
  | { readonly kind: 'failed'; readonly why: string };

/** What it answered to a TokenRequest. */
export type TokenAnswer =
  | { readonly kind: 'token'; readonly token: string }
  /** `denied`: the caller lacks the right; `missing`: there is no such ServiceAccount. */
  | { readonly kind: 'denied' | 'missing' | 'failed'; readonly why: string };

/** What became of a test pod. */
export interface PodAnswer {
  readonly outcome: /** It ran to its end: the ARN that it is, as GetCallerIdentity told it. */
    | { readonly kind: 'identity'; readonly arn: string }
    /** It ran, and got no credentials, or AWS refused them. */
    | { readonly kind: 'refused'; readonly message: string }
    /** It did not run, or what it said is not understood. */
    | { readonly kind: 'undecided'; readonly why: string };
  /** What was put into it by the webhook; null: it was not created, or not seen. */
  readonly injected: 'irsa' | 'pod-identity' | 'none' | null;
  /** Null: there was nothing to delete. */
  readonly cleanup: { readonly pod: string; readonly deleted: boolean; readonly byHand: string } | null;
}

/** The Kubernetes API of the cluster, for one ServiceAccount. None of it rejects. */
export interface ProbeKubernetes {
  readonly serviceAccount: () => Promise<AccountAnswer>;
  readonly token: (audience: string) => Promise<TokenAnswer>;
  /** Runs the test pod that was asked for and deletes it, whatever happens; absent: none was asked for. */
  readonly pod?: () => Promise<PodAnswer>;
}

/** The world of a probe. */
export interface ProbePorts {
  readonly now: () => Date;
  /** Absent: issuers are not asked. */
  readonly fetch?: Fetch;
  /** Absent: STS is not asked. */
  readonly sts?: AskSts;
}
