import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { linted } from '../../support/lint.ts';

/** A ServiceAccount whose annotation is an ARN that ends in a slash too many. */
const manifest = (namespace: string, role = 'arn:aws:iam::111122223333:role/cart') => `apiVersion: v1
kind: ServiceAccount
metadata:
  name: cart
${namespace}
  annotations:
    eks.amazonaws.com/role-arn: ${role}/
`;

/** The words that a shell gives to the command that a remedy begins with. */
function wordsOf(remedy: string): string[] {
  const command = /kubectl .*?(?= \(values)/.exec(remedy)?.[0] ?? 'false';
  const script = `kubectl() { printf '%s\\n' "$@"; }; ${command}`;
  const { stdout, stderr, status } = spawnSync('bash', ['-u', '-c', script], { encoding: 'utf8' });
  expect([stderr, status]).toEqual(['', 0]);
  return stdout.trim().split('\n');
}

describe('a command that lint advises', () => {
  const ARN = 'arn:aws:iam::111122223333:role/cart';
  it.each<[string, string, string, string]>([
    ['a namespace that the file tells', manifest('  namespace: shop'), 'shop', ARN],
    ['no namespace', manifest(''), 'NAMESPACE_OF_CART', ARN],
    ['a namespace of a shell', manifest('  namespace: ${SHOP_NAMESPACE}'), 'SHOP_NAMESPACE', ARN],
    ['a namespace to fill in', manifest('  namespace: <namespace>'), 'NAMESPACE', ARN],
    [
      'a role to fill in',
      manifest('  namespace: shop', 'arn:aws:iam::111122223333:role/@CART@'),
      'shop',
      'arn:aws:iam::111122223333:role/CART',
    ],
  ])('is one for a shell with %s', (_name, text, namespace, arn) => {
    const { findings } = linted(text);
    const found = findings.find(({ rule }) => rule === 'no-invalid-role-annotation');
    expect(wordsOf(found?.remedy ?? '')).toEqual([
      '-n',
      namespace,
      'annotate',
      'serviceaccount',
      'cart',
      '--overwrite',
      `eks.amazonaws.com/role-arn=${arn}`,
    ]);
    expect(found?.remedy).toContain(
      `podtrust annotate --cluster CLUSTER --namespace ${namespace} --service-account cart --role ${arn} `,
    );
  });

  it('names in other texts what is open as the file has it', () => {
    const { findings } = linted(manifest('  namespace: ${SHOP_NAMESPACE}'));
    expect(findings.map(({ message }) => message).join()).toContain('${SHOP_NAMESPACE}/cart: The annotation');
  });
});
