import fc from 'fast-check';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Keys, readKeys } from '../../../shared/probe/keys.ts';
import { signatureCheck } from '../../../shared/probe/signature.ts';
import { forged, secretsOf, type TestIssuer, testIssuer, withPayload } from '../../support/tokens.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
let issuer: TestIssuer;
let other: TestIssuer;
let keys: Keys;
let token: string;

beforeAll(async () => {
  [issuer, other] = await Promise.all([testIssuer(NOW), testIssuer(NOW)]);
  keys = read(issuer.jwks);
  token = await issuer.sign();
});

function read(jwks: string): Keys {
  const found = readKeys(jwks);
  if (found === null) throw new Error('no keys');
  return found;
}

const check = (text: string, live = true, used = keys) =>
  signatureCheck(text, { keys: used, from: 'https://issuer/keys', live });

it('verifies what the issuer signed', async () => {
  expect(await check(token)).toMatchObject({ check: 'token-signature', status: 'pass' });
});

describe('a token that must not pass', () => {
  const claims = { iss: 'https://issuer', sub: 'system:serviceaccount:kube-system:admin' };
  it.each<[string, () => Promise<string> | string, string, RegExp]>([
    [
      'its payload was changed',
      () => withPayload(token, { sub: 'system:serviceaccount:a:b' }),
      'fail',
      /does not verify/,
    ],
    ['its signature was changed', () => token.replace(/.{10}$/, 'AAAAAAAAAA'), 'fail', /does not verify/],
    ['it has no signature', () => token.replace(/[^.]+$/, ''), 'fail', /does not verify|cannot be verified/],
    ['another issuer signed it under the same name of a key', () => other.sign(), 'fail', /does not verify/],
    [
      'it names a key that is not published',
      () => issuer.sign({ header: { kid: 'rotated' } }),
      'fail',
      /no key/,
    ],
    ['alg none', () => forged({ alg: 'none', kid: 'key-1' }, claims, ''), 'fail', /algorithm/],
    ['alg none in capitals', () => forged({ alg: 'NONE', kid: 'key-1' }, claims, ''), 'fail', /algorithm/],
    [
      'HS256 with the public key as its secret',
      () =>
        new SignJWT(claims)
          .setProtectedHeader({ alg: 'HS256', kid: 'key-1' })
          .sign(new TextEncoder().encode(issuer.publicKey)),
      'fail',
      /algorithm/,
    ],
    [
      'an algorithm of another kind of key',
      () => forged({ alg: 'ES256', kid: 'key-1' }, claims),
      'fail',
      /no key/,
    ],
    [
      'a critical extension',
      () => forged({ alg: 'RS256', kid: 'key-1', crit: ['b64'], b64: false }, claims),
      'fail',
      /cannot be verified|does not verify/,
    ],
    [
      'a key that it brings along',
      () => forged({ alg: 'RS256', kid: 'x', jwk: { kty: 'oct', k: 'AA' } }, claims),
      'fail',
      /no key/,
    ],
  ])('%s', async (_name, make, status, detail) => {
    const text = await make();
    const result = await check(text);
    expect(result).toMatchObject({ status, detail: expect.stringMatching(detail) });
    for (const secret of secretsOf(text)) expect(result.detail).not.toContain(secret);
  });
});

it('takes a key that a file lacks for no proof: the file may be old', async () => {
  expect(await check(await issuer.sign({ header: { kid: 'rotated' } }), false)).toMatchObject({
    status: 'unknown',
  });
});

it('takes a token without a key id where one key alone can be meant, and not where several can', async () => {
  const anonymous = await issuer.sign({ header: { kid: undefined } });
  expect(await check(anonymous)).toMatchObject({ status: 'pass' });
  const two = { keys: [...keys.keys, ...read(other.jwks).keys] };
  expect(await check(anonymous, true, two)).toMatchObject({ status: 'unknown' });
});

it('verifies with elliptic-curve keys, which IAM takes as well', async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const text = await new SignJWT({}).setProtectedHeader({ alg: 'ES256', kid: 'e' }).sign(privateKey);
  const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'e' }] });
  expect(await check(text, true, read(jwks))).toMatchObject({ status: 'pass' });
});

it('passes no other text than the one signed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat({ max: token.length - 1 }),
      fc.constantFrom(...'AZaz09-_.'),
      async (at, letter) => {
        const changed = token.slice(0, at) + letter + token.slice(at + 1);
        // The last letter of a part holds bits that decode to nothing.
        fc.pre(!sameBytes(changed, token));
        expect((await check(changed)).status).not.toBe('pass');
      },
    ),
    { numRuns: 60 },
  );
});

function sameBytes(a: string, b: string): boolean {
  const bytes = (text: string) =>
    text.split('.').map((part) => Buffer.from(part, 'base64url').toString('hex'));
  return bytes(a).join('.') === bytes(b).join('.');
}
