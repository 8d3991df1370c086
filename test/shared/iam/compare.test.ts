import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare } from '../../../shared/iam/compare.ts';
import type { Comparison } from '../../../shared/iam/comparison.ts';
import { compile } from '../../../shared/iam/compile.ts';
import { decide } from '../../../shared/iam/evaluate.ts';
import { parsePolicy } from '../../../shared/iam/parse.ts';
import type { Policy } from '../../../shared/iam/policy.ts';
import { trustPolicies, variable } from '../../support/policies.ts';
import { somePolicy, someRequest } from './policies.ts';
import {
  ACCOUNT,
  aws,
  ISSUER,
  OTHER_ISSUER,
  outcomeOf,
  pods,
  provider,
  SA,
  sub,
  trust,
  trustOf,
  web,
} from './trust.ts';

type Relation = Comparison['relation'];

/** Compares both ways round and checks every witness with the evaluator. */
function relate(before: Policy, after: Policy): Comparison {
  const forth = compare(before, after);
  const back = compare(after, before);
  if (sureGain(forth)) expect(['undecided', 'too-complex']).toContain(back.relation);
  else if (sureGain(back)) expect(['undecided', 'too-complex']).toContain(forth.relation);
  else expect(back.relation).toBe(MIRROR[forth.relation]);
  verify(before, after, forth);
  verify(after, before, back);
  return forth;
}

/** Somebody gains for certain, and whether somebody loses is not known. */
const sureGain = (comparison: Comparison): boolean => 'lossUndecided' in comparison;

const MIRROR: Record<Relation, Relation> = {
  equal: 'equal',
  tightened: 'widened',
  widened: 'tightened',
  incomparable: 'incomparable',
  undecided: 'undecided',
  'too-complex': 'too-complex',
};

function verify(before: Policy, after: Policy, comparison: Comparison): void {
  if ('gained' in comparison && comparison.gained?.assuming.length === 0) {
    expect([outcomeOf(before, comparison.gained), outcomeOf(after, comparison.gained)]).toEqual([
      'denied',
      'allowed',
    ]);
  }
  if ('lost' in comparison && comparison.lost?.assuming.length === 0) {
    expect([outcomeOf(before, comparison.lost), outcomeOf(after, comparison.lost)]).toEqual([
      'allowed',
      'denied',
    ]);
  }
}

const exact = web({ StringEquals: { sub: `${SA}ns:api`, aud: 'sts.amazonaws.com' } });
const open = web();
const CLUSTER = `arn:aws:eks:eu-west-1:${ACCOUNT}:cluster/prod`;
const NAMESPACE = 'aws:RequestTag/kubernetes-namespace';

