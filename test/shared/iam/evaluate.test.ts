import { describe, expect, it } from 'vitest';
import { compile } from '../../../shared/iam/compile.ts';
import { decide, evaluate } from '../../../shared/iam/evaluate.ts';
import { parsePolicy } from '../../../shared/iam/parse.ts';
import type { Policy, PolicyKind } from '../../../shared/iam/policy.ts';
import type { Caller, ContextValue, Decision, Request } from '../../../shared/iam/request.ts';

const PROVIDER = 'arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AB';
const OTHER_PROVIDER = 'arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/CD';
const ROLE = 'arn:aws:iam::111122223333:role/path/app';
const SESSION = 'arn:aws:sts::111122223333:assumed-role/app/i-1';

const POD: Caller = { kind: 'federated', provider: PROVIDER };
const EKS: Caller = { kind: 'service', service: 'pods.eks.amazonaws.com' };
const APP: Caller = { kind: 'aws', arn: ROLE, account: '111122223333' };
const APP_SESSION: Caller = { ...APP, sessionArn: SESSION };
const STRANGER: Caller = { kind: 'aws', arn: 'arn:aws:iam::999999999999:user/eve', account: '999999999999' };

function policyOf(statements: readonly object[], kind: PolicyKind = 'trust', version = '2012-10-17'): Policy {
  const { policy, problems } = parsePolicy(JSON.stringify({ Version: version, Statement: statements }), kind);
  if (policy === null) throw new Error(JSON.stringify(problems));
  return policy;
}

function ask(
  statements: readonly object[],
  request: Partial<Request> & { values?: Record<string, ContextValue> },
  kind: PolicyKind = 'trust',
): Decision {
  const { values = {}, ...rest } = request;
  const compiled = compile(policyOf(statements, kind));
  const whole: Request = {
    caller: POD,
    action: 'sts:AssumeRoleWithWebIdentity',
    context: (key) => values[key] ?? 'absent',
    ...rest,
  };
  const decision = evaluate(compiled, whole);
  expect(decide(compiled, whole)).toBe(decision.outcome);
  return decision;
}

const ALLOW = { Effect: 'Allow', Principal: '*', Action: 'sts:*' };

