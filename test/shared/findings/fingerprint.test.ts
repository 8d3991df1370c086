import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { audit } from '../../../shared/audit/audit.ts';
import { defaultConfig } from '../../../shared/config/config.ts';
import { buildEstate } from '../../../shared/estate/build-estate.ts';
import type { Snapshot } from '../../../shared/estate/snapshot.ts';
import { fingerprint } from '../../../shared/findings/fingerprint.ts';
import { ISSUER, irsaStatement, type Json } from '../../../shared/rules/examples/estate.ts';
import { rules } from '../../../shared/rules/index.ts';
import { ADMIN, EC2, trusting } from '../../support/rule-estates.ts';

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const prints = (snapshot: Snapshot) =>
  audit(buildEstate(snapshot), { config: defaultConfig, hash }).findings.map(
    ({ fingerprint: print }) => print,
  );

const like = (sub: string): Json => irsaStatement({ Condition: { StringLike: { [`${ISSUER}:sub`]: sub } } });
const STATEMENTS: readonly Json[] = [
  like('system:serviceaccount:dev-*:checkout'),
  like('system:serviceaccount:shop:*'),
  irsaStatement({ Condition: { StringNotEquals: { [`${ISSUER}:sub`]: 'system:serviceaccount:a:b' } } }),
  irsaStatement({ Condition: { StringEquals: { [`${ISSUER}:sub`]: 'system:serviceaccount:shop:*' } } }),
  EC2,
  {
    Effect: 'Allow',
    Principal: { AWS: ['AROAEXAMPLEID00000001', 'AIDAEXAMPLEID00000002'] },
    Action: 'sts:AssumeRole',
  },
];

describe('fingerprints', () => {
  it('survive the reordering of statements and the renaming of Sids', () => {
    const shuffled = fc.shuffledSubarray([...STATEMENTS.keys()], { minLength: STATEMENTS.length });
    const before = new Set(prints(trusting(STATEMENTS, { role: ADMIN })));
    expect(before.size).toBeGreaterThan(4);
    void fc.assert(
      fc.property(shuffled, fc.stringMatching(/^[A-Za-z0-9]{1,12}$/), (order, sid) => {
        const statements = order.map((index, place) => {
          const statement = STATEMENTS[index];
          return { ...JSON.parse(JSON.stringify(statement)), Sid: `${sid}${place}` };
        });
        expect(new Set(prints(trusting(statements, { role: ADMIN })))).toEqual(before);
      }),
      { numRuns: 40 },
    );
  });

  it('survive a repair of something else in the same policy', () => {
    const before = prints(trusting(STATEMENTS));
    const after = prints(trusting(STATEMENTS.slice(0, -1)));
    expect(before).toEqual(expect.arrayContaining(after));
    expect(after.length).toBe(before.length - 1);
  });

  it.each(rules.map((rule) => [rule.name, rule] as const))(
    'are distinct in the failing example of %s',
    (_name, rule) => {
      const all = prints(rule.examples().fails.snapshot);
      expect(new Set(all).size).toBe(all.length);
    },
  );

  it('tell rules, places and identities apart', () => {
    const where = { account: '111122223333', role: 'a' };
    const one = fingerprint('rule', where, ['x'], hash);
    expect(one).toMatch(/^[0-9a-f]{32}$/);
    expect(fingerprint('rule', where, ['x'], hash)).toBe(one);
    const others = [
      fingerprint('other', where, ['x'], hash),
      fingerprint('rule', { ...where, role: 'b' }, ['x'], hash),
      fingerprint('rule', { account: where.account, principal: 'a' }, ['x'], hash),
      fingerprint('rule', where, ['y'], hash),
      fingerprint('rule', where, ['x', ''], hash),
    ];
    expect(new Set([one, ...others]).size).toBe(6);
  });
});
