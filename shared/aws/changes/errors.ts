import { FailedWriteError } from '../../changes/write-errors.ts';

/** A change that its kind does not have: it was planned wrongly, and nothing was written. */
export class ImpossibleChangeError extends Error {
  override readonly name = 'ImpossibleChangeError';
  constructor(target: string, why: string) {
    super(`${target} cannot be changed so: ${why}. Make a new plan.`);
  }
}

/** A role that podtrust never touches. */
export class ProtectedTargetError extends Error {
  override readonly name = 'ProtectedTargetError';
  constructor(arn: string, why: string) {
    super(`${arn} is not changed by podtrust: ${why}.`);
  }
}

/** A target with a name that AWS gives nothing: a policy that held it would allow more than it. */
export class UnsafeTargetError extends Error {
  override readonly name = 'UnsafeTargetError';
  constructor(what: string) {
    super(
      `The plan names ${what.slice(0, 300)}, which no AWS resource is called. It was not made by podtrust.`,
    );
  }
}

/** A change whose session policy outgrows what STS takes. */
export class SessionPolicyTooLongError extends Error {
  override readonly name = 'SessionPolicyTooLongError';
  constructor(length: number, limit: number) {
    super(
      `The session policy of this change has ${length} characters, and STS takes ${limit}: apply it from the command line with credentials of the account.`,
    );
  }
}

/** Something that AWS does on its own was not through when patience ended. */
export class UnfinishedError extends Error {
  override readonly name = 'UnfinishedError';
  constructor(what: string, state: string) {
    super(`${what} is still ${state}: run the plan again when it is through.`);
  }
}

/** A write of which nobody can say whether it stands, or arrives yet. */
export class UncertainWriteError extends Error {
  override readonly name = 'UncertainWriteError';
  constructor(target: string, cause?: unknown) {
    const why = cause instanceof Error ? cause.message : 'one of its requests was not answered';
    super(`Whether ${target} was written is not known: ${why}`, { cause });
  }
}

/** Something that goes by its id alone, which only a list tells, and that may exist without being listed yet. */
export class UnlistedError extends Error {
  override readonly name = 'UnlistedError';
  constructor(target: string) {
    super(`${target} is not listed, and may have been made: look whether it is by now, and delete it.`);
  }
}

/** AWS took a change and did not carry it out. */
export class FailedUpdateError extends FailedWriteError {
  override readonly name = 'FailedUpdateError';
  constructor(what: string, reasons: readonly string[]) {
    super(`${what} failed: ${reasons.join('; ').slice(0, 400) || 'AWS gave no reason'}.`);
  }
}

/** An entry whose policies a deletion would take along. */
export class EntryHasPoliciesError extends Error {
  override readonly name = 'EntryHasPoliciesError';
  constructor(principal: string, policies: readonly string[]) {
    super(
      `The access entry of ${principal} still has ${policies.length} access policies (${policies.join(', ').slice(0, 300)}), which would go with it and are not in the plan. Make a new plan.`,
    );
  }
}

/** A change in Kubernetes where none is made. */
export class NoKubernetesError extends Error {
  override readonly name = 'NoKubernetesError';
  constructor(cluster: string) {
    super(
      `Nothing can be written to the Kubernetes API of ${cluster} from here: apply the plan from the command line.`,
    );
  }
}

/** An annotation that is its owner's to set, in a chart or a manifest. */
export class GuidedChangeError extends Error {
  override readonly name = 'GuidedChangeError';
  constructor(serviceAccount: string) {
    super(
      `The annotation of ServiceAccount ${serviceAccount} is written only on request: set it where the ServiceAccount is defined, or ask for it.`,
    );
  }
}

/** No credentials for an account. */
export class NoWriteAccessError extends Error {
  override readonly name = 'NoWriteAccessError';
  constructor(account: string) {
    super(
      `Account ${account} cannot be written to with these credentials: use some of the account, or a write role.`,
    );
  }
}