describe('subjects', () => {
  it.each<[string, object[], object[], Relation]>([
    ['the same policy', [exact], [exact], 'equal'],
    [
      'one more subject',
      [exact],
      [web({ StringEquals: { sub: [`${SA}ns:api`, `${SA}ns:web`], aud: 'sts.amazonaws.com' } })],
      'widened',
    ],
    ['another subject', [web(sub('StringEquals', 'a'))], [web(sub('StringEquals', 'b'))], 'incomparable'],
    ['no audience condition any more', [exact], [web(sub('StringEquals', `${SA}ns:api`))], 'widened'],
    ['no condition any more', [exact], [open], 'widened'],
    [
      'the list in another order',
      [web(sub('StringEquals', 'a', 'b'))],
      [web(sub('StringEquals', 'b', 'a'))],
      'equal',
    ],
    [
      'a list split into two statements',
      [web(sub('StringEquals', 'a', 'b'))],
      [web(sub('StringEquals', 'b')), web(sub('StringEquals', 'a'))],
      'equal',
    ],
    [
      'a literal that a wildcard covers',
      [web(sub('StringLike', 'a*'))],
      [web(sub('StringLike', 'a*', 'ab'))],
      'equal',
    ],
    [
      'a wildcard under StringEquals takes itself alone',
      [web(sub('StringEquals', 'a*'))],
      [web(sub('StringLike', 'a*'))],
      'widened',
    ],
    [
      'StringLike without wildcards is StringEquals',
      [web(sub('StringEquals', 'a'))],
      [web(sub('StringLike', 'a'))],
      'equal',
    ],
    [
      'ArnEquals takes wildcards, within parts',
      [web(sub('ArnEquals', 'a:b:c:d:e:*'))],
      [web(sub('StringLike', 'a:b:c:d:e:*'))],
      'equal',
    ],
    [
      'ArnLike wildcards stay within a part',
      [web(sub('ArnLike', 'a:*:c:d:e:f'))],
      [web(sub('StringLike', 'a:*:c:d:e:f'))],
      'widened',
    ],
    [
      'ArnLike and ArnEquals are the same',
      [web(sub('ArnLike', 'a:*:c:d:e:f'))],
      [web(sub('ArnEquals', 'a:*:c:d:e:f'))],
      'equal',
    ],
    ['ArnLike on something that is no ARN', [web(sub('ArnLike', `${SA}ns:*`))], [], 'equal'],
    ['? is one character', [web(sub('StringLike', 'a?'))], [web(sub('StringLike', 'a*'))], 'widened'],
    ['?* is all but the empty string', [web(sub('StringLike', '?*'))], [open], 'widened'],
    ['* is everything', [web(sub('StringLike', '*'))], [open], 'equal'],
    ['two wildcards are one', [web(sub('StringLike', 'a**b'))], [web(sub('StringLike', 'a*b'))], 'equal'],
    ['a union of wildcards that covers all', [web(sub('StringLike', '?*', ''))], [open], 'equal'],
    [
      'any case is more',
      [web(sub('StringEquals', 'api'))],
      [web(sub('StringEqualsIgnoreCase', 'API'))],
      'widened',
    ],
    [
      'all spellings listed are any case',
      [web(sub('StringEquals', 'a', 'A'))],
      [web(sub('StringEqualsIgnoreCase', 'a'))],
      'equal',
    ],
    [
      'the empty string is a value',
      [web(sub('StringEquals', ''))],
      [web(sub('StringEquals', 'x'))],
      'incomparable',
    ],
    ['accents are letters', [web(sub('StringLike', 'é*'))], [web(sub('StringLike', 'e*'))], 'incomparable'],
    [
      'a prefix of a namespace takes more namespaces',
      [web(sub('StringLike', `${SA}dev:*`))],
      [web(sub('StringLike', `${SA}dev*`))],
      'widened',
    ],
    [
      'colons are no bounds to wildcards',
      [web(sub('StringLike', `${SA}*:api`))],
      [web(sub('StringLike', `${SA}*api`))],
      'widened',
    ],
    [
      'crossing wildcards',
      [web(sub('StringLike', `${SA}*:api`))],
      [web(sub('StringLike', `${SA}ns:*`))],
      'incomparable',
    ],
  ])('%s', (_, before, after, relation) => {
    const nobody = trust(web(sub('StringEquals')));
    const made = (statements: object[]) => (statements.length === 0 ? nobody : trust(...statements));
    expect(relate(made(before), made(after)).relation).toBe(relation);
  });

  it('prefers subjects that a ServiceAccount can have', () => {
    const comparison = compare(
      trust(exact),
      trust(web({ StringLike: { sub: `${SA}*`, aud: 'sts.amazonaws.com' } })),
    );
    expect(comparison).toMatchObject({
      relation: 'widened',
      gained: { lifelike: true, caller: provider(), kind: 'Federated', assuming: [] },
    });
    expect(JSON.stringify(comparison)).toMatch(
      /admits system:serviceaccount:[a-z]+:[a-z]+ of oidc\.eks\.eu-west-1/,
    );
  });

  it('says so when only subjects differ that no ServiceAccount can have', () => {
    const comparison = compare(
      trust(web(sub('StringLike', `${SA}*:*`))),
      trust(web(sub('StringLike', `${SA}*`))),
    );
    expect(comparison).toMatchObject({ relation: 'widened', gained: { lifelike: false } });
  });
});

