import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeToken } from '../../../shared/probe/judge-token.ts';
import { isoOf, MOST_CHARACTERS, readToken } from '../../../shared/probe/token.ts';
import { claimsAt, forged, ISSUER_URL } from '../../support/tokens.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const header = { alg: 'RS256', kid: 'k', typ: 'JWT' };

describe('a text that is no token', () => {
  it.each([
    ['nothing', '', /empty/],
    ['a word', 'hello', /three parts/],
    ['two parts', 'e30.e30', /three parts/],
    ['an encrypted token', 'e30.e30.e30.e30.e30', /encrypted/],
    ['padding', 'e30=.e30.eA', /base64url/],
    ['white space in the middle', 'e30.e 30.eA', /base64url/],
    ['a header that is no JSON', 'e3.e30.eA', /header/],
    ['a header that is a list', 'W10.e30.eA', /header/],
    ['a payload that is no JSON', 'e30.eA.eA', /payload/],
    ['a payload that is null', 'e30.bnVsbA.eA', /payload/],
    ['a payload that is not UTF-8', 'e30._-7_.eA', /payload/],
    ['a token within a token', `${forged(header, {})}.${forged(header, {})}`, /three parts/],
    ['more than STS takes', `e30.${'A'.repeat(MOST_CHARACTERS)}.eA`, /longer than 20000/],
  ])('%s', (_name, text, why) => {
    expect(readToken(text)).toEqual({ kind: 'malformed', why: expect.stringMatching(why) });
  });
});

describe('a token', () => {
  const read = (payload: unknown, head: unknown = header) => {
    const result = readToken(forged(head, payload));
    if (result.kind !== 'token') throw new Error(result.why);
    return result.token;
  };

  it('is read with whom Kubernetes made it for, and without its signature', () => {
    const token = read(claimsAt(NOW));
    expect(token).toEqual({
      header: { alg: 'RS256', kid: 'k', typ: 'JWT' },
      claims: {
        issuer: ISSUER_URL,
        subject: 'system:serviceaccount:shop:checkout',
        audiences: ['sts.amazonaws.com'],
        issued: 1_795_348_800,
        notBefore: 1_795_348_800,
        expires: 1_795_349_400,
        kubernetes: { namespace: 'shop', serviceAccount: 'checkout', pod: null, node: null },
        others: ['jti'],
      },
    });
  });

  it('shows names alone of claims that it does not know', () => {
    const { claims } = read({ password: 'hunter2', email: 'ann@example.com' });
    expect(claims.others).toEqual(['password', 'email']);
    expect(JSON.stringify(claims)).not.toMatch(/hunter2|ann@/);
  });

  it('takes claims of another type for absent', () => {
    expect(
      read({ iss: 7, sub: ['x'], aud: { a: 1 }, exp: '1', nbf: null, 'kubernetes.io': 'x' }).claims,
    ).toEqual({
      issuer: null,
      subject: null,
      audiences: [],
      issued: null,
      notBefore: null,
      expires: null,
      kubernetes: null,
      others: [],
    });
  });

  it('is not misled by names that objects have of their own', () => {
    const payload = '{"__proto__":{"iss":"https://evil"},"constructor":1,"sub":"x"}';
    const text = `e30.${Buffer.from(payload).toString('base64url')}.eA`;
    expect(readToken(text)).toMatchObject({ token: { claims: { issuer: null, subject: 'x' } } });
  });

  it('bounds what it repeats', () => {
    const long = 'x'.repeat(5000);
    const { claims } = read({ iss: long, aud: Array.from({ length: 300 }, () => long.slice(0, 20)) });
    expect([claims.issuer?.length, claims.audiences.length]).toEqual([1024, 20]);
  });
});

it('a time beyond the calendar is no date', () => {
  expect([isoOf(1e300), isoOf(-1e300), isoOf(null), isoOf(0)]).toEqual([
    null,
    null,
    null,
    '1970-01-01T00:00:00.000Z',
  ]);
});

it('nothing that is written into a token makes reading or judging it fail', () => {
  const wanted = { issuer: ISSUER_URL, audience: 'sts.amazonaws.com' };
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.jsonValue({ maxDepth: 6 }),
      (head, payload) => {
        const result = readToken(forged(head, payload));
        const object = typeof payload === 'object' && payload !== null && !Array.isArray(payload);
        expect(result.kind).toBe(object ? 'token' : 'malformed');
        if (result.kind === 'token') expect(judgeToken(result.token, wanted, NOW)).toHaveLength(5);
      },
    ),
  );
});

it('any text is read or refused, and a refusal repeats nothing of it', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 30, unit: 'binary', maxLength: 400 }), (text) => {
      const result = readToken(text);
      if (result.kind === 'malformed') expect(result.why).not.toContain(text);
    }),
  );
});
