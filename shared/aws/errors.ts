import { failureReason } from './failure-reason.ts';

/** No credentials were found by the chain: nothing was asked. */
export class NoCredentialsError extends Error {
  override readonly name = 'NoCredentialsError';
  constructor(cause: unknown) {
    super(
      `No AWS credentials: ${failureReason(cause)}. Sign in (\`aws sso login\`), name a profile with --profile, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`,
      { cause },
    );
  }
}

/** The credentials were good once and are over. */
export class ExpiredCredentialsError extends Error {
  override readonly name = 'ExpiredCredentialsError';
  constructor(cause: unknown) {
    super(
      `The AWS credentials have expired: ${failureReason(cause)}. Sign in again (\`aws sso login\`) or renew the session, then repeat the command.`,
      { cause },
    );
  }
}

/** AWS does not take the credentials at all: unknown key, wrong signature, wrong partition. */
export class RefusedCredentialsError extends Error {
  override readonly name = 'RefusedCredentialsError';
  constructor(cause: unknown) {
    super(
      `AWS refused the credentials: ${failureReason(cause)}. Check the profile and, outside the commercial regions (China, GovCloud, sovereign clouds), that AWS_REGION names a region of their partition.`,
      { cause },
    );
  }
}

/** The first call got no answer. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
  constructor(cause: unknown) {
    super(
      `AWS could not be reached: ${failureReason(cause)}. Check the network, the proxy, AWS_REGION, and AWS_ENDPOINT_URL if it is set.`,
      { cause },
    );
  }
}

/** The caller is known, and every single read failed. */
export class NothingReadableError extends Error {
  override readonly name = 'NothingReadableError';
  readonly gaps: number;
  constructor(caller: string, gaps: number, firstReason: string) {
    super(
      `Nothing could be read as ${caller}: all reads failed (${gaps} gaps), the first with: ${firstReason}. Grant the actions that \`podtrust permissions\` prints, or use other credentials.`,
    );
    this.gaps = gaps;
  }
}

/** The read role of another account could not be assumed. */
export class AssumeRoleError extends Error {
  override readonly name = 'AssumeRoleError';
  readonly roleArn: string;
  constructor(roleArn: string, cause: unknown) {
    super(
      `${roleArn} could not be assumed: ${failureReason(cause)}. The role must exist there and trust the caller, and the caller needs sts:AssumeRole on it`,
      { cause },
    );
    this.roleArn = roleArn;
  }
}

/** An account was named by something that is no account id. */
export class AccountIdError extends Error {
  override readonly name = 'AccountIdError';
  constructor(id: string) {
    super(`${JSON.stringify(id.slice(0, 80))} is not an AWS account id: account ids are 12 digits.`);
  }
}

/** A choice among the accounts of an organization that cannot be made. */
export class OrganizationFilterError extends Error {
  override readonly name = 'OrganizationFilterError';
}