describe('operators', () => {
  it.each<[string, object[], object[], Relation]>([
    [
      'not a, not b is not one of both',
      [web({ StringNotEquals: { sub: 'a' }, StringNotLike: { sub: 'b' } })],
      [web(sub('StringNotEquals', 'a', 'b'))],
      'equal',
    ],
    [
      'excluding more is tighter',
      [web(sub('StringNotEquals', 'a'))],
      [web(sub('StringNotEquals', 'a', 'b'))],
      'tightened',
    ],
    [
      'excluding by wildcard is tighter',
      [web(sub('StringNotEquals', 'ab'))],
      [web(sub('StringNotLike', 'a*'))],
      'tightened',
    ],
    [
      'a Deny is a negation',
      [web(sub('StringNotLike', 'a*'))],
      [open, web(sub('StringLike', 'a*'), 'Deny')],
      'equal',
    ],
    ['a Deny of a part', [open], [open, web(sub('StringLike', 'a*'), 'Deny')], 'tightened'],
    [
      'a Deny of others changes nothing',
      [web(sub('StringEquals', 'b'))],
      [web(sub('StringEquals', 'b')), web(sub('StringLike', 'a*'), 'Deny')],
      'equal',
    ],
    [
      'a Deny of all but one',
      [web(sub('StringEquals', 'a'))],
      [open, web(sub('StringNotEquals', 'a'), 'Deny')],
      'equal',
    ],
    [
      'a Deny that covers every Allow admits nobody',
      [web(sub('StringEquals'))],
      [exact, web({}, 'Deny')],
      'equal',
    ],
    [
      'IfExists around a claim that every token has',
      [web(sub('StringEquals', 'a'))],
      [web(sub('StringEqualsIfExists', 'a'))],
      'equal',
    ],
    [
      'ForAllValues around a claim that every token has',
      [web(sub('StringEquals', 'a'))],
      [web(sub('ForAllValues:StringEquals', 'a'))],
      'equal',
    ],
    [
      'ForAnyValue of one value',
      [web(sub('StringLike', 'a*'))],
      [web(sub('ForAnyValue:StringLike', 'a*'))],
      'equal',
    ],
    [
      'ForAnyValue of a negation',
      [web(sub('StringNotEquals', 'a'))],
      [web(sub('ForAnyValue:StringNotEquals', 'a'))],
      'equal',
    ],
    ['Null false of a claim that every token has', [open], [web({ Null: { sub: 'false' } })], 'equal'],
    [
      'Null true of a claim that every token has',
      [web(sub('StringEquals'))],
      [web({ Null: { sub: 'true' } })],
      'equal',
    ],
    [
      'a claim of another issuer is never there',
      [web(sub('StringEquals'))],
      [web({ StringEquals: { [`${OTHER_ISSUER}:sub`]: 'a' } })],
      'equal',
    ],
    [
      'a negated claim of another issuer excludes nobody',
      [open],
      [web({ StringNotEquals: { [`${OTHER_ISSUER}:sub`]: 'a' } })],
      'equal',
    ],
    [
      'keys in another case',
      [web(sub('StringEquals', 'a'))],
      [web({ StringEquals: { [`${ISSUER.toUpperCase()}:SUB`]: 'a' } })],
      'equal',
    ],
    [
      'aws:SourceArn is not in the call of a pod',
      [web(sub('StringEquals'))],
      [web({ ArnLike: { 'aws:SourceArn': `${CLUSTER}*` } })],
      'equal',
    ],
    [
      'a Deny of plain HTTP denies nobody',
      [exact],
      [exact, web({ Bool: { 'aws:SecureTransport': 'false' } }, 'Deny')],
      'equal',
    ],
    [
      'a source address more',
      [exact],
      [
        web({
          StringEquals: { sub: `${SA}ns:api`, aud: 'sts.amazonaws.com' },
          IpAddress: { 'aws:SourceIp': '10.0.0.0/8' },
        }),
      ],
      'tightened',
    ],
    [
      'a smaller range',
      [web({ IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } })],
      [web({ IpAddress: { 'aws:SourceIp': '10.1.0.0/16' } })],
      'tightened',
    ],
    [
      'two halves of a range',
      [web({ IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } })],
      [web({ IpAddress: { 'aws:SourceIp': ['10.0.0.0/9', '10.128.0.0/9'] } })],
      'equal',
    ],
    [
      'the same range as a negation',
      [web({ IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } })],
      [open, web({ NotIpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, 'Deny')],
      'equal',
    ],
    [
      'IPv6 ranges',
      [web({ IpAddress: { 'aws:SourceIp': '2001:db8::/32' } })],
      [web({ IpAddress: { 'aws:SourceIp': '2001:db8:1::/48' } })],
      'tightened',
    ],
    [
      'a later end',
      [web({ DateLessThan: { 'aws:CurrentTime': '2026-01-01T00:00:00Z' } })],
      [web({ DateLessThan: { 'aws:CurrentTime': '2027-01-01T00:00:00Z' } })],
      'widened',
    ],
    [
      'less than and at most',
      [web({ NumericLessThan: { 'sts:DurationSeconds': '3600' } })],
      [web({ NumericLessThanEquals: { 'sts:DurationSeconds': '3600' } })],
      'widened',
    ],
    [
      'below or at least is always',
      [web({ Null: { 'sts:DurationSeconds': 'false' } })],
      [
        web({ NumericLessThan: { 'sts:DurationSeconds': '3600' } }),
        web({ NumericGreaterThanEquals: { 'sts:DurationSeconds': '3600' } }),
      ],
      'equal',
    ],
  ])('%s', (_, before, after, relation) => {
    expect(relate(trust(...before), trust(...after)).relation).toBe(relation);
  });

  it('takes a 2008 document at its word where 2012 has a variable', () => {
    const statement = web(sub('StringEquals', variable('aws:username')));
    expect(relate(trustOf('2008-10-17', [statement]), trustOf('2008-10-17', [statement])).relation).toBe(
      'equal',
    );
    expect(relate(trustOf('2008-10-17', [statement]), trustOf('2008-10-17', [open])).relation).toBe(
      'widened',
    );
  });
});

