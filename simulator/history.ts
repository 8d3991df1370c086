import type { Cluster } from '../shared/estate/snapshot.ts';
import { parsePrincipal } from '../shared/identity/access/principal.ts';
import { eksService } from './eks/service.ts';
import { read, type World } from './operation.ts';
import type { Actor } from './records/actor.ts';
import { type CloudTrailRecord, toRecord } from './records/record.ts';
import type { AccountState, RegionState } from './state.ts';

/** What CloudTrail wrote when a cluster was created, where its creator is known; null where it is not. */
export function creationRecord(
  world: World,
  account: AccountState,
  region: RegionState,
  { name, version, roleArn, creator }: Cluster,
): CloudTrailRecord | null {
  const actor = creator === undefined ? null : actorOf(creator, account);
  if (creator === undefined || actor === null) return null;
  const call = { world, account, region, actor, pageSize: 1, now: new Date(creator.at) };
  const record = toRecord({
    service: eksService,
    name: 'CreateCluster',
    operation: read(() => ({})),
    call,
    input: { name, version, roleArn },
    output: null,
    error: null,
  });
  return { ...record, readOnly: false };
}

function actorOf(
  { arn, id, session = 'cli' }: NonNullable<Cluster['creator']>,
  { id: account, partition }: AccountState,
): Actor | null {
  const who = parsePrincipal(arn);
  const from = {
    account,
    partition,
    accessKeyId: 'ASIAEXAMPLE',
    userAgent: 'Terraform',
    sourceIp: '203.0.113.10',
  };
  if (who?.kind === 'role') {
    const since = new Date(0);
    return {
      ...from,
      kind: 'role-session',
      roleArn: arn,
      roleName: who.name,
      roleId: id ?? 'AROAEXAMPLE',
      session,
      since,
    };
  }
  if (who?.kind === 'user') {
    return { ...from, kind: 'user', userArn: arn, userName: who.name, userId: id ?? 'AIDAEXAMPLE' };
  }
  return who?.kind === 'root' ? { ...from, kind: 'root' } : null;
}