// IAM user guide, Reference: Principal.
describe('Principal', () => {
  it.each<[string, unknown, Caller, string]>([
    ['the provider itself', { Federated: PROVIDER }, POD, 'allowed'],
    ['another provider', { Federated: OTHER_PROVIDER }, POD, 'denied'],
    ['one of several providers', { Federated: [OTHER_PROVIDER, PROVIDER] }, POD, 'allowed'],
    ['every provider', { Federated: '*' }, POD, 'allowed'],
    ['every provider is no service', { Federated: '*' }, EKS, 'denied'],
    ['every provider is no role', { Federated: '*' }, APP, 'denied'],
    [
      'a provider in another case is another one',
      { Federated: PROVIDER.replace('/AB', '/ab') },
      POD,
      'denied',
    ],
    [
      'a provider of another partition',
      { Federated: PROVIDER.replace('arn:aws:', 'arn:aws-cn:') },
      POD,
      'denied',
    ],
    ['everyone: a pod', '*', POD, 'allowed'],
    ['everyone: a service', '*', EKS, 'allowed'],
    ['everyone: another account', '*', STRANGER, 'allowed'],
    ['everyone as AWS: a pod too', { AWS: '*' }, POD, 'allowed'],
    ['everyone as AWS: another account', { AWS: '*' }, STRANGER, 'allowed'],
    ['the service', { Service: 'pods.eks.amazonaws.com' }, EKS, 'allowed'],
    ['another service', { Service: 'eks.amazonaws.com' }, EKS, 'denied'],
    ['a service is no account', { AWS: '111122223333' }, EKS, 'denied'],
    ['a pod is no principal of its account', { AWS: 'arn:aws:iam::111122223333:root' }, POD, 'denied'],
    ['an account by its id', { AWS: '111122223333' }, APP, 'allowed'],
    ['an account by its root', { AWS: 'arn:aws:iam::111122223333:root' }, APP, 'allowed'],
    ['the root of another partition', { AWS: 'arn:aws-cn:iam::111122223333:root' }, APP, 'denied'],
    ['another account', { AWS: '111122223333' }, STRANGER, 'denied'],
    ['a role by its ARN', { AWS: ROLE }, APP, 'allowed'],
    ['a role without its path', { AWS: 'arn:aws:iam::111122223333:role/app' }, APP, 'denied'],
    ['another role', { AWS: `${ROLE}2` }, APP, 'denied'],
    ['a role in another case', { AWS: ROLE.replace('app', 'App') }, APP, 'denied'],
    ['a session by its ARN', { AWS: SESSION }, APP_SESSION, 'allowed'],
    ['another session', { AWS: `${SESSION}2` }, APP_SESSION, 'denied'],
    ['a session of a role whose session is not known', { AWS: SESSION }, APP, 'undecided'],
    ['a session of another role', { AWS: SESSION.replace('/app/', '/web/') }, APP, 'denied'],
    [
      'a session of the same role in another account',
      { AWS: SESSION.replace('1111', '9999') },
      APP,
      'denied',
    ],
    ['a role when its session is known', { AWS: ROLE }, APP_SESSION, 'allowed'],
    ['a principal that was deleted', { AWS: 'AROAEXAMPLEEXAMPLE123' }, APP, 'denied'],
    ['one of several kinds', { Service: 'ec2.amazonaws.com', AWS: [STRANGER.arn, ROLE] }, APP, 'allowed'],
    ['nobody', { AWS: [] }, APP, 'denied'],
    [
      'a canonical user',
      { CanonicalUser: '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be' },
      APP,
      'denied',
    ],
  ])('%s', (_, Principal, caller, outcome) => {
    expect(ask([{ ...ALLOW, Principal }], { caller }).outcome).toBe(outcome);
  });
});

// IAM user guide, Reference: NotPrincipal.
describe('NotPrincipal', () => {
  it.each<[string, unknown, Caller, string]>([
    ['exempts the provider', { Federated: PROVIDER }, POD, 'denied'],
    ['covers every other provider', { Federated: OTHER_PROVIDER }, POD, 'allowed'],
    ['covers services when it names a provider', { Federated: PROVIDER }, EKS, 'allowed'],
    ['exempts the service', { Service: 'pods.eks.amazonaws.com' }, EKS, 'denied'],
    ['of everyone covers nobody', '*', POD, 'denied'],
    [
      'exempts a role that it names together with its account',
      { AWS: [ROLE, '111122223333'] },
      APP,
      'denied',
    ],
    ['covers who is neither', { AWS: [ROLE, '111122223333'] }, STRANGER, 'allowed'],
    ['is not certain to exempt a role without its account', { AWS: ROLE }, APP, 'undecided'],
    ['is not certain to exempt a role by its account alone', { AWS: '111122223333' }, APP, 'undecided'],
  ])('%s', (_, NotPrincipal, caller, outcome) => {
    const { Principal: _dropped, ...rest } = ALLOW;
    expect(ask([{ ...rest, NotPrincipal }], { caller }).outcome).toBe(outcome);
  });

  it('with Deny lets only the named provider through', () => {
    const deny = { Effect: 'Deny', NotPrincipal: { Federated: PROVIDER }, Action: 'sts:*' };
    expect(ask([ALLOW, deny], {}).outcome).toBe('allowed');
    expect(ask([ALLOW, deny], { caller: { kind: 'federated', provider: OTHER_PROVIDER } }).outcome).toBe(
      'denied',
    );
  });
});

