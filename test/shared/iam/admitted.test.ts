import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { admitted } from '../../../shared/iam/admitted.ts';
import {
  admittedSubjects,
  awsGrants,
  deniedSubjects,
  providersOf,
  serviceGrants,
} from '../../../shared/iam/admitted-subjects.ts';
import type { Grant, KeySet } from '../../../shared/iam/admitted-types.ts';
import { compile } from '../../../shared/iam/compile.ts';
import { compileCondition } from '../../../shared/iam/conditions/condition.ts';
import { decide, type Outcome } from '../../../shared/iam/evaluate.ts';
import { grantFate } from '../../../shared/iam/grant-fate.ts';
import { matchesAll } from '../../../shared/iam/languages/match.ts';
import { parsePolicy } from '../../../shared/iam/parse.ts';
import type { Policy } from '../../../shared/iam/policy.ts';
import { compilePrincipal } from '../../../shared/iam/principal.ts';
import type { Request } from '../../../shared/iam/request.ts';
import { every, known, some, type Tri } from '../../../shared/iam/tri.ts';
import { certainRequests, requestFrom, trustPolicies } from '../../support/policies.ts';
import { somePolicy, someRequest } from './policies.ts';
import { ACCOUNT, aws, ISSUER, OTHER_ISSUER, pods, provider, SA, sub, trust, trustOf, web } from './trust.ts';

const SUB = `${ISSUER.toLowerCase()}:sub`;

function keySetOf(conditions: Record<string, Record<string, unknown>>): KeySet | undefined {
  return admitted(trust(web(conditions))).grants[0]?.keys.find(({ key }) => key === SUB);
}

