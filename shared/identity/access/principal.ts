import { parseArn } from '../../iam/arn.ts';

interface Named {
  readonly arn: string;
  readonly partition: string;
  readonly account: string;
}

/** Who can sign in to a cluster, read from an ARN. */
export type Principal =
  | (Named & { readonly kind: 'role'; readonly path: string; readonly name: string })
  | (Named & { readonly kind: 'user'; readonly path: string; readonly name: string })
  | (Named & { readonly kind: 'root' })
  | (Named & { readonly kind: 'session'; readonly name: string; readonly session: string })
  | (Named & { readonly kind: 'federated-user'; readonly name: string });

/** Reads the ARN of a role, user, root user, role session or federated user; null for anything else. */
export function parsePrincipal(arn: string): Principal | null {
  const parsed = parseArn(arn);
  if (parsed === null || parsed.region !== '' || !/^\d{12}$/.test(parsed.account)) return null;
  const { partition, account, resource } = parsed;
  const named = { arn, partition, account };
  const [type, ...rest] = resource.split('/');
  const name = rest.at(-1) ?? '';
  if (parsed.service === 'iam') {
    if (resource === 'root') return { ...named, kind: 'root' };
    if ((type !== 'role' && type !== 'user') || name === '') return null;
    const path = ['', ...rest.slice(0, -1), ''].join('/');
    return type === 'role' ? { ...named, kind: 'role', path, name } : { ...named, kind: 'user', path, name };
  }
  if (parsed.service !== 'sts' || name === '') return null;
  if (type === 'federated-user') return { ...named, kind: 'federated-user', name };
  const role = rest.slice(0, -1).join('/');
  return type === 'assumed-role' && role !== ''
    ? { ...named, kind: 'session', name: role, session: name }
    : null;
}

/**
 * What the authenticator compares: a role session becomes its role without path, since STS never says the path; everyone
 * else stays as STS names them (aws-iam-authenticator, pkg/arn, Canonicalize).
 */
export function canonicalArn(principal: Principal): string {
  if (principal.kind !== 'role' && principal.kind !== 'session') return principal.arn;
  const { partition, account } = principal;
  return `arn:${partition}:iam::${account}:role/${principal.name}`;
}

/** The ARN under which STS knows the sessions of a role; `session` in braces where any name will do. */
export function sessionArn(
  { partition, account, name }: Named & { readonly name: string },
  session = '{{SessionName}}',
): string {
  return `arn:${partition}:sts::${account}:assumed-role/${name}/${session}`;
}

/** Roles that IAM Identity Center makes for a permission set; one that is made again has another suffix. */
export function isSingleSignOn(principal: Principal): boolean {
  const isRole = principal.kind === 'role' || principal.kind === 'session';
  return isRole && principal.name.startsWith('AWSReservedSSO_');
}

/** Roles that an AWS service made for itself (IAM user guide, service-linked roles). */
export function isServiceLinkedArn(arn: string): boolean {
  return /:role\/aws-service-role\//.test(arn) || /:role\/AWSServiceRoleFor[A-Za-z]/.test(arn);
}
