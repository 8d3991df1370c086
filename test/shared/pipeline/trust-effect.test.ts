import { describe, expect, it } from 'vitest';
import { trustEffectSchema } from '../../../shared/findings/trust-effect.ts';
import { memoryHistory } from '../../../shared/pipeline/history.ts';
import { type TrustState, trustBefore, trustEffect } from '../../../shared/pipeline/trust-effect.ts';
import { irsaStatement, trustPolicy } from '../../../shared/rules/examples/estate.ts';
import { memoryClaims } from '../../support/pipeline.ts';

const readAt = '2026-11-20T08:00:00.000Z';
const known = (document: string): TrustState => ({ kind: 'known', document, readAt });
const one = trustPolicy(irsaStatement());
const all = trustPolicy({ Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' });
const scope = { kind: 'role', account: '111122223333', role: 'Checkout' } as const;
const absent: TrustState = { kind: 'absent', readAt };

describe('trustEffect', () => {
  it.each<[string, TrustState, TrustState, object]>([
    ['the same document is equal', known(one), known(one), { relation: 'equal' }],
    [
      'another set of identities',
      known(one),
      known(all),
      { relation: 'incomparable', gained: expect.any(String) },
    ],
    [
      'more',
      known(one),
      known(trustPolicy(irsaStatement(), { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' })),
      { relation: 'widened', before: readAt },
    ],
    ['a new role', absent, known(one), { relation: 'created' }],
    ['a role that is gone', known(one), absent, { relation: 'deleted' }],
    [
      'nothing before',
      { kind: 'unknown', reason: 'none' },
      known(all),
      { relation: 'unknown', reason: 'none' },
    ],
    ['no document', known('{'), known(one), { relation: 'undecided' }],
  ])('%s', (_name, before, after, expected) => {
    const effect = trustEffect(before, after);
    expect(trustEffectSchema.parse(effect)).toMatchObject(expected);
  });
});

describe('trustBefore', () => {
  const snapshot = (roles: unknown, coverage: unknown[] = []) =>
    JSON.stringify({
      schemaVersion: 1,
      takenAt: readAt,
      accounts: [{ id: scope.account, partition: 'aws', roles }],
      coverage,
    });
  const role = { arn: 'arn:aws:iam::111122223333:role/pods/checkout', trustPolicy: one };
  it.each<[string, string | undefined, string, string]>([
    ['the document before', snapshot([role]), '2026-11-20T09:00:00Z', 'known'],
    ['a reading that may show the change is not taken', snapshot([role]), '2026-11-20T08:01:00Z', 'unknown'],
    ['a role that was not there', snapshot([]), '2026-11-20T09:00:00Z', 'absent'],
    ['roles that were not read', snapshot(undefined), '2026-11-20T09:00:00Z', 'unknown'],
    ['a snapshot that expired', undefined, '2026-11-20T09:00:00Z', 'unknown'],
  ])('%s', async (_name, text, time, kind) => {
    const history = memoryHistory();
    await history.keep(scope.account, readAt, 'k');
    const claims = memoryClaims(text === undefined ? new Map() : new Map([['k', text]]));
    expect((await trustBefore({ history, claims }, scope, time)).kind).toBe(kind);
  });
});