describe('callers', () => {
  const root = `arn:aws:iam::${ACCOUNT}:root`;
  const role = `arn:aws:iam::${ACCOUNT}:role/team/ci`;
  it.each<[string, object[], object[], Relation]>([
    ['an account id is its root ARN', [aws(ACCOUNT)], [aws(root)], 'equal'],
    ['a role of the account is less', [aws(ACCOUNT)], [aws(role)], 'tightened'],
    ['a role beside its account adds nothing', [aws(root)], [aws([root, role])], 'equal'],
    [
      'a condition on the principal ARN can say the same',
      [aws(role)],
      [aws(root, { ArnEquals: { 'aws:PrincipalArn': role } })],
      'equal',
    ],
    [
      'a condition on the account can say the same',
      [aws(ACCOUNT)],
      [aws('*', { StringEquals: { 'aws:PrincipalAccount': ACCOUNT } })],
      'equal',
    ],
    ['another role', [aws(role)], [aws(`arn:aws:iam::${ACCOUNT}:role/ci`)], 'incomparable'],
    ['everyone', [aws(role)], [aws('*')], 'widened'],
    [
      'a bare star is everyone',
      [aws('*')],
      [{ Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' }],
      'equal',
    ],
    [
      'an external id more',
      [aws(root)],
      [aws(root, { StringEquals: { 'sts:ExternalId': 'x' } })],
      'tightened',
    ],
    ['a deleted principal admits nobody', [aws(role)], [aws([role, 'AROAABCDEFGHIJKLMNOPQ'])], 'equal'],
    [
      'one session of a role is less than the role',
      [aws(role)],
      [aws(`arn:aws:sts::${ACCOUNT}:assumed-role/other/me`)],
      'incomparable',
    ],
    [
      'everyone but a role, the long way',
      [{ Effect: 'Allow', NotPrincipal: { AWS: [role, root] }, Action: 'sts:AssumeRole' }],
      [aws('*')],
      'widened',
    ],
    [
      'everyone but a role, whose account is not named: open for that role',
      [{ Effect: 'Allow', NotPrincipal: { AWS: role }, Action: 'sts:AssumeRole' }],
      [aws('*')],
      'undecided',
    ],
    ['a Deny for a role of the account', [aws(root)], [aws(root), aws(role, {}, 'Deny')], 'tightened'],
    [
      'a Deny for strangers',
      [aws(root)],
      [aws(root), aws('*', { StringNotEquals: { 'aws:PrincipalAccount': ACCOUNT } }, 'Deny')],
      'equal',
    ],
    [
      'another provider',
      [exact],
      [exact, web(sub('StringEquals', `${SA}ns:api`), 'Allow', OTHER_ISSUER)],
      'widened',
    ],
    ['any provider', [open], [{ ...open, Principal: { Federated: '*' } }], 'widened'],
    [
      'a web identity cannot use sts:AssumeRole',
      [{ ...open, Action: 'sts:AssumeRole' }],
      [web(sub('StringEquals'))],
      'equal',
    ],
    [
      'an IAM principal has no web identity',
      [aws(role)],
      [aws(role), { ...aws(role), Action: 'sts:AssumeRoleWithWebIdentity' }],
      'equal',
    ],
    [
      'tokens of EKS carry no session tags',
      [open],
      [{ ...open, Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'] }],
      'equal',
    ],
    ['a wildcard over the actions', [open], [{ ...open, Action: 'sts:AssumeRoleWith*' }], 'equal'],
    ['all of STS', [aws(role)], [{ ...aws(role), Action: 'sts:*' }], 'widened'],
    ['actions in another case', [aws(role)], [{ ...aws(role), Action: 'STS:assumerole' }], 'equal'],
    [
      'every action but one',
      [{ ...aws(role), NotAction: 'sts:TagSession', Action: undefined }],
      [{ ...aws(role), Action: 'sts:*' }],
      'widened',
    ],
    ['session tags no more', [pods()], [pods({}, 'sts:AssumeRole')], 'tightened'],
    [
      'a service more',
      [pods()],
      [pods(), { ...pods(), Principal: { Service: ['ec2.amazonaws.com'] } }],
      'widened',
    ],
    ['any service', [pods()], [{ ...pods(), Principal: '*' }], 'widened'],
    [
      'the cluster tells its account',
      [pods({ ArnEquals: { 'aws:SourceArn': CLUSTER } })],
      [pods({ ArnEquals: { 'aws:SourceArn': CLUSTER }, StringEquals: { 'aws:SourceAccount': ACCOUNT } })],
      'equal',
    ],
    [
      'the account alone is every cluster in it',
      [pods({ ArnEquals: { 'aws:SourceArn': CLUSTER } })],
      [pods({ StringEquals: { 'aws:SourceAccount': ACCOUNT } })],
      'widened',
    ],
    [
      'an ARN wildcard can say the account',
      [pods({ ArnLike: { 'aws:SourceArn': `arn:aws:eks:*:${ACCOUNT}:cluster/*` } })],
      [pods({ StringEquals: { 'aws:SourceAccount': ACCOUNT } })],
      'widened',
    ],
    [
      'the cluster tag is the cluster',
      [pods({ ArnEquals: { 'aws:SourceArn': CLUSTER, 'aws:RequestTag/eks-cluster-arn': CLUSTER } })],
      [pods({ StringEquals: { 'aws:RequestTag/eks-cluster-arn': CLUSTER } })],
      'equal',
    ],
    ['a namespace', [pods()], [pods({ StringEquals: { [NAMESPACE]: 'ns' } })], 'tightened'],
    [
      'a namespace if there is one lets untagged calls in',
      [pods({ StringEquals: { [NAMESPACE]: 'ns' } })],
      [pods({ StringEqualsIfExists: { [NAMESPACE]: 'ns' } })],
      'widened',
    ],
    [
      'Pod Identity has no web identity claims',
      [pods()],
      [pods(), pods({ StringEquals: { [`${ISSUER}:sub`]: 'a' } })],
      'equal',
    ],
  ])('%s', (_, before, after, relation) => {
    expect(relate(trust(...before), trust(...after)).relation).toBe(relation);
  });

  it('words what Pod Identity gains', () => {
    const before = trust(
      pods({ ArnEquals: { 'aws:SourceArn': CLUSTER }, StringEquals: { [NAMESPACE]: 'ns' } }),
    );
    const comparison = relate(before, trust(pods({ ArnEquals: { 'aws:SourceArn': CLUSTER } })));
    expect(comparison).toMatchObject({ relation: 'widened' });
    expect(JSON.stringify(comparison)).toContain(`Pod Identity for ServiceAccount default/app of ${CLUSTER}`);
  });
});

describe('what cannot be decided', () => {
  const region = { StringEquals: { 'aws:RequestedRegion': variable('aws:PrincipalTag/region') } };
  const keys = (set: string, ...values: string[]) =>
    aws('*', { [`${set}:StringEquals`]: { 'aws:TagKeys': values } });

  it('is the same on both sides when the condition is', () => {
    expect(
      relate(
        trust(web({ ...sub('StringEquals', 'a'), StringLike: region.StringEquals })),
        trust(web({ ...sub('StringEquals', 'a'), StringLike: region.StringEquals })),
      ).relation,
    ).toBe('equal');
    expect(
      relate(trust(keys('ForAllValues', 'a', 'b')), trust(keys('ForAllValues', 'b', 'a'))).relation,
    ).toBe('equal');
  });

  it('is an assumption of a difference that lies elsewhere', () => {
    const withSubjects = (...subjects: string[]) =>
      trust(web({ StringEquals: { sub: subjects }, StringLike: region.StringEquals }));
    const comparison = relate(withSubjects('a'), withSubjects('a', 'b'));
    expect(comparison).toMatchObject({
      relation: 'widened',
      gained: { assuming: [`StringLike aws:RequestedRegion [${variable('aws:PrincipalTag/region')}]`] },
    });
  });

  it('is said when it alone makes the difference', () => {
    const other = { StringEquals: { 'aws:RequestedRegion': variable('aws:RequestTag/region') } };
    const comparison = relate(
      trust(web(region)),
      trust(
        web({
          StringEquals: {
            'aws:RequestedRegion': [variable('aws:PrincipalTag/region'), variable('aws:RequestTag/region')],
          },
        }),
      ),
    );
    expect(comparison).toMatchObject({
      relation: 'undecided',
      reason: expect.stringContaining('aws:requestedregion'),
    });
    expect(relate(trust(web(region)), trust(web(other))).relation).toBe('undecided');
  });

  it('finds what single values of a list tell, and leaves the rest open', () => {
    expect(relate(trust(keys('ForAllValues', 'a')), trust(keys('ForAllValues', 'a', 'b')))).toMatchObject({
      relation: 'widened',
      lossUndecided: expect.any(String),
    });
    expect(compare(trust(keys('ForAllValues', 'a')), trust(keys('ForAllValues', 'a', 'b')))).toMatchObject({
      gained: { context: { 'aws:tagkeys': 'b' } },
    });
  });
});

describe('keys that are read as truth values and as strings', () => {
  const canonical = web(sub('StringEquals', `${SA}shop:api`));

  it('never hide that somebody gains, behind a harmless Deny', () => {
    const harmless = { ...canonical, Effect: 'Deny', Condition: { Bool: { [`${ISSUER}:sub`]: 'true' } } };
    const before = trust(canonical);
    const after = trust(web(sub('StringLike', 'system:serviceaccount:*')), harmless);
    expect(compare(before, after)).toMatchObject({ relation: 'widened', gained: { lifelike: true } });
  });

  it('are equal to themselves', () => {
    const both = trust(canonical, {
      ...canonical,
      Effect: 'Deny',
      Condition: { Bool: { [`${ISSUER}:sub`]: 'true' } },
    });
    expect(compare(both, both)).toEqual({ relation: 'equal' });
  });
});

describe('limits', () => {
  it('answers or gives up on patterns made to explode', () => {
    const bomb = (symbol: string) => `*${symbol}`.repeat(20);
    expect(
      relate(trust(web(sub('StringLike', bomb('a')))), trust(web(sub('StringLike', bomb('b'))))).relation,
    ).toBe('incomparable');
    expect(
      relate(
        trust(web(sub('StringLike', bomb('a')))),
        trust(web(sub('StringLike', bomb('a'), `${bomb('a')}*`))),
      ).relation,
    ).toBe('widened');
    const many = (star: string) =>
      trust(
        ...Array.from({ length: 12 }, (_, index) =>
          web(sub('StringLike', `${`${star}${String.fromCharCode(97 + index)}?`.repeat(12)}*`)),
        ),
      );
    expect(relate(many('*'), many('**')).relation).toBe('too-complex');
    expect(compare(many('*'), many('*')).relation).toBe('equal');
  });

  it('keeps within smaller limits when asked', () => {
    const limits = { steps: 10, nodes: 10 };
    expect(compare(trust(open), trust(exact), limits).relation).toBe('too-complex');
    expect(compare(trust(exact), trust(open), limits)).toMatchObject({
      relation: 'widened',
      lossUndecided: expect.any(String),
    });
  });
});

describe('properties', () => {
  const RUNS = 60;

  it('agrees with sampling, and every witness holds', () => {
    fc.assert(
      fc.property(
        somePolicy,
        somePolicy,
        fc.array(someRequest, { minLength: 30, maxLength: 30 }),
        (before, after, requests) => {
          const { relation } = relate(before, after);
          const [one, other] = [compile(before), compile(after)];
          for (const request of requests) {
            const outcomes = [decide(one, request), decide(other, request)].join();
            if (outcomes === 'denied,allowed')
              expect(['widened', 'incomparable', 'undecided']).toContain(relation);
            if (outcomes === 'allowed,denied')
              expect(['tightened', 'incomparable', 'undecided']).toContain(relation);
          }
        },
      ),
      { numRuns: RUNS },
    );
  });

  it('finds every policy equal to itself', () => {
    fc.assert(
      fc.property(somePolicy, (policy) => {
        expect(compare(policy, policy)).toEqual({ relation: 'equal' });
      }),
      { numRuns: RUNS },
    );
  });

  it('takes any policies that IAM stores, and every witness without assumptions holds', () => {
    fc.assert(
      fc.property(trustPolicies, trustPolicies, (one, other) => {
        const [before, after] = [parsePolicy(one, 'trust').policy, parsePolicy(other, 'trust').policy];
        if (before === null || after === null) return;
        relate(before, after);
        expect(compare(before, before)).toEqual({ relation: 'equal' });
      }),
      { numRuns: RUNS },
    );
  });

  it('never finds a policy tighter for one more Allow, or wider for one more Deny', () => {
    fc.assert(
      fc.property(somePolicy, somePolicy, (policy, more) => {
        const added = more.statements[0];
        if (added === undefined) return;
        const { relation } = compare(policy, { ...policy, statements: [...policy.statements, added] });
        expect(['equal', 'undecided', added.effect === 'Allow' ? 'widened' : 'tightened']).toContain(
          relation,
        );
      }),
      { numRuns: RUNS },
    );
  });
});
