import { describe, expect, it } from 'vitest';
import { editPolicy, prettyPolicy } from '../../../shared/identity/policy-edit.ts';

const TEXT =
  '{"Statement":[{"Sid":"a","Action":"x","Condition":{"StringEquals":{"k/1":"v","n":1e0}}},{"Sid":"b","Action":["p","q"]}]}';
const edited = (...edits: Parameters<typeof editPolicy>[1]) => {
  const after = editPolicy(TEXT, edits);
  return after === null ? null : JSON.parse(after);
};

describe('editPolicy', () => {
  it('turns one value into a list when another is added', () => {
    expect(
      edited({ kind: 'add-value', pointer: '/Statement/0/Action', value: 'y' }).Statement[0].Action,
    ).toEqual(['x', 'y']);
  });
  it('adds to a list, once', () => {
    const edit = { kind: 'add-value', pointer: '/Statement/1/Action', value: 'r' } as const;
    expect(edited(edit, edit).Statement[1].Action).toEqual(['p', 'q', 'r']);
  });
  it('replaces one value of a list', () => {
    expect(
      edited({ kind: 'replace-value', pointer: '/Statement/1/Action', from: 'p', to: 'z' }).Statement[1]
        .Action,
    ).toEqual(['z', 'q']);
  });
  it('renames a key that a pointer escapes', () => {
    const after = edited({
      kind: 'rename-key',
      pointer: '/Statement/0/Condition/StringEquals/k~11',
      key: 'k2',
    });
    expect(Object.keys(after.Statement[0].Condition.StringEquals)).toEqual(['k2', 'n']);
  });
  it('refuses a key that is taken, a value or a place that is not there, and text that is no JSON', () => {
    expect(
      edited({ kind: 'rename-key', pointer: '/Statement/0/Condition/StringEquals/k~11', key: 'n' }),
    ).toBeNull();
    expect(edited({ kind: 'replace-value', pointer: '/Statement/0/Action', from: 'p', to: 'z' })).toBeNull();
    expect(edited({ kind: 'add-value', pointer: '/Statement/7/Action', value: 'z' })).toBeNull();
    expect(editPolicy('', [{ kind: 'add-statement', statement: {} }])).toBeNull();
  });
  it('adds a statement to a list and to a single one, and keeps the others', () => {
    const after = edited({ kind: 'add-statement', statement: { Sid: 'c' } });
    expect(after.Statement.map(({ Sid }: { Sid: string }) => Sid)).toEqual(['a', 'b', 'c']);
    const single = editPolicy('{"Statement":{"Sid":"a"}}', [
      { kind: 'add-statement', statement: { Sid: 'c' } },
    ]);
    expect(JSON.parse(single ?? '').Statement).toEqual([{ Sid: 'a' }, { Sid: 'c' }]);
  });
  it('puts a statement in the place of another one, in a list or alone, and keeps its Sid', () => {
    const statement = { Action: 'z' };
    expect(edited({ kind: 'replace-statement', index: 1, statement }).Statement).toEqual([
      JSON.parse(TEXT).Statement[0],
      { Sid: 'b', Action: 'z' },
    ]);
    const alone = '{"Version":"2012-10-17","statement":{"Action":"x"}}';
    const after = editPolicy(alone, [{ kind: 'replace-statement', index: 0, statement }]);
    expect(JSON.parse(after ?? '')).toEqual({ Version: '2012-10-17', statement });
    expect(edited({ kind: 'replace-statement', index: 2, statement })).toBeNull();
    expect(editPolicy('{}', [{ kind: 'replace-statement', index: 0, statement }])).toBeNull();
  });
  it('takes a condition out, and with the last one its operator and the whole block', () => {
    const operators = '/Statement/0/Condition/StringEquals';
    const first = { kind: 'remove-condition', pointer: `${operators}/k~11` } as const;
    const second = { kind: 'remove-condition', pointer: `${operators}/n` } as const;
    expect(edited(first).Statement[0].Condition).toEqual({ StringEquals: { n: 1 } });
    expect(edited(first, second).Statement[0]).toEqual({ Sid: 'a', Action: 'x' });
    expect(edited(first, first)).toBeNull();
    const two = editPolicy('{"Statement":{"Condition":{"Bool":{"a":"true"},"Null":{"b":"false"}}}}', [
      { kind: 'remove-condition', pointer: '/Statement/Condition/Bool/a' },
    ]);
    expect(JSON.parse(two ?? '').Statement).toEqual({ Condition: { Null: { b: 'false' } } });
  });
  it('leaves every token that no edit names as it was written', () => {
    const after = editPolicy(TEXT, [{ kind: 'add-value', pointer: '/Statement/1/Action', value: 'r' }]);
    expect(after?.replace(/\s/g, '')).toBe(TEXT.replace('"q"', '"q","r"'));
    expect(after).toContain('1e0');
  });
  it('lays out percent-encoded text and changes nothing else', () => {
    expect(prettyPolicy(encodeURIComponent(TEXT)).replace(/\s/g, '')).toBe(TEXT);
  });
});
