import { describe, expect, it } from 'vitest';
import { lint } from '../../../shared/lint/lint.ts';
import { LINT_OPTIONS } from '../../support/lint.ts';

const BOMB = [
  'a: &a [x,x,x,x,x,x,x,x,x,x]',
  ...'bcdefghi'
    .split('')
    .map((name, index) => `${name}: &${name} [${Array(10).fill(`*${'abcdefgh'[index]}`).join(',')}]`),
].join('\n');

describe('bad input', () => {
  it.each<[string, string, number, number, RegExp]>([
    ['JSON with a trailing comma', '{"a": 1,\n}', 2, 1, /not JSON/],
    ['JSON that ends early', '{"Statement": [', 1, 16, /not JSON/],
    ['JSON that is nested too deeply', `{"a":${'['.repeat(5000)}`, 1, 1, /more than 100 levels/],
    ['YAML with a tab', 'a:\n\tb: 1', 2, 1, /not YAML/],
    [
      'YAML that is nested too deeply in blocks',
      Array.from({ length: 300 }, (_, index) => `${' '.repeat(index)}a:`).join('\n'),
      102,
      102,
      /more than 100 levels/,
    ],
    ['YAML that is nested too deeply in flow', `a: ${'['.repeat(100_000)}`, 1, 1, /more than 100 levels/],
    ['aliases that multiply', BOMB, 1, 18, /aliases written out/],
    ['an alias to itself', 'a: &a [*a]', 1, 8, /Write it out/],
    ['an alias to nothing', 'a: *b', 1, 4, /alias/i],
    ['more YAML than is read', 'a'.repeat(4_000_001), 1, 1, /longer than/],
  ])('says where and what of %s, in time', (_name, text, line, column, words) => {
    const began = process.cpuUsage();
    const result = lint('file.yaml', text, LINT_OPTIONS);
    expect(process.cpuUsage(began).user / 1000).toBeLessThan(5000);
    expect(result).toMatchObject({ error: expect.stringMatching(words) });
    expect(result).toMatchObject({ line, column });
  });

  it.each<[string, string]>([
    ['nothing', ''],
    ['a number', '7'],
    ['a list', '[1, 2]'],
    ['another template', '{"resources": {"a": {"type": "Microsoft.Web/sites"}}}'],
    ['a binary', '\u0000\u0001\u0002'],
    [
      'resources that are none',
      '{"AWSTemplateFormatVersion": "2010-09-09", "Resources": [1, null, {"Type": 3}]}',
    ],
    ['a role that is a text', '{"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": "x"}}}'],
    [
      'a reference to itself',
      '{"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": {"Ref": "R"}, "AssumeRolePolicyDocument": {"Fn::GetAtt": ["R", "Policy"]}}}}}',
    ],
    [
      'functions without arguments',
      '{"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Fn::Join": 1}, "RoleName": {"Fn::Select": []}, "Path": {"Fn::Sub": []}}}}}',
    ],
    ['a plan without resources', '{"format_version": "1.2", "planned_values": 3}'],
    ['a ServiceAccount without a name', 'apiVersion: v1\nkind: ServiceAccount\nmetadata: [x]'],
    [
      'an aws-auth without data',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: aws-auth, namespace: kube-system}',
    ],
    ['an eksctl config without anything', 'apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig'],
  ])('takes %s without a word', (_name, text) => {
    const result = lint('file', text, LINT_OPTIONS);
    if ('error' in result) expect(result.error).toMatch(/not (JSON|YAML)/);
    else expect(result.findings).toEqual([]);
  });
});
