import { describe, expect, it } from 'vitest';
import { compare } from '../../../../shared/iam/compare.ts';
import { parsePolicy } from '../../../../shared/iam/parse.ts';
import { minifiedLength } from '../../../../shared/iam/policy-length.ts';
import { fitted } from '../../../../shared/plans/trust/fit.ts';
import { ISSUER, irsaStatement, trustPolicy } from '../../../../shared/rules/examples/estate.ts';

const asking = (subjects: readonly string[]) => ({
  Condition: { StringEquals: { [`${ISSUER}:aud`]: 'sts.amazonaws.com', [`${ISSUER}:sub`]: subjects } },
});
const naming = (...subjects: string[]) => irsaStatement(asking(subjects));
const named = (Sid: string, ...subjects: string[]) => irsaStatement({ Sid, ...asking(subjects) });
const before = trustPolicy(naming('system:serviceaccount:shop:a', 'system:serviceaccount:shop:b'));
const after = trustPolicy(
  naming('system:serviceaccount:shop:a', 'system:serviceaccount:shop:b'),
  naming('system:serviceaccount:shop:c'),
);
const parsed = (text: string) => {
  const { policy } = parsePolicy(text, 'trust');
  if (policy === null) throw new Error(text);
  return policy;
};

describe('a policy within a quota', () => {
  it('stays as it is where it is short enough', () => {
    expect(fitted(before, after, 4096)).toBe(after);
  });

  it('has the new subject in the statement that asks for the same besides, and admits the same', () => {
    const quota = minifiedLength(before) + 60;
    const text = fitted(before, after, quota) ?? '';
    expect(minifiedLength(text)).toBeLessThanOrEqual(quota);
    expect(compare(parsed(after), parsed(text))).toEqual({ relation: 'equal' });
  });

  it('is none where that is still too long, and where no statement asks for the same', () => {
    expect(fitted(before, after, minifiedLength(before))).toBeNull();
    const other = trustPolicy(
      naming('system:serviceaccount:shop:a', 'system:serviceaccount:shop:b'),
      irsaStatement({ Condition: { StringEquals: { [`${ISSUER}:sub`]: 'system:serviceaccount:shop:c' } } }),
    );
    expect(fitted(before, other, minifiedLength(before) + 60)).toBeNull();
  });

  it('keeps an edited statement in its place, with its Sid: it joins no other, however long the text', () => {
    const own = named('Cart', 'system:serviceaccount:shop/c');
    const mended = named('Cart', 'system:serviceaccount:shop:c');
    const foreign = naming('system:serviceaccount:shop:a', 'system:serviceaccount:shop:b');
    const old = trustPolicy(foreign, own);
    const text = trustPolicy(foreign, mended);
    expect(fitted(old, text, minifiedLength(text))).toBe(text);
    expect(fitted(old, text, minifiedLength(text) - 1)).toBeNull();
  });

  it('joins what is new and leaves what was edited beside it', () => {
    const own = named('Cart', 'system:serviceaccount:shop/c');
    const mended = named('Cart', 'system:serviceaccount:shop:c');
    const foreign = naming('system:serviceaccount:shop:a');
    const text = trustPolicy(foreign, mended, naming('system:serviceaccount:shop:d'));
    const fit: { Statement: { Sid?: string }[] } = JSON.parse(
      fitted(trustPolicy(foreign, own), text, minifiedLength(text) - 1) ?? '{"Statement":[]}',
    );
    expect(fit.Statement).toHaveLength(2);
    expect(fit.Statement[1]).toEqual(mended);
    expect(JSON.stringify(fit.Statement[0])).toContain('shop:d');
  });
});
