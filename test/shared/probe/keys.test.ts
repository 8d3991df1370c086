import { describe, expect, it } from 'vitest';
import { type Fetched, publishedKeys, readKeys } from '../../../shared/probe/keys.ts';
import { ISSUER_URL } from '../../support/tokens.ts';

const DISCOVERY = `${ISSUER_URL}/.well-known/openid-configuration`;
const KEYS = `${ISSUER_URL}/keys`;
const rsa = { kty: 'RSA', kid: 'a', n: 'AQ', e: 'AQAB' };
const document = (changes: object = {}) => JSON.stringify({ issuer: ISSUER_URL, jwks_uri: KEYS, ...changes });

function site(pages: Readonly<Record<string, string>>) {
  const asked: string[] = [];
  const fetch = async (url: string): Promise<Fetched> => {
    asked.push(url);
    const text = pages[url];
    return text === undefined ? { kind: 'failed', why: `${url} answered 404` } : { kind: 'text', text };
  };
  return { asked, fetch };
}

it('follows the discovery document to the keys', async () => {
  const { asked, fetch } = site({ [DISCOVERY]: document(), [KEYS]: JSON.stringify({ keys: [rsa] }) });
  expect(await publishedKeys(ISSUER_URL, fetch)).toEqual({ kind: 'keys', from: KEYS, keys: { keys: [rsa] } });
  expect(asked).toEqual([DISCOVERY, KEYS]);
});

describe('says why there are no keys', () => {
  it.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ['nobody answers', {}, /answered 404/],
    ['a page for people', { [DISCOVERY]: '<html>' }, /no discovery document/],
    [
      'another issuer',
      { [DISCOVERY]: document({ issuer: 'https://evil' }) },
      /another issuer, "https:\/\/evil"/,
    ],
    ['no address of keys', { [DISCOVERY]: document({ jwks_uri: undefined }) }, /no discovery document/],
    ['keys without https', { [DISCOVERY]: document({ jwks_uri: 'http://x/keys' }) }, /no discovery document/],
    [
      'keys in a file',
      { [DISCOVERY]: document({ jwks_uri: 'file:///etc/passwd' }) },
      /no discovery document/,
    ],
    ['keys that are not there', { [DISCOVERY]: document() }, /answered 404/],
    ['no keys', { [DISCOVERY]: document(), [KEYS]: '{"keys":[]}' }, /no set of public/],
  ])('%s', async (_name, pages, why) => {
    expect(await publishedKeys(ISSUER_URL, site(pages).fetch)).toEqual({
      kind: 'unread',
      why: expect.stringMatching(why),
    });
  });
});

it('keeps of keys what a signature needs: no secrets, no symmetric keys, nothing private', () => {
  const text = JSON.stringify({
    keys: [
      { ...rsa, d: 'private', p: 'private' },
      { kty: 'oct', k: 'secret' },
      'x',
      null,
      { kty: 'EC', x: 7 },
    ],
  });
  expect(readKeys(text)).toEqual({ keys: [rsa] });
});

it.each([['{}'], ['[]'], ['null'], ['{"keys":{}}'], ['{"keys":[{"kty":"oct","k":"AA"}]}'], ['no JSON']])(
  'takes %s for no key set',
  (text) => expect(readKeys(text)).toBeNull(),
);

it('takes more keys than any issuer has for none', () => {
  expect(readKeys(JSON.stringify({ keys: Array.from({ length: 101 }, () => rsa) }))).toBeNull();
});
