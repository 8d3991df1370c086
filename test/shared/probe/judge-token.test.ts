import { describe, expect, it } from 'vitest';
import { judgeToken, type WantedToken } from '../../../shared/probe/judge-token.ts';
import { readToken } from '../../../shared/probe/token.ts';
import { claimsAt, forged, ISSUER_URL } from '../../support/tokens.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const SECONDS = NOW.getTime() / 1000;
const WANTED: WantedToken = {
  issuer: ISSUER_URL,
  audience: 'sts.amazonaws.com',
  serviceAccount: { namespace: 'shop', serviceAccount: 'checkout' },
};

function judged(claims: object, wanted: Partial<WantedToken> = {}, header: object = { alg: 'RS256' }) {
  const read = readToken(forged(header, { ...claimsAt(NOW), ...claims }));
  if (read.kind !== 'token') throw new Error(read.why);
  return judgeToken(read.token, { ...WANTED, ...wanted }, NOW);
}

it('finds nothing wrong with the token that EKS makes', () => {
  expect(judged({}).map(({ status }) => status)).toEqual(['pass', 'pass', 'pass', 'pass', 'pass']);
});

describe('what is wrong', () => {
  const dual = 'https://oidc-eks.eu-west-1.api.aws/id/EXAMPLED539D4633E53DE1B71EXAMPLE';
  it.each<[string, object, Partial<WantedToken>, string, string, RegExp]>([
    ['no issuer', { iss: undefined }, {}, 'token-issuer', 'fail', /no issuer/],
    [
      'a foreign issuer',
      { iss: 'https://evil.example' },
      {},
      'token-issuer',
      'fail',
      /not of https:\/\/oidc/,
    ],
    ['the issuer by its other name', { iss: dual }, {}, 'token-issuer', 'fail', /not of/],
    ['a slash at its end', { iss: `${ISSUER_URL}/` }, {}, 'token-issuer', 'fail', /spelling alone/],
    [
      'its host in capitals',
      { iss: ISSUER_URL.replace('oidc', 'OIDC') },
      {},
      'token-issuer',
      'fail',
      /spelling/,
    ],
    ['http', { iss: ISSUER_URL.replace('https', 'http') }, {}, 'token-issuer', 'fail', /spelling alone/],
    [
      'an issuer of no address, none expected',
      { iss: 'kubernetes/serviceaccount' },
      { issuer: null },
      'token-issuer',
      'fail',
      /no https/,
    ],
    ['no issuer expected', {}, { issuer: null }, 'token-issuer', 'not-evaluated', /--issuer/],
    [
      'the expected issuer unread',
      {},
      { issuer: null, issuerUnread: 'Not known.' },
      'token-issuer',
      'unknown',
      /Not known/,
    ],
    ['another audience', { aud: ['vault'] }, {}, 'token-audience', 'fail', /for vault, not for sts/],
    [
      'the audience of the API server',
      { aud: 'https://kubernetes.default.svc' },
      {},
      'token-audience',
      'fail',
      /API server/,
    ],
    ['no audience', { aud: [] }, {}, 'token-audience', 'fail', /no audience/],
    ['the audience in another case', { aud: 'STS.amazonaws.com' }, {}, 'token-audience', 'fail', /case/],
    ['no subject', { sub: undefined }, {}, 'token-subject', 'fail', /no subject/],
    [
      'a subject of somebody else',
      { sub: 'repo:org/repo' },
      {},
      'token-subject',
      'fail',
      /no ServiceAccount/,
    ],
    [
      'another ServiceAccount',
      { sub: 'system:serviceaccount:shop:other', 'kubernetes.io': undefined },
      {},
      'token-subject',
      'fail',
      /not system/,
    ],
    [
      'a subject that Kubernetes did not name',
      { sub: 'system:serviceaccount:shop:other' },
      {},
      'token-subject',
      'fail',
      /names shop\/checkout/,
    ],
    ['a hollow claim of Kubernetes', { 'kubernetes.io': {} }, {}, 'token-subject', 'fail', /\(none\)/],
    ['no expiry', { exp: undefined }, {}, 'token-time', 'fail', /no expiry/],
    ['an expiry that is text', { exp: '1795349400' }, {}, 'token-time', 'fail', /no expiry/],
    ['a past expiry', { exp: SECONDS - 3600 }, {}, 'token-time', 'fail', /expired at 2026-11-22T11:00/],
    ['an expiry within what clocks differ by', { exp: SECONDS - 5 }, {}, 'token-time', 'unknown', /clock/],
    ['a later beginning', { nbf: SECONDS + 3600 }, {}, 'token-time', 'fail', /later/],
    ['a beginning within what clocks differ by', { nbf: SECONDS + 5 }, {}, 'token-time', 'pass', /until/],
    ['an expiry beyond the calendar', { exp: 1e300 }, {}, 'token-time', 'pass', /beyond any calendar/],
  ])('%s', (_name, claims, wanted, check, status, detail) => {
    const found = judged(claims, wanted).find((one) => one.check === check);
    expect(found).toEqual({ check, status, detail: expect.stringMatching(detail) });
  });

  it.each([['none'], ['NONE'], ['HS256'], ['PS256'], ['EdDSA'], ['']])('the algorithm %j', (alg) => {
    expect(judged({}, {}, { alg })[0]).toMatchObject({ check: 'token-algorithm', status: 'fail' });
  });

  it('no algorithm', () => {
    expect(judged({}, {}, {})[0]).toMatchObject({ check: 'token-algorithm', status: 'fail' });
  });
});
