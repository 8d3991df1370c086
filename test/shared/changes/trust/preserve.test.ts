import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { preserveStatements } from '../../../../shared/changes/trust/preserve.ts';
import '../../../support/fixed-seed.ts';

const a = '{ "Effect":"Allow","Action" : "sts:AssumeRole" ,"Principal":{"Service":"a"}}';
const b = '{"Sid":"B","Effect":"Deny","Principal":"*","Action":"sts:*"}';
const added = { Effect: 'Allow', Principal: { Service: 'c' }, Action: 'sts:AssumeRole' };
const policyOf = (...statements: object[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements }, null, 2);
const parsed = (text: string): object => JSON.parse(text);

describe('a changed policy keeps the text of what does not change', () => {
  it('puts a new statement beside the others of one line', () => {
    const before = `{"Version":"2012-10-17","Statement":[${a}, ${b}]}`;
    expect(preserveStatements(before, policyOf(parsed(a), parsed(b), added))).toBe(
      `{"Version":"2012-10-17","Statement":[${a},${b},${JSON.stringify(added)}]}`,
    );
  });

  it('lays a new statement out as its neighbours are', () => {
    const before = `{\n  "Version": "2012-10-17",\n  "Statement": [\n    ${a},\n    ${b}\n  ]\n}`;
    const result = preserveStatements(before, policyOf(parsed(a), parsed(b), added));
    expect(result).toContain(`[\n    ${a},\n    ${b},\n    {\n      "Effect": "Allow"`);
  });

  it('makes a list of a statement that stands alone', () => {
    const before = `{"Version":"2012-10-17","Statement":${a}}`;
    expect(preserveStatements(before, policyOf(parsed(a), added))).toBe(
      `{"Version":"2012-10-17","Statement":[${a},${JSON.stringify(added)}]}`,
    );
  });

  it('takes a statement out and leaves the rest alone', () => {
    const before = `{"Version":"2012-10-17","Statement":[${a},${b}]}`;
    expect(preserveStatements(before, policyOf(parsed(b)))).toBe(
      `{"Version":"2012-10-17","Statement":[${b}]}`,
    );
  });

  it('does not touch a policy that changes elsewhere', () => {
    expect(preserveStatements(`{"Version":"2008-10-17","Statement":[${a}]}`, policyOf(parsed(a)))).toBeNull();
    expect(preserveStatements('no policy', policyOf(parsed(a)))).toBeNull();
  });

  const statement = fc.record({
    Sid: fc.string({ maxLength: 5 }),
    Effect: fc.constantFrom('Allow', 'Deny'),
    Principal: fc.constantFrom<unknown>('*', { Service: ['x', 'y'] }, { AWS: 'z' }),
  });
  const layout = fc.constantFrom(undefined, 1, 2, 4, '\t');

  it('whatever is added, removed or changed: the meaning is the wanted one, and each kept statement stands byte for byte', () => {
    fc.assert(
      fc.property(
        fc.array(statement, { maxLength: 6 }),
        fc.array(fc.oneof(fc.nat(5), statement), { maxLength: 7 }),
        layout,
        (old, choice, indent) => {
          const wanted = choice.flatMap((one) => (typeof one === 'number' ? (old[one] ?? []) : one));
          const before = JSON.stringify({ Version: '2012-10-17', Statement: old }, null, indent);
          const result = preserveStatements(before, policyOf(...wanted));
          expect(result).not.toBeNull();
          expect(JSON.parse(result ?? '')).toEqual({ Version: '2012-10-17', Statement: wanted });
          if (JSON.stringify(old) === JSON.stringify(wanted) && old.length > 0) expect(result).toBe(before);
        },
      ),
    );
  });
});
