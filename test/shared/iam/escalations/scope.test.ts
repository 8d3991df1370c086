import { describe, expect, it } from 'vitest';
import { scopeOf } from '../../../../shared/iam/escalations/scope.ts';

describe('how far a resource pattern reaches among roles', () => {
  it.each([
    ['*', 'any'],
    ['arn:*', 'any'],
    ['arn:aws:iam::*', 'any'],
    ['arn:aws:iam::111122223333:*', 'any'],
    ['arn:aws:iam::*:role/*', 'any'],
    ['arn:aws:iam::111122223333:role/**', 'any'],
    ['arn:aws:iam::111122223333:role*', 'any'],
    ['arn:aws:iam::111122223333:role/app/*', 'family'],
    ['arn:aws:iam::111122223333:role/app-?', 'family'],
    ['arn:aws:iam::111122223333:*-admin', 'family'],
    ['arn:aws:iam::111122223333:role/$' + '{aws:PrincipalTag/team}', 'family'],
    ['*-admin', 'family'],
    ['arn:aws:iam::*:role/app', 'named'],
    ['arn:aws:iam::111122223333:role/app/shop', 'named'],
  ])('%s: %s', (pattern, expected) => {
    expect(scopeOf(pattern, 'role/')).toBe(expected);
  });
});
