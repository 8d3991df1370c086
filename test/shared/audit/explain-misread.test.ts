import { describe, expect, it } from 'vitest';
import { explainDocument } from '../../../shared/audit/explain.ts';
import { allow, doc, equals, ISSUER, SUBJECT } from './trust-cases.ts';

const explain = (policy: string) =>
  explainDocument(policy, {
    mechanism: 'irsa',
    issuer: `https://${ISSUER}`,
    namespace: 'shop',
    serviceAccount: 'api',
  });

const sound = doc(allow(equals(SUBJECT)));
const sub = JSON.stringify(`${ISSUER}:sub`);
const twice = (first: string, last: string) =>
  sound.replace(
    `${sub}:${JSON.stringify(SUBJECT)}`,
    `${sub}:${JSON.stringify(first)},${sub}:${JSON.stringify(last)}`,
  );

describe('a trust policy that IAM reads otherwise than it looks', () => {
  it('whose subject stands twice is mended by one list, and no Deny is spoken of', () => {
    const { verdict, reason, repair } = explain(twice(SUBJECT, 'system:serviceaccount:a:b'));
    expect([verdict, reason?.rule]).toEqual(['broken', 'no-invalid-trust-policy']);
    expect(repair?.text).toMatch(/stands more than once .* one list/);
    expect(repair?.text).not.toContain('Deny');
  });

  it('and lets the ServiceAccount in all the same names the key that is lost', () => {
    const { verdict, steps } = explain(twice('system:serviceaccount:a:b', SUBJECT));
    expect(verdict).toBe('works');
    expect(steps.find(({ check }) => check === 'trust-policy')?.detail).toContain('only the last one counts');
  });

  it('whose principal names nobody is invalid', () => {
    const { verdict, reason } = explain(doc({ ...allow(equals(SUBJECT)), Principal: { Federated: [] } }));
    expect([verdict, reason?.rule]).toEqual(['broken', 'no-invalid-trust-policy']);
  });

  it.each([8192, 8193])('%i characters besides white space are where IAM draws the line', (length) => {
    const padded = doc({ ...allow(equals(SUBJECT)), Sid: '' });
    const policy = padded.replace('"Sid":""', `"Sid":"${'x'.repeat(length - padded.length)}"`);
    expect(policy.replace(/\s/g, '')).toHaveLength(length);
    expect(explain(policy).verdict).toBe(length > 8192 ? 'broken' : 'works');
  });
});
