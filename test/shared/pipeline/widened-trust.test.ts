import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Config, defaultConfig } from '../../../shared/config/config.ts';
import { buildEstate } from '../../../shared/estate/build-estate.ts';
import type { Finding } from '../../../shared/findings/finding.ts';
import { compare } from '../../../shared/iam/compare.ts';
import { parsePolicy } from '../../../shared/iam/parse.ts';
import { sha256 } from '../../../shared/lambda/hash.ts';
import type { TrustState } from '../../../shared/pipeline/trust-effect.ts';
import { widenedTrust } from '../../../shared/pipeline/widened-trust.ts';
import {
  ISSUER,
  irsaStatement,
  type Json,
  ROLE_ARN,
  roleExample,
  trustPolicy,
} from '../../../shared/rules/examples/estate.ts';

const AUD = { [`${ISSUER}:aud`]: 'sts.amazonaws.com' };
const subject = (sub: string | string[], operator = 'StringEquals') => {
  const wanted = { [`${ISSUER}:sub`]: sub };
  return irsaStatement({
    Condition:
      operator === 'StringEquals'
        ? { StringEquals: { ...AUD, ...wanted } }
        : { StringEquals: AUD, [operator]: wanted },
  });
};
const one = irsaStatement();
const other = subject('system:serviceaccount:shop:cart');
const aws = (principal: Json) => ({ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' });
const README = '2026-11-20T08:00:00.000Z';
const known = (document: string): TrustState => ({ kind: 'known', document, readAt: README });

function judged(
  before: TrustState | Json[],
  live: Json[] | string,
  { stored = null, config = {} }: { stored?: Finding | null; config?: Partial<Config> } = {},
) {
  const text = typeof live === 'string' ? live : trustPolicy(...live);
  const estate = buildEstate(roleExample('a role', text).snapshot);
  const role = estate.roleByArn.get(ROLE_ARN);
  if (role === undefined) throw new Error('no role');
  return widenedTrust({
    role,
    before: Array.isArray(before) ? known(trustPolicy(...before)) : before,
    stored,
    config: { ...defaultConfig, ...config },
    estate,
    hash: sha256,
  });
}

describe('a trust edit', () => {
  it.each<[string, Json[], Json[], string | null]>([
    ['that changes nothing', [one], [one], null],
    ['that takes somebody out', [one, other], [one], null],
    ['that adds everyone', [one], [one, aws('*')], 'anyone'],
    [
      'that adds everyone under a condition',
      [one],
      [one, { ...aws('*'), Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }],
      'cluster',
    ],
    ['that adds a whole account', [one], [one, aws({ AWS: '444455556666' })], 'joinable'],
    ['that adds one role', [one], [one, aws({ AWS: 'arn:aws:iam::444455556666:role/ci' })], 'few'],
    ['that adds one ServiceAccount of a known cluster', [one], [one, other], 'known'],
    [
      'that adds a name to a list that has a wildcard already',
      [subject(['system:serviceaccount:dev-*:x'], 'StringLike')],
      [subject(['system:serviceaccount:dev-*:x', 'system:serviceaccount:shop:cart'], 'StringLike')],
      'known',
    ],
    ['that drops the subject', [one], [irsaStatement({ Condition: { StringEquals: AUD } })], 'cluster'],
    [
      'that turns the subject into a pattern over namespaces',
      [one],
      [subject('system:serviceaccount:shop*:checkout', 'StringLike')],
      'joinable',
    ],
    [
      'that adds another issuer',
      [one],
      [
        one,
        irsaStatement({
          Principal: {
            Federated: 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com',
          },
          Condition: {
            StringEquals: { 'token.actions.githubusercontent.com:sub': 'repo:a/b:ref:refs/heads/main' },
          },
        }),
      ],
      'joinable',
    ],
    [
      'that lifts a Deny',
      [one, aws({ AWS: '444455556666' }), { Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRole' }],
      [one, aws({ AWS: '444455556666' })],
      'joinable',
    ],
    ['that swaps one for another', [one], [other], 'known'],
  ])('%s', (_name, before, live, reach) => {
    const { findings, doubts } = judged(before, live);
    expect(findings.map(({ evidence }) => evidence['reach'])).toEqual(reach === null ? [] : [reach]);
    expect(doubts).toEqual([]);
  });

  it('is a doubt where the state before is not known, and nothing for a new role', () => {
    const unknown = judged({ kind: 'unknown', reason: 'none kept' }, [aws('*')]);
    expect(unknown).toMatchObject({
      findings: [],
      doubts: [{ rule: 'no-widened-trust', where: { role: ROLE_ARN } }],
    });
    expect(judged({ kind: 'absent', readAt: README }, [aws('*')])).toEqual({ findings: [], doubts: [] });
  });

  it('is a doubt where it depends on what no policy decides', () => {
    const net = (range: string) => [{ ...aws('*'), Condition: { IpAddress: { 'aws:SourceIp': range } } }];
    const { findings, doubts } = judged(net('10.0.0.0/8'), net('10.0.0.0/7'));
    expect(findings.length + doubts.length).toBe(1);
  });

  it('to what the configuration declares is none, to one more it is', () => {
    const binding = { cluster: 'shop', namespace: 'shop', serviceAccount: 'cart', role: ROLE_ARN };
    const config = { bindings: [binding] };
    const more = subject('system:serviceaccount:shop:ads');
    expect(judged([one], [one, other], { config }).findings).toEqual([]);
    expect(judged([one], [one, other, more], { config }).findings[0]?.evidence['gained']).toEqual([
      expect.stringContaining('shop:ads'),
    ]);
  });
});

describe('an open finding', () => {
  const [stored] = judged([one], [one, other]).findings;
  if (stored === undefined) throw new Error('no finding');
  // What the pipeline would hand in later: the widened policy, read again.
  const before = known(trustPolicy(one, other));

  it('stays exactly the same while nothing changes, is kept by an edit elsewhere', () => {
    expect(judged(before, [one, other], { stored }).findings).toEqual([stored]);
    expect(judged(before, [other], { stored }).findings).toHaveLength(1);
  });

  it('changes with a second widening, keeping its baseline and its id', () => {
    const [changed] = judged(before, [one, other, aws('*')], { stored }).findings;
    expect(changed).toMatchObject({
      fingerprint: stored.fingerprint,
      evidence: { baseline: trustPolicy(one), reach: 'anyone' },
    });
  });

  it('is gone when the baseline is restored', () => {
    expect(judged(before, [one], { stored })).toEqual({ findings: [], doubts: [] });
  });

  it('is a doubt when its evidence gave way to a digest, or the live policy is none', () => {
    const cut = { ...stored, evidence: { leftOut: 'much', digest: 'x' } };
    expect(judged(before, [one], { stored: cut }).doubts).toHaveLength(1);
    expect(judged(before, '{', { stored }).doubts).toHaveLength(1);
  });

  it('is open, whatever it was: the waivers decide', () => {
    expect(
      judged(before, [one, other], { stored: { ...stored, status: 'waived' } }).findings[0]?.status,
    ).toBe('open');
  });
});

it('whatever the policies: a finding exactly when the comparison says that somebody gains', () => {
  const parts: readonly Json[] = [
    one,
    other,
    subject('system:serviceaccount:shop:*', 'StringLike'),
    subject('system:serviceaccount:*:checkout', 'StringLike'),
    aws('*'),
    aws({ AWS: '444455556666' }),
    { ...aws({ AWS: '444455556666' }), Condition: { StringEquals: { 'sts:ExternalId': 'x' } } },
    { Effect: 'Deny', Principal: { AWS: '444455556666' }, Action: 'sts:AssumeRole' },
    { ...aws({ Service: 'pods.eks.amazonaws.com' }), Action: ['sts:AssumeRole', 'sts:TagSession'] },
  ];
  const policy = fc.subarray([...parts], { minLength: 1, maxLength: 4 });
  const parse = (statements: Json[]) => {
    const parsed = parsePolicy(trustPolicy(...statements), 'trust').policy;
    if (parsed === null) throw new Error('refused');
    return parsed;
  };
  fc.assert(
    fc.property(policy, policy, (before, live) => {
      const result = compare(parse(before), parse(live));
      const gains = 'gained' in result && result.gained?.lifelike === true;
      expect(judged(before, live).findings).toHaveLength(gains ? 1 : 0);
    }),
    { numRuns: 60 },
  );
});