// IAM user guide, Reference: Action, NotAction.
describe('Action', () => {
  it.each<[string, object, string]>([
    ['the action itself', { Action: 'sts:AssumeRoleWithWebIdentity' }, 'allowed'],
    ['in any case', { Action: 'STS:assumerolewithwebidentity' }, 'allowed'],
    ['in a list', { Action: ['sts:TagSession', 'sts:AssumeRoleWithWebIdentity'] }, 'allowed'],
    ['another action', { Action: 'sts:AssumeRole' }, 'denied'],
    ['a wildcard', { Action: 'sts:AssumeRole*' }, 'allowed'],
    ['a wildcard inside', { Action: 'sts:Assume?oleWith*Identity' }, 'allowed'],
    ['a wildcard that misses', { Action: 'sts:*SAML' }, 'denied'],
    ['everything of the service', { Action: 'sts:*' }, 'allowed'],
    ['everything', { Action: '*' }, 'allowed'],
    ['NotAction exempts', { NotAction: 'sts:AssumeRoleWithWebIdentity' }, 'denied'],
    ['NotAction with a wildcard', { NotAction: 'sts:Assume*' }, 'denied'],
    ['NotAction covers the rest', { NotAction: 'sts:TagSession' }, 'allowed'],
  ])('%s', (_, element, outcome) => {
    expect(ask([{ Effect: 'Allow', Principal: '*', ...element }], {}).outcome).toBe(outcome);
  });
});

// IAM user guide, Reference: Resource; issue awsdocs/iam-user-guide#175 for the colons.
describe('Resource of identity policies', () => {
  it.each<[string, object, string | undefined, string]>([
    ['everything', { Resource: '*' }, undefined, 'allowed'],
    ['the ARN itself', { Resource: ROLE }, ROLE, 'allowed'],
    ['another ARN', { Resource: ROLE }, `${ROLE}2`, 'denied'],
    ['wildcards cross colons', { Resource: 'arn:*app' }, ROLE, 'allowed'],
    ['resources mind the case', { Resource: ROLE.toUpperCase() }, ROLE, 'denied'],
    ['a resource that is not known', { Resource: ROLE }, undefined, 'undecided'],
    ['NotResource exempts', { NotResource: ['arn:aws:iam::111122223333:role/*'] }, ROLE, 'denied'],
    ['NotResource covers the rest', { NotResource: ['arn:aws:iam::999999999999:role/*'] }, ROLE, 'allowed'],
    ['NotResource of everything covers nothing', { NotResource: '*' }, ROLE, 'denied'],
    [
      'a variable',
      { Resource: ['arn:aws:iam::111122223333:role/path/$', '{aws:username}'].join('') },
      ROLE,
      'allowed',
    ],
    [
      'a variable without value matches nothing',
      { Resource: ['*$', '{aws:userid}*'].join('') },
      ROLE,
      'denied',
    ],
  ])('%s', (_, element, resource, outcome) => {
    const statement = { Effect: 'Allow', Action: 'sts:AssumeRole', ...element };
    const request = {
      action: 'sts:AssumeRole',
      caller: STRANGER,
      values: { 'aws:username': ['app'] },
      ...(resource === undefined ? {} : { resource }),
    };
    expect(ask([statement], request, 'identity').outcome).toBe(outcome);
  });
});

