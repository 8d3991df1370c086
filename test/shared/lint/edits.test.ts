import { describe, expect, it } from 'vitest';
import { editsBetween, isSamePolicy, type JsonEdit } from '../../../shared/lint/edit-json.ts';
import { editJsonText } from '../../../shared/lint/edit-json-text.ts';
import { editYamlText } from '../../../shared/lint/edit-yaml-text.ts';

describe('the edits between two values', () => {
  it.each<[string, unknown, unknown, JsonEdit[]]>([
    ['nothing', { a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, []],
    ['a member more', { a: 1 }, { a: 1, b: 2 }, [{ path: ['b'], value: 2 }]],
    ['a member less', { a: 1, b: 2 }, { b: 2 }, [{ path: ['a'], value: undefined }]],
    ['an item of a list', [1, 2, 3], [1, 3], [{ path: [1], value: undefined }]],
    [
      'items of a list, last first',
      [1, 2, 3, 4],
      [3],
      [3, 1, 0].map((index) => ({ path: [index], value: undefined })),
    ],
    [
      'all of a list but one, without the list',
      { a: [1, 2] },
      { a: 2 },
      [{ path: ['a', 0], value: undefined }],
    ],
    [
      'one statement that goes and another that changes',
      [
        { Sid: 'a', Effect: 'Allow' },
        { Sid: 'b', Effect: 'Allow' },
        { Sid: 'c', Effect: 'Allow' },
      ],
      [
        { Sid: 'b', Effect: 'Deny' },
        { Sid: 'c', Effect: 'Allow' },
      ],
      [
        { path: [1, 'Effect'], value: 'Deny' },
        { path: [0], value: undefined },
      ],
    ],
    ['a list that got longer, whole', { a: [1] }, { a: [1, 2] }, [{ path: ['a'], value: [1, 2] }]],
    [
      'a list with a text that is new, whole',
      { a: ['x', 'y'] },
      { a: ['z'] },
      [{ path: ['a'], value: ['z'] }],
    ],
    ['a list that is empty now, whole', { a: [1] }, { a: [] }, [{ path: ['a'], value: [] }]],
    ['a list in the place of a value', { a: 1 }, { a: [1, 2] }, [{ path: ['a'], value: [1, 2] }]],
  ])('%s', (_name, before, after, expected) => {
    expect(editsBetween(before, after)).toEqual(expected);
  });

  it.each<[string, unknown, unknown, boolean]>([
    ['a list of one and its item', { Action: ['a'] }, { Action: 'a' }, true],
    ['members in another order', { a: 1, b: 2 }, { b: 2, a: 1 }, true],
    ['a list of two and one of them', { Action: ['a', 'b'] }, { Action: 'a' }, false],
    ['lists in another order', ['a', 'b'], ['b', 'a'], false],
  ])('%s: the same policy or not', (_name, one, other, same) => {
    expect(isSamePolicy(one, other)).toBe(same);
  });
});

describe('an edit of a text', () => {
  const gone = (...path: (string | number)[]): JsonEdit => ({ path, value: undefined });

  it.each<[string, string, readonly JsonEdit[], string]>([
    ['takes the first item of a line out', '{"a": [1, 2,  3]}', [gone('a', 0)], '{"a": [2,  3]}'],
    ['takes the last item of a line out', '{"a": [1, 2,  3]}', [gone('a', 2)], '{"a": [1, 2]}'],
    ['takes the only item out', '{"a": [ 1 ]}', [gone('a', 0)], '{"a": [  ]}'],
    [
      'takes an item out, and leaves the one beside it as it stands',
      '[\n {"Sid":"A"},\n {"Sid":"B","x":1}]',
      [gone(0)],
      '[\n {"Sid":"B","x":1}]',
    ],
    [
      'takes a member out of several lines',
      '{\n  "a": {"x":  1},\n  "b": [ ]\n}',
      [gone('b')],
      '{\n  "a": {"x":  1}\n}',
    ],
    ['writes a text', '{"a" : "x"}', [{ path: ['a'], value: 'y' }], '{"a" : "y"}'],
    [
      'writes the last of two members of one name',
      '{"a":1,"a":2}',
      [{ path: ['a'], value: 3 }],
      '{"a":1,"a":3}',
    ],
    ['writes a list in one line', '{"a": [1]}', [{ path: ['a'], value: [1, 2] }], '{"a": [1,2]}'],
    [
      'writes a list over several lines',
      '{\n  "a": [\n    1\n  ]\n}',
      [{ path: ['a'], value: [1, 2] }],
      '{\n  "a": [\n    1,\n    2\n  ]\n}',
    ],
    ['adds a member to a line', '{"a":1}', [{ path: ['b'], value: { c: 2 } }], '{"a":1,"b":{"c":2}}'],
    ['adds a member to a line with spaces', '{ "a": 1 }', [{ path: ['b'], value: 2 }], '{ "a": 1, "b": 2 }'],
    ['adds the first member', '{"x": {}}', [{ path: ['x', 'b'], value: 2 }], '{"x": {"b":2}}'],
    [
      'adds a member beneath the last, in the layout of the file',
      '{\r\n\t"a": {"x":1}\r\n}\r\n',
      [{ path: ['b'], value: { c: 2 } }],
      '{\r\n\t"a": {"x":1},\r\n\t"b": {\r\n\t\t"c": 2\r\n\t}\r\n}\r\n',
    ],
    [
      'makes one after the other',
      '{"a": [1, {"b": 2}, 3]}',
      [{ path: ['a', 1, 'b'], value: 4 }, gone('a', 2), gone('a', 0)],
      '{"a": [{"b": 4}]}',
    ],
  ])('of JSON %s', (_name, text, edits, expected) => {
    expect(editJsonText(text, 0, edits)).toBe(expected);
  });

  it('of JSON changes what begins at its place, behind a byte order mark, too', () => {
    const text = '\uFEFF{"x": {"a": 1}, "y": {"a": 1}}';
    expect(editJsonText(text, text.lastIndexOf('{'), [{ path: ['a'], value: 2 }])).toBe(
      '\uFEFF{"x": {"a": 1}, "y": {"a": 2}}',
    );
    expect(editJsonText(text, 3, [{ path: ['a'], value: 2 }])).toBeNull();
  });

  it.each<[string, string, readonly JsonEdit[], string | null]>([
    [
      'takes an item out, and leaves the comments around it',
      'a:\n  # one\n  - x: 1 # 1\n    # inside\n    y: 2\n  # two\n  - x: 2\n  # three\n  - {x: 3}\n',
      [gone('a', 1)],
      'a:\n  # one\n  - x: 1 # 1\n    # inside\n    y: 2\n  # two\n  # three\n  - {x: 3}\n',
    ],
    [
      'takes the first item out',
      'a:\n  - x: 1 # 1\n    y: 2\n  # two\n  - x: 2\n',
      [gone('a', 0)],
      'a:\n  # two\n  - x: 2\n',
    ],
    [
      'takes the last item out',
      'a:\n  - 1\n  - 2\n  # end\nb: 1\n',
      [gone('a', 1)],
      'a:\n  - 1\n  # end\nb: 1\n',
    ],
    ['takes an item of a line out', 'a: [1, 2,  3] # all\n', [gone('a', 1)], 'a: [1, 3] # all\n'],
    ['takes a member of a line out', 'a: {b: 1, c: {d: 2}} # all\n', [gone('a', 'c')], 'a: {b: 1} # all\n'],
    ['takes nothing out of a line that holds a comment', 'a: [1, # one\n  2]\n', [gone('a', 1)], null],
    [
      'takes a member out',
      'a:\n  b: 1 # b\n  # c is\n  c: 2\nd: 3\n',
      [gone('a', 'b')],
      'a:\n  # c is\n  c: 2\nd: 3\n',
    ],
    ['takes nothing out that is not on lines of its own', 'a:\n  - - 1\n    - 2\n', [gone('a', 0, 0)], null],
    ['writes a text', 'a: x # why\n', [{ path: ['a'], value: 'y' }], 'a: "y" # why\n'],
    ['writes a list', 'a:\n  - 1\n  - 2\nb: 1\n', [{ path: ['a'], value: [3] }], 'a:\n  [3]\nb: 1\n'],
    ['writes no list over a comment', 'a:\n  - 1 # one\n  - 2\n', [{ path: ['a'], value: [3] }], null],
    [
      'adds a member to a line',
      'a: {b: 1} # a\n',
      [{ path: ['a', 'c'], value: [2] }],
      'a: {b: 1, "c": [2]} # a\n',
    ],
    [
      'adds a member beneath the last and its comment',
      'a:\n  b: 1 # b\n  # end\nd: 1\n',
      [{ path: ['a', 'c'], value: 2 }],
      'a:\n  b: 1 # b\n  "c": 2\n  # end\nd: 1\n',
    ],
    [
      'adds a member beneath the last in the lines of Windows',
      'a:\r\n  b: 1\r\nd: 1\r\n',
      [{ path: ['a', 'c'], value: 2 }],
      'a:\r\n  b: 1\r\n  "c": 2\r\nd: 1\r\n',
    ],
    ['adds a member at the end', 'a:\n  b: 1', [{ path: ['a', 'c'], value: 2 }], 'a:\n  b: 1\n  "c": 2'],
    [
      'adds a member beneath a block',
      'a:\n  b:\n    - 1\nd: 1\n',
      [{ path: ['a', 'c'], value: 2 }],
      'a:\n  b:\n    - 1\n  "c": 2\nd: 1\n',
    ],
    [
      'makes one after the other',
      'a:\n  - x: 1\n  # two\n  - x: 2 # b\n',
      [{ path: ['a', 1, 'x'], value: 3 }, gone('a', 0)],
      'a:\n  # two\n  - x: 3 # b\n',
    ],
    ['finds no such member', 'a: 1\n', [gone('b')], null],
  ])('of YAML %s', (_name, text, edits, expected) => {
    expect(editYamlText(text, 0, edits)).toBe(expected);
  });
});
