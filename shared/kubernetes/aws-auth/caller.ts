import { PARTITIONS, roleArn, splitArn } from './arn.ts';

/** Who signs in, as the authenticator sees it. */
export interface Caller {
  readonly kind: 'role' | 'assumed-role' | 'user' | 'root' | 'federated-user';
  /** As given. */
  readonly arn: string;
  /** What `aws-auth` is searched for, letters as given: for sessions the role's ARN without path. */
  readonly canonical: string;
  readonly partition: string;
  readonly account: string;
  /** Absent when a role is meant and not one session of it; empty for users, who have none. */
  readonly sessionName: string | undefined;
}

/**
 * Canonicalises a caller as pkg/arn does. A role's own ARN, which STS never reports of a caller, stands for any
 * session of the role; its path goes, for STS leaves it out of the ARN of sessions. Users keep their path.
 */
export function callerOf(arn: string): Caller | { readonly invalid: string } {
  const parts = splitArn(arn);
  if ('invalid' in parts) {
    return parts;
  }
  const { partition, account, service, resource } = parts;
  if (!PARTITIONS.has(partition)) {
    return { invalid: `partition ${partition} is not recognized` };
  }
  const [type = '', ...names] = resource.split('/');
  const base = { arn, canonical: arn, partition, account, sessionName: '' };
  switch (`${service} ${type}`) {
    case 'sts federated-user':
      return { kind: 'federated-user', ...base };
    case 'sts assumed-role': {
      if (names.length < 2) {
        return { invalid: 'the ARN of a session names a role and a session' };
      }
      const role = names.slice(0, -1).join('/');
      return {
        kind: 'assumed-role',
        ...base,
        canonical: roleArn(parts, role),
        sessionName: names.at(-1) ?? '',
      };
    }
    case 'iam role':
      return { kind: 'role', ...base, canonical: roleArn(parts, names.at(-1) ?? ''), sessionName: undefined };
    case 'iam user':
      return { kind: 'user', ...base };
    case 'iam root':
      return { kind: 'root', ...base };
    default:
      return { invalid: `${service} ${type || resource} is no identity that can sign in` };
  }
}
