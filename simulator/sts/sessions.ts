import { compile } from '../../shared/iam/compile.ts';
import { decide } from '../../shared/iam/evaluate.ts';
import { parsePolicy } from '../../shared/iam/parse.ts';
import type { Request } from '../../shared/iam/request.ts';
import type { Call, World } from '../operation.ts';
import type { RoleSession } from '../records/actor.ts';
import type { AccountState, RoleState } from '../state.ts';

const ROLE_ARN = /^arn:([^:]+):iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/;

/** A role by its ARN as STS sees it, with its account; null when there is none. */
export function findRole(world: World, arn: string): { role: RoleState; account: AccountState } | null {
  const match = ROLE_ARN.exec(arn);
  const account = world.accounts.get(match?.[2] ?? '');
  const role = account?.iam.visible().roles.get((match?.[3] ?? '').toLowerCase());
  return account === undefined || role === undefined || role.arn !== arn ? null : { role, account };
}

/** True when a role's trust policy surely allows every one of the requests: what cannot be decided is refused. */
export function trusts(role: RoleState, requests: readonly Request[]): boolean {
  const { policy } = parsePolicy(role.trust, 'trust');
  if (policy === null) return false;
  const compiled = compile(policy);
  return requests.every((request) => decide(compiled, request) === 'allowed');
}

export interface Session {
  readonly actor: RoleSession;
  readonly credentials: {
    readonly AccessKeyId: string;
    readonly SecretAccessKey: string;
    readonly SessionToken: string;
    readonly Expiration: Date;
  };
  readonly assumedRoleUser: { readonly AssumedRoleId: string; readonly Arn: string };
}

/** IAM shows the last use some hours later. Source: IAM user guide, "Refine permissions using last accessed information". */
const LAST_USED_AFTER = 4 * 3600;

/** Opens a session of a role: its credentials work with every client of the simulation until they end. */
export function openSession(
  call: Pick<Call, 'world' | 'now' | 'region'>,
  found: { readonly role: RoleState; readonly account: AccountState },
  session: string,
  seconds: number,
  { userAgent, sourceIp }: { readonly userAgent: string; readonly sourceIp: string },
  policy?: string,
): Session {
  const { world, now } = call;
  const { role, account } = found;
  const accessKeyId = world.ids.unique('ASIA');
  const actor: RoleSession = {
    kind: 'role-session',
    account: account.id,
    partition: account.partition,
    accessKeyId,
    roleArn: role.arn,
    roleName: role.name,
    roleId: role.id,
    session,
    since: now,
    userAgent,
    sourceIp,
    ...(policy === undefined ? {} : { policy }),
  };
  world.sessions.set(accessKeyId, actor);
  world.clock.after(seconds, () => {
    world.sessions.delete(accessKeyId);
    world.ended.add(accessKeyId);
  });
  world.clock.after(LAST_USED_AFTER, () => {
    const live = account.iam.live.roles.get(role.name.toLowerCase());
    if (live !== undefined) live.lastUsed = { at: now, region: call.region.name };
    account.iam.changed();
  });
  return {
    actor,
    credentials: {
      AccessKeyId: accessKeyId,
      SecretAccessKey: 'simulated',
      SessionToken: 'simulated',
      Expiration: new Date(now.getTime() + seconds * 1000),
    },
    assumedRoleUser: {
      AssumedRoleId: `${role.id}:${session}`,
      Arn: `arn:${account.partition}:sts::${account.id}:assumed-role/${role.name}/${session}`,
    },
  };
}
