import type { World } from './operation.ts';
import type { Actor, RoleSession, Root, User } from './records/actor.ts';

/** How a caller presents itself. */
export interface Presentation {
  /** Session name of a role, `podtrust` unless given or part of an assumed-role ARN. */
  readonly session?: string;
  readonly userAgent?: string;
  readonly sourceIp?: string;
}

/** A principal that cannot act. */
class UnknownPrincipalError extends Error {
  override readonly name = 'UnknownPrincipalError';
  constructor(arn: string) {
    super(
      `${arn} is no principal of a simulated account: give a role, user, root or assumed-role ARN of one of them.`,
    );
  }
}

const PRINCIPAL = /^arn:([^:]+):(iam|sts)::(\d{12}):(role|user|assumed-role|root)(?:\/(.+))?$/;

/**
 * Registers credentials for a principal and returns them. The principal need not exist in IAM (people's SSO roles are
 * often left out); one that does brings its unique id. Throws UnknownPrincipalError.
 */
export function registerCaller(
  world: World,
  principalArn: string,
  as: Presentation = {},
): Actor & { accessKeyId: string } {
  const match = PRINCIPAL.exec(principalArn);
  const account = world.accounts.get(match?.[3] ?? '');
  if (match === null || account === undefined) throw new UnknownPrincipalError(principalArn);
  const [, partition = '', , accountId = '', kind, path = ''] = match;
  const common = {
    account: accountId,
    partition,
    userAgent: as.userAgent ?? 'aws-cli/2.31.0 md/awscrt#0.27 ua/2.1 os/linux lang/python',
    sourceIp: as.sourceIp ?? '203.0.113.10',
  };
  const remember = <A extends RoleSession | User | Root>(actor: A): A => {
    world.sessions.set(actor.accessKeyId, actor);
    return actor;
  };
  if (kind === 'root') return remember({ kind: 'root', ...common, accessKeyId: world.ids.unique('AKIA') });
  if (kind === 'user') {
    const userName = path.replace(/^.*\//, '');
    const userId = account.iam.live.users.get(userName.toLowerCase())?.id ?? world.ids.unique('AIDA');
    const accessKeyId = world.ids.unique('AKIA');
    return remember({ kind: 'user', ...common, accessKeyId, userArn: principalArn, userName, userId });
  }
  const assumed = kind === 'assumed-role';
  const name = assumed ? path.replace(/\/.*$/, '') : path.replace(/^.*\//, '');
  const role = account.iam.live.roles.get(name.toLowerCase());
  return remember({
    kind: 'role-session',
    ...common,
    accessKeyId: world.ids.unique('ASIA'),
    roleArn: role?.arn ?? (assumed ? `arn:${partition}:iam::${accountId}:role/${name}` : principalArn),
    roleName: name,
    roleId: role?.id ?? world.ids.unique('AROA'),
    session: as.session ?? (assumed ? path.replace(/^[^/]*\//, '') : 'podtrust'),
    since: world.clock.now(),
  });
}
