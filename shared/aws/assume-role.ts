import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import { AssumeRoleError } from './errors.ts';
import { partitionOfRegion } from './partitions.ts';
import type { Permissions } from './permission.ts';

export const permissions: Permissions = { actions: ['sts:AssumeRole'], for: 'accounts' };

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

interface AssumedRole {
  readonly account: string;
  readonly role: string;
  readonly externalId?: string;
  /** Name of the session, `podtrust` unless given. */
  readonly session?: string;
  /** What the session may do at most. */
  readonly policy?: string;
  readonly region: () => Promise<string>;
  readonly sts: () => STSClient;
}

/** Credentials are renewed this long before they end. */
const RENEW_BEFORE_MILLISECONDS = 5 * 60_000;

/**
 * Credentials of a role in another account, got when first needed, shared by all clients of the account and renewed in
 * time. Throws AssumeRoleError.
 */
export function assumedRole(target: AssumedRole): () => Promise<Credentials> {
  let current: Promise<Credentials> | undefined;
  return async () => {
    const before = current;
    const known = await before?.catch(() => undefined);
    if (known && known.expiration.getTime() - Date.now() > RENEW_BEFORE_MILLISECONDS) return known;
    // Whoever notices first renews for all.
    if (current === undefined || current === before) current = assume(target);
    return current;
  };
}

async function assume({
  account,
  role,
  externalId,
  session,
  policy,
  region,
  sts,
}: AssumedRole): Promise<Credentials> {
  const arn = `arn:${partitionOfRegion(await region()).name}:iam::${account}:role/${role}`;
  try {
    const { Credentials: given } = await sts().send(
      new AssumeRoleCommand({
        RoleArn: arn,
        RoleSessionName: session ?? 'podtrust',
        ...(policy === undefined ? {} : { Policy: policy }),
        ...(externalId === undefined ? {} : { ExternalId: externalId }),
      }),
    );
    if (!given?.AccessKeyId || !given.SecretAccessKey || !given.SessionToken || !given.Expiration) {
      throw new Error('the answer holds no credentials');
    }
    return {
      accessKeyId: given.AccessKeyId,
      secretAccessKey: given.SecretAccessKey,
      sessionToken: given.SessionToken,
      expiration: given.Expiration,
    };
  } catch (cause) {
    throw new AssumeRoleError(arn, cause);
  }
}
