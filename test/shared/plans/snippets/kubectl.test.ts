import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Change } from '../../../../shared/changes/change.ts';
import { kubectlFor } from '../../../../shared/plans/snippets/kubectl.ts';
import { ACCOUNT, trustChange } from '../../../support/plans.ts';

const inCluster = { account: ACCOUNT, region: 'eu-west-1', cluster: 'prod' };
const awsAuth = (before: Record<string, string> | null, after: Record<string, string> | null): Change => ({
  kind: 'aws-auth',
  target: inCluster,
  before: before && { data: before },
  after: after && { data: after },
});
const annotation = (serviceAccount: string, after: string | null): Change => ({
  kind: 'service-account-annotation',
  target: { ...inCluster, namespace: 'shop', serviceAccount, annotation: 'eks.amazonaws.com/role-arn' },
  before: 'x',
  after,
});

/** What a shell hands to kubectl: its words, and its standard input. */
function handed(change: Change): { words: string[]; input: string } {
  const [snippet] = kubectlFor(change);
  const script = `kubectl() { printf '%s\\0' "$@"; printf 'END\\0'; cat; }\n${snippet?.text ?? ''}`;
  const printed = execFileSync('sh', ['-c', script], { encoding: 'utf8', input: '' });
  const [before = '', input = ''] = printed.split('END\0');
  return { words: before.split('\0').slice(0, -1), input };
}

const HOSTILE = 'rows: $(touch /tmp/x) `id` \'a\' "b"\nPODTRUST\n$HOME\n';

describe('a change of a cluster as a command', () => {
  it('patches the keys of aws-auth that differ, whatever stands in them', () => {
    const { words, input } = handed(
      awsAuth({ mapRoles: 'a', mapUsers: 'u', kept: 'k' }, { mapRoles: HOSTILE, kept: 'k' }),
    );
    expect(words.slice(0, 4)).toEqual(['patch', 'configmap/aws-auth', '--namespace', 'kube-system']);
    expect(JSON.parse(input)).toEqual({ data: { mapUsers: null, mapRoles: HOSTILE } });
  });

  it('makes aws-auth, and deletes it', () => {
    const made = handed(awsAuth(null, { mapRoles: HOSTILE }));
    expect(JSON.parse(made.input)).toMatchObject({ kind: 'ConfigMap', data: { mapRoles: HOSTILE } });
    expect(handed(awsAuth({}, null)).words).toEqual([
      'delete',
      'configmap/aws-auth',
      '--namespace',
      'kube-system',
    ]);
  });

  it('sets an annotation, and names nothing that a shell reads', () => {
    const name = "cart'; touch /tmp/x; '";
    const { words, input } = handed(annotation(name, HOSTILE));
    expect(words.slice(0, 5)).toEqual(['patch', 'serviceaccount', name, '--namespace', 'shop']);
    expect(JSON.parse(input)).toEqual({
      metadata: { annotations: { 'eks.amazonaws.com/role-arn': HOSTILE } },
    });
  });

  it('is values of a chart for an annotation, too', () => {
    const [, helm] = kubectlFor(annotation('cart', HOSTILE));
    expect(helm?.form).toBe('helm');
    expect(parse(helm?.text ?? '')).toEqual({
      serviceAccount: { annotations: { 'eks.amazonaws.com/role-arn': HOSTILE } },
    });
  });

  it('is none for what is not in a cluster', () => {
    expect(kubectlFor(trustChange())).toEqual([]);
  });
});