// IAM user guide, Reference: Condition; policy evaluation logic.
describe('conditions and effects', () => {
  const when = (Condition: object, Effect = 'Allow') => ({ ...ALLOW, Effect, Condition });
  const values: Record<string, ContextValue> = { 'k:a': ['1'], 'k:b': ['2'], 'k:u': 'unknown' };

  it.each<[string, object[], string, number | null]>([
    ['no statement applies', [when({ StringEquals: { 'k:a': 'x' } })], 'denied', null],
    [
      'keys of one operator are all asked for',
      [when({ StringEquals: { 'k:a': '1', 'k:b': 'x' } })],
      'denied',
      null,
    ],
    [
      'operators are all asked for',
      [when({ StringEquals: { 'k:a': '1' }, StringLike: { 'k:b': 'x' } })],
      'denied',
      null,
    ],
    ['all of them met', [when({ StringEquals: { 'k:a': '1' }, StringLike: { 'k:b': '?' } })], 'allowed', 0],
    ['keys compare in any case', [when({ StringEquals: { 'K:A': '1' } })], 'allowed', 0],
    ['one statement of several is enough', [when({ StringEquals: { 'k:a': 'x' } }), ALLOW], 'allowed', 1],
    ['an explicit Deny wins', [ALLOW, when({ StringEquals: { 'k:a': '1' } }, 'Deny')], 'denied', 1],
    ['in any order', [when({ StringEquals: { 'k:a': '1' } }, 'Deny'), ALLOW], 'denied', 0],
    [
      'a Deny that does not apply changes nothing',
      [ALLOW, when({ StringEquals: { 'k:a': 'x' } }, 'Deny')],
      'allowed',
      0,
    ],
    ['an unknown value leaves an Allow undecided', [when({ StringEquals: { 'k:u': 'x' } })], 'undecided', 0],
    ['unless another condition fails', [when({ StringEquals: { 'k:u': 'x', 'k:a': 'x' } })], 'denied', null],
    ['unless another Allow applies', [when({ StringEquals: { 'k:u': 'x' } }), ALLOW], 'allowed', 1],
    [
      'an unknown value leaves a Deny undecided',
      [ALLOW, when({ StringEquals: { 'k:u': 'x' } }, 'Deny')],
      'undecided',
      1,
    ],
    [
      'a Deny that may apply does not matter without an Allow',
      [when({ StringEquals: { 'k:u': 'x' } }, 'Deny')],
      'denied',
      null,
    ],
    [
      'a Deny that applies wins over one that may',
      [ALLOW, when({ StringEquals: { 'k:u': 'x' } }, 'Deny'), when({ StringEquals: { 'k:a': '1' } }, 'Deny')],
      'denied',
      2,
    ],
    [
      'an Allow and a Deny that both may apply',
      [when({ StringEquals: { 'k:u': 'x' } }, 'Deny'), when({ StringEquals: { 'k:u': 'y' } })],
      'undecided',
      1,
    ],
  ])('%s', (_, statements, outcome, by) => {
    const decision = ask(statements, { values });
    expect([decision.outcome, decision.by?.index ?? null]).toEqual([outcome, by]);
  });

  it('says of each statement the first part that did not match', () => {
    const { statements } = ask(
      [
        { ...ALLOW, Principal: { Federated: OTHER_PROVIDER }, Action: 'sts:TagSession' },
        { ...ALLOW, Action: 'sts:TagSession', Condition: { StringEquals: { 'k:a': 'x' } } },
        when({ StringEquals: { 'k:b': '2', 'k:a': 'x' }, Null: { 'k:a': 'true' } }),
        when({ StringEquals: { 'k:u': 'x', 'k:b': '2' } }),
        ALLOW,
      ],
      { values },
    );
    expect(statements.map((result) => result.applies)).toEqual(['no', 'no', 'no', 'undecided', 'yes']);
    expect(statements.map((result) => (result.applies === 'yes' ? null : result.because))).toMatchObject([
      { part: 'principal', actual: POD },
      { part: 'action', actual: 'sts:AssumeRoleWithWebIdentity' },
      {
        part: 'condition',
        actual: ['1'],
        condition: { key: 'k:a', pointer: '/Statement/2/Condition/StringEquals/k:a' },
      },
      { part: 'condition', actual: 'unknown', condition: { key: 'k:u' } },
      null,
    ]);
  });

  it('takes no variables in a document of 2008-10-17', () => {
    const statement = when({ StringEquals: { 'k:a': ['$', '{k:a}'].join('') } });
    const request: Request = {
      caller: POD,
      action: 'sts:AssumeRole',
      context: (key) => values[key] ?? 'absent',
    };
    expect(decide(compile(policyOf([statement], 'trust', '2008-10-17')), request)).toBe('denied');
    expect(decide(compile(policyOf([statement])), request)).toBe('allowed');
  });
});
