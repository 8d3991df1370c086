import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../../shared/estate/snapshot.ts';
import { sha256 } from '../../../shared/lambda/hash.ts';
import { collect } from '../../../shared/pipeline/collect.ts';
import { StaleReadError } from '../../../shared/pipeline/errors.ts';
import { memoryHistory } from '../../../shared/pipeline/history.ts';
import type { ScopeRequest } from '../../../shared/pipeline/scope-request.ts';
import { memoryClaims, requestOf, silent, turnFor } from '../../support/pipeline.ts';

const CHANGED_AT = Date.parse('2026-11-20T09:14:05.000Z');

function snapshot(trustPolicy?: string): Snapshot {
  const roles = [{ arn: 'arn:aws:iam::111122223333:role/pods/Payments-API', trustPolicy: trustPolicy ?? '' }];
  return {
    schemaVersion: 1,
    takenAt: '2026-11-20T09:14:10Z',
    accounts: [{ id: '111122223333', partition: 'aws', roles: trustPolicy === undefined ? [] : roles }],
    coverage: [],
  };
}

async function collectAfter(
  seconds: number,
  live: Snapshot,
  change: Partial<ScopeRequest>,
  account = '111122223333',
) {
  const kept = new Map([['requests', JSON.stringify([requestOf(change)])]]);
  const history = memoryHistory();
  const collected = await collect({
    collector: { read: async () => live },
    claims: memoryClaims(kept),
    history,
    telemetry: silent,
    hash: sha256,
    now: () => new Date(CHANGED_AT + seconds * 1000),
  })({ turn: turnFor(), account, requests: 'requests' });
  return { collected, kept, history };
}

const announced = { expected: [sha256('{"Statement":[],"Version":"2012-10-17"}')] };

describe('collect', () => {
  it('keeps the snapshot and hands on its key', async () => {
    const live = { ...snapshot('{}'), coverage: [{ read: 'eks:ListClusters', reason: 'AccessDenied' }] };
    const { collected, kept, history } = await collectAfter(10, live, {});
    const key = 'snapshots/111122223333/2026-11-20T09:14:10Z-111122223333-1.json';
    expect(collected).toEqual({ account: '111122223333', key, gaps: 1 });
    expect(JSON.parse(kept.get(key) ?? '')).toEqual(live);
    expect(await history.before('111122223333', '2026-11-20T10:00:00Z')).toMatchObject({ key });
  });

  it('does not wait for a change of one account while it reads another', async () => {
    const live = snapshot('{"old":true}');
    await expect(collectAfter(1, live, announced, '444455556666')).resolves.toHaveProperty(
      'collected.account',
      '444455556666',
    );
  });

  it.each<[string, Snapshot]>([
    ['still has the old trust policy', snapshot('{"Version":"2012-10-17","Statement":["old"]}')],
    ['does not show the role', snapshot()],
  ])('wants another try while IAM %s', async (_name, live) => {
    await expect(collectAfter(10, live, announced)).rejects.toThrow(StaleReadError);
  });

  it('waits with reading for ten seconds when there is nothing to compare: permissions show late, too', async () => {
    await expect(collectAfter(9, snapshot('{}'), {})).rejects.toThrow(StaleReadError);
  });

  it.each<[string, number, Snapshot, Partial<ScopeRequest>]>([
    [
      'shows the announced policy, however it is spaced',
      0,
      snapshot('{ "Version": "2012-10-17",\n "Statement": [] }'),
      announced,
    ],
    ['has had a minute', 61, snapshot('{"old":true}'), announced],
    ['has no role after a minute', 61, snapshot(), announced],
    ['has had ten seconds, with nothing to compare', 10, snapshot('{"old":true}'), {}],
    ['cannot be read', 0, { ...snapshot(), accounts: [{ id: '111122223333', partition: 'aws' }] }, announced],
  ])('takes what it reads when IAM %s', async (_name, seconds, live, change) => {
    await expect(collectAfter(seconds, live, change)).resolves.toHaveProperty('collected.gaps', 0);
  });
});

describe('a role or provider that was made or deleted', () => {
  const ISSUER = 'oidc.eks.eu-west-1.amazonaws.com/id/ABC';
  const issuer = { kind: 'issuer' as const, account: '111122223333', issuer: ISSUER };
  const providers = (...arns: string[]): Snapshot => ({
    ...snapshot(),
    accounts: [{ id: '111122223333', partition: 'aws', oidcProviders: arns.map((arn) => ({ arn })) }],
  });
  const there = providers(`arn:aws:iam::111122223333:oidc-provider/${ISSUER}`);
  const deleted = { presence: 'absent' as const };
  const created = { presence: 'present' as const };

  it.each<[string, Snapshot, Partial<ScopeRequest>]>([
    ['a deleted role is still there', snapshot('{}'), deleted],
    ['a new role is not there', snapshot(), created],
    ['a deleted provider is still there', there, { ...deleted, scope: issuer }],
    ['a new provider is not there', providers(), { ...created, scope: issuer }],
  ])('wants another try while %s, for a minute', async (_name, live, change) => {
    await expect(collectAfter(10, live, change)).rejects.toThrow(StaleReadError);
    await expect(collectAfter(61, live, change)).resolves.toHaveProperty('collected.gaps', 0);
  });

  it.each<[string, Snapshot, Partial<ScopeRequest>]>([
    ['a deleted role is gone', snapshot(), deleted],
    ['a new role is there', snapshot('{}'), created],
    ['a deleted provider is gone', providers(), { ...deleted, scope: issuer }],
    ['a new provider is there', there, { ...created, scope: issuer }],
    ['the providers were not read', snapshot(), { ...created, scope: issuer }],
  ])('is taken as read when %s', async (_name, live, change) => {
    await expect(collectAfter(1, live, change)).resolves.toHaveProperty('collected.gaps', 0);
  });
});
