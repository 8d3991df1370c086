import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkConfig } from '../../../shared/config/check-config.ts';

const problemsOf = (text: string) => {
  const checked = checkConfig(text);
  return 'problems' in checked
    ? checked.problems.map(({ line, column, path }) => `${line}:${column} ${path}`)
    : [];
};

describe('a configuration', () => {
  it.each<[string, string, string[]]>([
    ['that is sound has no problems', '{"deployment":{"batchSeconds":0}}', []],
    [
      'with a wrong value says where it is',
      '{\n  "deployment": {\n    "batchSeconds": 301\n  }\n}',
      ['3:21 deployment.batchSeconds'],
    ],
    ['with an unknown key says where the key is', '{\n  "deployments": {}\n}', ['2:3 deployments']],
    [
      'with two unknown keys names each',
      '{"deployment":{"a":1,\n"b":2}}',
      ['1:16 deployment.a', '2:1 deployment.b'],
    ],
    [
      'that lacks a part points at what lacks it',
      '{\n "bindings": [\n  {"cluster": "a"}]}',
      ['3:3 bindings.0'],
    ],
    [
      'that lets a cluster be written which is read by a tag alone, that somebody could take away',
      JSON.stringify({
        deployment: { kubernetes: { clusters: [{ clusterTag: { key: 'a', value: 'b' } }] } },
        fixes: { kubernetes: [{ cluster: 'arn:aws:eks:eu-west-1:111122223333:cluster/prod' }] },
      }),
      ['1:118 fixes.kubernetes.0.cluster'],
    ],
    [
      'that lets a cluster be written which is read by its name',
      JSON.stringify({
        deployment: { kubernetes: { clusters: [{ cluster: 'prod' }] } },
        fixes: { kubernetes: [{ cluster: 'arn:aws:eks:eu-west-1:111122223333:cluster/prod' }] },
      }),
      [],
    ],
    ['that is cut off says where it ends', '{"bindings": [', ['1:15 the document']],
    ['that is empty', '', ['1:1 the document']],
    ['with a comment', '{ // not JSON\n}', ['1:3 the document']],
    ['that is a list', '[]', ['1:1 the document']],
  ])('%s', (_name, text, problems) => {
    expect(problemsOf(text)).toEqual(problems);
  });

  it('of any text and any JSON is checked without an error', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const checked = checkConfig(text);
        if ('problems' in checked) expect(checked.problems.length).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });
});
