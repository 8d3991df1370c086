import { expect, it } from 'vitest';
import { EventPatternError, matchesPattern } from '../../../simulator/pipeline/event-pattern.ts';

const event = {
  source: 'aws.iam',
  detail: {
    eventName: 'CreateRole',
    count: 5,
    readOnly: false,
    nothing: null,
    tags: ['a', 'b'],
    empty: [],
    list: [{ id: 1 }, { id: 2 }],
    user: { type: 'Root' },
  },
};

/** EventBridge user guide, "Comparison operators for use in event patterns". */
it.each<[string, object, boolean]>([
  ['an exact value', { source: ['aws.iam'] }, true],
  ['another value', { source: ['aws.eks'] }, false],
  ['one of several values', { source: ['aws.eks', 'aws.iam'] }, true],
  ['a nested value', { detail: { user: { type: ['Root'] } } }, true],
  ['two fields, one of which differs', { source: ['aws.iam'], detail: { count: [6] } }, false],
  ['a number, which is not its text', { detail: { count: ['5'] } }, false],
  ['a boolean', { detail: { readOnly: [false] } }, true],
  ['null, which is not absence', { detail: { nothing: [null], gone: [null] } }, false],
  ['null', { detail: { nothing: [null] } }, true],
  ['any element of a list', { detail: { tags: ['b'] } }, true],
  ['any object of a list', { detail: { list: { id: [2] } } }, true],
  ['a field that is there', { detail: { eventName: [{ exists: true }] } }, true],
  ['a field that is not there', { detail: { errorCode: [{ exists: false }] } }, true],
  ['a field that is there, wanted absent', { detail: { eventName: [{ exists: false }] } }, false],
  [
    'a field whose parent is not there, wanted absent',
    { detail: { gone: { code: [{ exists: false }] } } },
    true,
  ],
  ['an object, which is no leaf and so does not exist', { detail: { user: [{ exists: true }] } }, false],
  ['a prefix', { detail: { eventName: [{ prefix: 'Create' }] } }, true],
  ['a prefix in other case', { detail: { eventName: [{ prefix: 'create' }] } }, false],
  [
    'a prefix whatever its case',
    { detail: { eventName: [{ prefix: { 'equals-ignore-case': 'create' } }] } },
    true,
  ],
  ['a suffix', { detail: { eventName: [{ suffix: 'Role' }] } }, true],
  ['a value whatever its case', { detail: { eventName: [{ 'equals-ignore-case': 'createrole' }] } }, true],
  ['a wildcard', { detail: { eventName: [{ wildcard: 'C*R*e' }] } }, true],
  ['a wildcard with a dot, which is no wildcard', { source: [{ wildcard: 'aws.?am' }] }, false],
  ['anything but the value', { detail: { eventName: [{ 'anything-but': 'CreateRole' }] } }, false],
  ['anything but others', { detail: { eventName: [{ 'anything-but': ['A', 'B'] }] } }, true],
  ['anything but a prefix', { detail: { eventName: [{ 'anything-but': { prefix: 'Delete' } }] } }, true],
  ['anything but, of a field that is not there', { detail: { gone: [{ 'anything-but': 'x' }] } }, false],
  ['a range', { detail: { count: [{ numeric: ['>', 0, '<=', 5] }] } }, true],
  ['outside a range', { detail: { count: [{ numeric: ['>', 5] }] } }, false],
  ['either pattern', { $or: [{ source: ['x'] }, { detail: { count: [5] } }] }, true],
  ['neither pattern', { $or: [{ source: ['x'] }, { detail: { count: [6] } }] }, false],
])('%s', (_name, pattern, expected) => {
  expect(matchesPattern(pattern, event)).toBe(expected);
});

it.each<[string, unknown]>([
  ['a bare value', { source: 'aws.iam' }],
  ['an empty list', { source: [] }],
  ['an unknown operator', { source: [{ like: 'x' }] }],
  ['two operators at once', { source: [{ prefix: 'a', suffix: 'b' }] }],
  ['no object', 7],
])('refuses %s', (_name, pattern) => {
  expect(() => matchesPattern(pattern, event)).toThrow(EventPatternError);
});
