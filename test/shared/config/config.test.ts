import { describe, expect, it } from 'vitest';
import { configSchema, defaultConfig } from '../../../shared/config/config.ts';
import { InvalidConfigError, parseConfig } from '../../../shared/config/parse-config.ts';

const binding = {
  namespace: 'shop',
  serviceAccount: 'checkout',
  role: 'arn:aws:iam::111122223333:role/checkout',
};

describe('the configuration', () => {
  it('is optional in every part', () => {
    expect(parseConfig('{}')).toEqual(defaultConfig);
    expect(defaultConfig.bindings).toBeUndefined();
  });

  it('takes a cluster by name or by tag', () => {
    const bindings = [
      { ...binding, cluster: 'prod' },
      { ...binding, clusterTag: { key: 'team', value: 'shop' } },
    ];
    expect(parseConfig(JSON.stringify({ bindings })).bindings).toEqual(bindings);
  });

  it.each([
    ['an unknown key', '{"binding": []}', /binding/],
    ['an unknown key inside', '{"environments": {"tags": "x"}}', /environments/],
    ['a binding with neither cluster nor tag', JSON.stringify({ bindings: [binding] }), /bindings\.0/],
    [
      'a binding with both',
      JSON.stringify({ bindings: [{ ...binding, cluster: 'a', clusterTag: { key: 'a', value: 'b' } }] }),
      /bindings\.0/,
    ],
    ['no JSON', '{', /no JSON/],
    ['another kind of value', '[]', /the document/],
  ])('refuses %s and says where', (_what, text, message) => {
    expect(() => parseConfig(text)).toThrow(InvalidConfigError);
    expect(() => parseConfig(text)).toThrow(message);
  });

  it('never takes the name of a prototype for an environment', () => {
    expect(configSchema.parse({}).environments.clusters).toEqual({});
  });
});
