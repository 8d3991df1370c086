import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { describeProblem } from '../../shared/kubernetes/aws-auth/describe-problem.ts';
import { parseAwsAuth } from '../../shared/kubernetes/aws-auth/parse-aws-auth.ts';

const guide = readFileSync(new URL('../../docs/aws-auth.md', import.meta.url), 'utf8');
const examples = [...guide.matchAll(/```yaml\n([\s\S]*?)```\n```text\n([\s\S]*?)```/g)].map(
  ([, mapRoles = '', effect = '']) => [mapRoles, effect] as const,
);

it('docs/aws-auth.md has an effect to every example', () => {
  expect(examples).toHaveLength([...guide.matchAll(/```yaml/g)].length);
  expect(examples.length).toBeGreaterThan(6);
});

it.each(examples)('docs/aws-auth.md tells the effect of %j', (mapRoles, effect) => {
  const { effective, problems } = parseAwsAuth({ mapRoles });
  const lost = new Set(
    problems.filter((problem) => problem.effect === 'row-lost').map((problem) => problem.row),
  );
  const counting = [...effective.roles].filter(([, { index }]) => !lost.has(index));
  const rows = counting.map(([arn, { username, groups }]) => `${arn} → ${username} [${groups.join(', ')}]`);
  expect([...rows, ...problems.map(describeProblem), ''].join('\n')).toBe(effect);
});
