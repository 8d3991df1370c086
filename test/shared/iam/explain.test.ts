import { describe, expect, it } from 'vitest';
import { describeMismatch } from '../../../shared/iam/explain.ts';
import { parsePolicy } from '../../../shared/iam/parse.ts';
import type { ContextValue, Mismatch } from '../../../shared/iam/request.ts';

function conditionOf(operator: string, key: string, values: unknown) {
  const Statement = {
    Effect: 'Allow',
    Principal: '*',
    Action: '*',
    Condition: { [operator]: { [key]: values } },
  };
  const { policy } = parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement }), 'trust');
  return policy!.statements[0]!.conditions[0]!;
}

const SUB = 'oidc.eks.eu-west-1.amazonaws.com/id/AB:sub';

describe('a condition that does not hold, in words', () => {
  it.each<[string, string, unknown, ContextValue, string]>([
    [
      'StringEquals',
      SUB,
      'system:serviceaccount:prod:api',
      ['system:serviceaccount:prod:api-v2'],
      `the condition wants ${SUB} to be "system:serviceaccount:prod:api" (StringEquals); the token has "system:serviceaccount:prod:api-v2"`,
    ],
    [
      'StringEquals',
      SUB,
      ['a', 'b'],
      ['c'],
      `the condition wants ${SUB} to be one of "a" or "b" (StringEquals); the token has "c"`,
    ],
    [
      'StringNotLike',
      'k:x',
      ['a*', 'b'],
      ['b'],
      'the condition wants k:x not to match any of "a*" or "b" (StringNotLike); the request has "b"',
    ],
    [
      'ArnEquals',
      'aws:SourceArn',
      'arn:*',
      'absent',
      'the condition wants aws:SourceArn to match "arn:*" (ArnEquals); the request does not carry it',
    ],
    [
      'IpAddress',
      'aws:SourceIp',
      '10.0.0.0/8',
      'unknown',
      'the condition wants aws:SourceIp to lie in "10.0.0.0/8" (IpAddress); what the request carries there is not known',
    ],
    [
      'NotIpAddress',
      'aws:SourceIp',
      '10.0.0.0/8',
      ['10.1.1.1'],
      'the condition wants aws:SourceIp to lie outside "10.0.0.0/8" (NotIpAddress); the request has "10.1.1.1"',
    ],
    [
      'StringLike',
      'sts:RoleSessionName',
      'eks-*',
      'present',
      'the condition wants sts:RoleSessionName to match "eks-*" (StringLike); the request carries it with a value that is not known',
    ],
    ['Null', 'k:x', 'true', ['1'], 'the condition wants k:x to be absent (Null); the request has "1"'],
    [
      'Null',
      'k:x',
      'false',
      'absent',
      'the condition wants k:x to be present (Null); the request does not carry it',
    ],
    [
      'ForAllValues:StringEquals',
      'aws:TagKeys',
      ['a'],
      ['a', 'b'],
      'the condition wants every value of aws:TagKeys to be "a" (ForAllValues:StringEquals); the request has "a" and "b"',
    ],
    [
      'ForAnyValue:StringLike',
      'aws:TagKeys',
      ['a'],
      [],
      'the condition wants some value of aws:TagKeys to match "a" (ForAnyValue:StringLike); the request does not carry it',
    ],
    [
      'StringEqualsIfExists',
      'k:x',
      'a',
      ['b'],
      'the condition wants k:x to be "a" where it exists (StringEqualsIfExists); the request has "b"',
    ],
    [
      'NumericLessThan',
      'k:x',
      5,
      ['7'],
      'the condition wants k:x to be below "5" (NumericLessThan); the request has "7"',
    ],
    [
      'DateGreaterThanEquals',
      'k:x',
      '2026-01-01',
      ['0'],
      'the condition wants k:x to be at least "2026-01-01" (DateGreaterThanEquals); the request has "0"',
    ],
    [
      'NumericLessThanEquals',
      'k:x',
      5,
      ['7'],
      'the condition wants k:x to be at most "5" (NumericLessThanEquals); the request has "7"',
    ],
    [
      'NumericGreaterThan',
      'k:x',
      5,
      ['1'],
      'the condition wants k:x to be above "5" (NumericGreaterThan); the request has "1"',
    ],
    [
      'StringEquals',
      'k:x',
      [],
      ['1'],
      'the condition wants k:x to be any of no values (StringEquals); the request has "1"',
    ],
    [
      'StringEquals',
      'k:x',
      ['1', '2', '3', '4', '5', '6', '7'],
      ['8'],
      'the condition wants k:x to be one of "1", "2", "3", "4", "5" or 2 more (StringEquals); the request has "8"',
    ],
  ])('%s of %s', (operator, key, values, actual, words) => {
    expect(
      describeMismatch({ part: 'condition', condition: conditionOf(operator, key, values), actual }),
    ).toBe(words);
  });
});

describe('the other parts, in words', () => {
  const pointer = '';
  const entries = [{ kind: 'Federated' as const, value: 'arn:x', pointer }];

  it.each<[Mismatch, string]>([
    [
      {
        part: 'principal',
        expected: { negated: false, pointer, everyone: false, entries },
        actual: { kind: 'service', service: 's.x' },
      },
      'the principal must be Federated "arn:x"; the caller is the service "s.x"',
    ],
    [
      {
        part: 'principal',
        expected: { negated: true, pointer, everyone: false, entries },
        actual: { kind: 'federated', provider: 'arn:x' },
      },
      'the principal must be anyone but Federated "arn:x"; the caller is a web identity of "arn:x"',
    ],
    [
      {
        part: 'principal',
        expected: { negated: false, pointer, everyone: false, entries: [] },
        actual: { kind: 'aws', arn: 'arn:y', account: '1' },
      },
      'the principal must be nobody (none is named); the caller is "arn:y"',
    ],
    [{ part: 'principal' }, 'the principal must be another one; the caller is someone else'],
    [
      {
        part: 'action',
        expected: { negated: false, pointer, patterns: ['sts:AssumeRole', 'sts:TagSession'] },
        actual: 'sts:X',
      },
      'the statement covers "sts:AssumeRole" or "sts:TagSession"; the request is "sts:X"',
    ],
    [
      { part: 'action', expected: { negated: true, pointer, patterns: ['sts:X'] }, actual: 'sts:X' },
      'the statement covers everything but "sts:X"; the request is "sts:X"',
    ],
    [{ part: 'action' }, 'the statement covers another action; the request is one that is not known'],
    [
      { part: 'resource', expected: { negated: false, pointer, patterns: ['arn:a'] }, actual: 'arn:b' },
      'the statement covers "arn:a"; the request is for "arn:b"',
    ],
  ])('%#', (mismatch, words) => {
    expect(describeMismatch(mismatch)).toBe(words);
  });

  it('escapes and bounds what strangers wrote', () => {
    const hostile = `\u001B[31m\u009B\u202E${'x'.repeat(3500)}`;
    const words = describeMismatch({
      part: 'condition',
      condition: conditionOf('StringEquals', hostile, hostile),
      actual: [hostile],
    });
    expect(words).toMatch(/^[\x20-\x7E…]*$/);
    expect(words.length).toBeLessThan(2000);
  });
});