describe('the set of a key', () => {
  it.each<[string, Record<string, Record<string, unknown>>, object]>([
    [
      'StringEquals takes * as it is',
      sub('StringEquals', 'a*'),
      { all: [{ include: [{ text: 'a*', literal: true }], exclude: [] }], absent: false },
    ],
    [
      'StringLike takes it as a wildcard',
      sub('StringLike', 'a*'),
      { all: [{ include: [{ text: 'a*', literal: false }], exclude: [] }], absent: false },
    ],
    [
      'a negation excludes, and takes absence',
      sub('StringNotEquals', 'a'),
      { all: [{ include: [{ text: '*' }], exclude: [{ text: 'a' }] }], absent: true },
    ],
    ['IfExists takes absence', sub('StringEqualsIfExists', 'a'), { absent: true }],
    ['ForAllValues takes absence', sub('ForAllValues:StringEquals', 'a'), { absent: true }],
    ['ForAnyValue does not, negated or not', sub('ForAnyValue:StringNotEquals', 'a'), { absent: false }],
    [
      'ignoring case',
      sub('StringEqualsIgnoreCase', 'API'),
      { all: [{ include: [{ text: 'API', literal: true, ignoreCase: true }] }] },
    ],
    [
      'ArnEquals takes wildcards within parts',
      sub('ArnEquals', 'a:b:c:d:e:*'),
      { all: [{ include: [{ text: 'a:b:c:d:e:*', literal: false, arn: true }] }] },
    ],
    ['what is no ARN matches nothing', sub('ArnLike', `${SA}ns:*`), { all: [{ include: [], exclude: [] }] }],
    ['Null true takes no value', { Null: { sub: 'true' } }, { all: [{ include: [] }], absent: true }],
    [
      'Null false takes every value',
      { Null: { sub: 'false' } },
      { all: [{ include: [{ text: '*' }] }], absent: false },
    ],
    [
      'an escaped star is no wildcard',
      sub('StringLike', `a${'$'}{*}b*`),
      { all: [{ include: [{ text: 'a*b*', literalAt: [1] }] }] },
    ],
    [
      'two conditions both hold',
      { StringLike: { sub: 'a*' }, StringNotEquals: { sub: 'ab' } },
      { all: [{ include: [{ text: 'a*' }] }, { exclude: [{ text: 'ab' }] }], absent: false },
    ],
  ])('%s', (_, conditions, expected) => {
    expect(keySetOf(conditions)).toMatchObject(expected);
  });

  it.each<[string, Record<string, Record<string, unknown>>]>([
    ['a policy variable', sub('StringEquals', `${'$'}{aws:username}`)],
    ['an address', { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }],
    ['a time', { DateLessThan: { 'aws:CurrentTime': '2027-01-01T00:00:00Z' } }],
    ['a key with several values', { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a'] } }],
    ['a lone star as an ARN', sub('ArnLike', '*')],
  ])('leaves %s undecided, never out', (_, conditions) => {
    const [grant] = admitted(trust(web(conditions))).grants;
    expect(grant?.undecided).toHaveLength(1);
    expect(grant?.keys).toEqual([]);
  });

  it('reads a variable of a 2008 document as plain text', () => {
    const text = `${'$'}{aws:username}`;
    const [grant] = admitted(trustOf('2008-10-17', [web(sub('StringEquals', text))])).grants;
    expect(grant?.undecided).toEqual([]);
    expect(grant?.keys[0]?.all[0]?.include[0]).toMatchObject({ text, literal: true });
  });
});

describe('the views for rules', () => {
  const policy = trust(
    web({ StringLike: { sub: [`${SA}ns:*`] }, StringEquals: { aud: 'sts.amazonaws.com' } }),
    web(),
    web({ StringEquals: { [`${OTHER_ISSUER}:sub`]: 'x' } }),
    web(sub('StringNotEquals', `${SA}ns:bad`)),
    web(sub('StringEquals', `${SA}ns:evil`), 'Deny'),
    pods({ StringEquals: { 'aws:SourceAccount': ACCOUNT } }),
    aws([ACCOUNT, `arn:aws:iam::${ACCOUNT}:role/ci`, 'AROAABCDEFGHIJKLMNOPQ'], {
      StringEquals: { 'sts:ExternalId': 'x' },
    }),
    { ...web(), Action: 'sts:AssumeRole' },
  );
  const sets = admitted(policy);

  it('list the subjects of a provider, statement by statement', () => {
    expect(admittedSubjects(sets, provider(), ISSUER)).toMatchObject([
      {
        statement: 0,
        subjects: { any: false, include: [{ text: `${SA}ns:*` }], exclude: [] },
        audiences: { any: false, include: [{ text: 'sts.amazonaws.com' }] },
      },
      { statement: 1, subjects: { any: true }, audiences: { any: true } },
      {
        statement: 3,
        subjects: { any: false, include: [{ text: '*' }], exclude: [{ text: `${SA}ns:bad` }] },
      },
    ]);
    expect(deniedSubjects(sets, provider(), ISSUER)).toMatchObject([{ statement: 4 }]);
    expect(admittedSubjects(sets, provider(OTHER_ISSUER), OTHER_ISSUER)).toEqual([]);
  });

  it('list providers, and whether any other may come', () => {
    expect(providersOf(sets)).toEqual({ named: [provider()], any: false });
    expect(providersOf(admitted(trust(aws('*'))))).toEqual({ named: [], any: true });
    expect(providersOf(admitted(trust({ ...web(), Principal: { Federated: '*' } })))).toEqual({
      named: [],
      any: true,
    });
  });

  it('list what a service must bring', () => {
    const [grant, ...more] = serviceGrants(sets, 'pods.eks.amazonaws.com');
    expect(more).toEqual([]);
    expect(grant?.keys.get('aws:sourceaccount')).toMatchObject({ any: false, include: [{ text: ACCOUNT }] });
    expect(serviceGrants(sets, 'ec2.amazonaws.com')).toEqual([]);
  });

  it('list IAM principals by kind', () => {
    expect(awsGrants(sets)).toMatchObject([
      {
        statement: 6,
        everyone: false,
        accounts: [ACCOUNT],
        arns: [`arn:aws:iam::${ACCOUNT}:role/ci`],
        deleted: ['AROAABCDEFGHIJKLMNOPQ'],
      },
    ]);
  });
});

describe('the fate of a statement', () => {
  it.each<[string, object[], object]>([
    [
      'admits someone',
      [web(sub('StringLike', `${SA}ns:*`))],
      { fate: 'admits', example: { lifelike: true } },
    ],
    [
      'admits only what no ServiceAccount is called',
      [web(sub('StringEquals', `${SA}ns:*`))],
      { fate: 'admits', example: { lifelike: false } },
    ],
    [
      'conditions that exclude each other',
      [web({ StringEquals: { sub: 'a' }, StringLike: { sub: 'b*' } })],
      { fate: 'contradictory', keys: [SUB] },
    ],
    [
      'a claim of another issuer',
      [web({ StringEquals: { [`${OTHER_ISSUER}:sub`]: 'a' } })],
      { fate: 'contradictory', keys: [] },
    ],
    ['a Deny of everyone', [web(sub('StringEquals', 'a')), web({}, 'Deny')], { fate: 'denied' }],
    [
      'a Deny of a part',
      [web(sub('StringEquals', 'a', 'b')), web(sub('StringEquals', 'a'), 'Deny')],
      { fate: 'admits' },
    ],
    [
      'Deny statements that cover it together',
      [
        web(sub('StringEquals', 'a', 'b')),
        web(sub('StringEquals', 'a'), 'Deny'),
        web(sub('StringLike', 'b*'), 'Deny'),
      ],
      { fate: 'denied' },
    ],
    [
      'an action that its principal cannot use',
      [{ ...web(), Action: 'sts:AssumeRole' }],
      { fate: 'no-caller' },
    ],
    ['a deleted principal', [aws('AROAABCDEFGHIJKLMNOPQ')], { fate: 'no-caller' }],
    [
      'a condition with a variable',
      [web(sub('StringEquals', `${'$'}{aws:PrincipalTag/x}`))],
      { fate: 'admits', example: { assuming: [expect.any(String)] } },
    ],
  ])('%s', (_, statements, expected) => {
    expect(grantFate(admitted(trust(...statements)), 0)).toMatchObject(expected);
  });
});

/** What the sets say of a request, read naively. */
function verdictOf(policy: Policy, request: Request): Outcome {
  const sets = admitted(policy);
  const within = (grant: Grant): Tri => {
    if (!grant.actions.includes(request.action)) return 'no';
    const keys = grant.keys.map(({ key, all, absent }) => {
      const value = request.context(key);
      if (value === 'absent' || value.length === 0) return known(absent);
      if (value === 'present' || value === 'unknown') return 'undecided';
      return known(matchesAll(all, value[0] ?? ''));
    });
    const open = grant.undecided.map((condition) => {
      const { key, test } = compileCondition(condition, sets.version);
      return test(request.context(key), request.context);
    });
    return every([compilePrincipal(grant.principal)(request.caller), ...keys, ...open], (answer) => answer);
  };
  const denied = some(sets.exceptions, within);
  const allowed = some(sets.grants, within);
  if (denied === 'yes' || allowed === 'no') return 'denied';
  return allowed === 'yes' && denied === 'no' ? 'allowed' : 'undecided';
}

describe('the sets agree with the evaluator', () => {
  it('on calls as AWS builds them', () => {
    const seen = new Set<Outcome>();
    fc.assert(
      fc.property(somePolicy, fc.array(someRequest, { minLength: 10, maxLength: 10 }), (policy, requests) => {
        const compiled = compile(policy);
        for (const request of requests) {
          const outcome = decide(compiled, request);
          seen.add(outcome);
          expect(verdictOf(policy, request)).toBe(outcome);
        }
      }),
      { numRuns: 300 },
    );
    expect(seen).toContain('allowed');
    expect(seen).toContain('denied');
  });

  it('on any policy that IAM stores, for keys of one value', () => {
    fc.assert(
      fc.property(trustPolicies, certainRequests, (text, random) => {
        const { policy } = parsePolicy(text, 'trust');
        if (policy === null) return;
        const single = [...random.values].map(
          ([key, value]) => [key, typeof value === 'string' ? value : value.slice(0, 1)] as const,
        );
        const request = requestFrom({ ...random, values: new Map(single) });
        expect(verdictOf(policy, request)).toBe(decide(compile(policy), request));
      }),
      { numRuns: 500 },
    );
  });
});
