import { describe, expect, it } from 'vitest';
import { decidedLast, remembering } from '../../../shared/findings/memory.ts';
import { findingScopeKey } from '../../../shared/findings/scope.ts';
import { orderOf, type ScopeAudit } from '../../../shared/findings/scope-audit.ts';
import type { ScopeMemory } from '../../../shared/findings/stored.ts';
import { ACCOUNT, auditOf, findingOf, ROLE, ROLE_SCOPE } from '../../support/findings.ts';

const doubts = [{ rule: 'no-public-trust', where: { account: ACCOUNT, role: ROLE } }];

function memoryAfter(...audits: readonly ScopeAudit[]): ScopeMemory {
  return audits.reduce<ScopeMemory | undefined>(
    (memory, audit) => remembering(memory, audit) ?? memory,
    undefined,
  )!;
}

const names = (memory: ScopeMemory) => memory.runs.map(({ order }) => order.split(' ')[1]);

describe('the memory of a scope', () => {
  it.each<[string, ScopeAudit[], string[]]>([
    ['the newest audit when it decided everything', [auditOf(1), auditOf(2)], ['audit-2']],
    ['the newest audit in whatever order they come', [auditOf(2), auditOf(1)], ['audit-2']],
    [
      'the audits in doubt since the last that was not',
      [auditOf(1), auditOf(2), auditOf(3, { doubts })],
      ['audit-3', 'audit-2'],
    ],
    ['those that did not ask every rule', [auditOf(1), auditOf(2, { rules: [] })], ['audit-2', 'audit-1']],
    ['an audit once', [auditOf(1, { doubts }), auditOf(1, { doubts })], ['audit-1']],
    [
      'five at most',
      Array.from({ length: 9 }, (_, second) => auditOf(second, { doubts })),
      ['audit-8', 'audit-7', 'audit-6', 'audit-5', 'audit-4'],
    ],
  ])('holds %s', (_name, audits, expected) => {
    expect(names(memoryAfter(...audits))).toEqual(expected);
  });

  it('expires a week after the newest audit', () => {
    expect(memoryAfter(auditOf(9, { doubts }), auditOf(1, { doubts })).expires).toBe(
      Date.parse('2026-11-20T09:14:09Z') / 1000 + 7 * 86_400,
    );
  });

  it('says which audit decided a finding last', () => {
    const decided = (...audits: ScopeAudit[]) =>
      decidedLast(new Map([[findingScopeKey(ROLE_SCOPE), memoryAfter(...audits)]]), findingOf());
    expect(decided(auditOf(1), auditOf(2))).toBe(orderOf(auditOf(2)));
    expect(decided(auditOf(1), auditOf(2, { doubts }))).toBe(orderOf(auditOf(1)));
    expect(decided(auditOf(2, { doubts }))).toBe('');
    expect(decided(auditOf(2, { rules: ['no-missing-subject'] }))).toBe('');
  });

  it('widens a thousand doubts to whole accounts, rule by rule', () => {
    const many = Array.from({ length: 1_000 }, (_, index) => ({
      rule: index % 2 === 0 ? 'a' : 'b',
      where: { account: ACCOUNT, role: `${ROLE}-${index}` },
    }));
    expect(memoryAfter(auditOf(1, { doubts: many })).runs[0]?.doubts).toEqual([
      { rule: 'a', where: { account: ACCOUNT } },
      { rule: 'b', where: { account: ACCOUNT } },
    ]);
  });
});
