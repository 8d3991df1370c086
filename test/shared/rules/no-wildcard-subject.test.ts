import { describe, expect, it } from 'vitest';
import { globMatcher } from '../../../shared/iam/glob.ts';
import { exampleOf, type Shape, shapeOf } from '../../../shared/rules/doors/subject-shape.ts';
import { ISSUER, irsaStatement } from '../../../shared/rules/examples/estate.ts';
import { clusterWith, serviceAccount } from '../../../shared/rules/examples/kubernetes.ts';
import rule from '../../../shared/rules/no-wildcard-subject.ts';
import { onlyFailure, ruleCases } from '../../support/rule-cases.ts';
import { ADMIN, DATA, EC2, LIMITED, trusting, without } from '../../support/rule-estates.ts';

const SA = 'system:serviceaccount';
const like = (sub: string | string[], more = {}) =>
  irsaStatement({
    Condition: {
      StringLike: { [`${ISSUER}:sub`]: sub },
      StringEquals: { [`${ISSUER}:aud`]: 'sts.amazonaws.com' },
      ...more,
    },
  });

ruleCases(rule, [
  {
    when: 'every namespace, as administrator',
    estate: trusting([like(`${SA}:*:*`)], { role: ADMIN }),
    is: 'fail',
    severity: 'critical',
  },
  {
    when: 'every subject, and the role reaches data',
    estate: trusting([like('*')], { role: DATA }),
    is: 'fail',
    severity: 'high',
  },
  {
    when: 'every subject, and the role has no permissions',
    estate: trusting([like(`${SA}:*`)]),
    is: 'fail',
    severity: 'low',
  },
  {
    when: 'one name in every namespace',
    estate: trusting([like(`${SA}:*:checkout`)], { role: DATA }),
    is: 'fail',
    severity: 'high',
    says: /every namespace/,
  },
  {
    when: 'namespaces that begin alike',
    estate: trusting([like(`${SA}:dev-*:checkout`)], { role: DATA }),
    is: 'fail',
    severity: 'high',
    says: /fits a pattern/,
  },
  {
    when: 'a prefix without a colon, which crosses into other namespaces',
    estate: trusting([like(`${SA}:dev*`)], { role: LIMITED }),
    is: 'fail',
    severity: 'medium',
  },
  {
    when: 'a whole namespace',
    estate: trusting([like(`${SA}:shop:*`)], { role: DATA }),
    is: 'fail',
    severity: 'medium',
  },
  {
    when: 'a whole namespace, as administrator',
    estate: trusting([like(`${SA}:shop:*`)], { role: ADMIN }),
    is: 'fail',
    severity: 'critical',
  },
  {
    when: 'names by a pattern inside one namespace, as EMR makes them',
    estate: trusting([like(`${SA}:emr:emr-containers-sa-*-*-111122223333-0abc`)], { role: DATA }),
    is: 'fail',
    severity: 'info',
  },
  {
    when: 'two patterns, of which the wider counts',
    estate: trusting([like([`${SA}:shop:a*`, `${SA}:shop:*`])], { role: DATA }),
    is: 'fail',
    severity: 'medium',
    count: 1,
  },
  {
    when: 'StringLike without any wildcard',
    estate: trusting([like([`${SA}:shop:checkout`, `${SA}:shop:cart`])]),
    is: 'pass',
  },
  {
    when: 'a pattern that another condition narrows to one subject',
    estate: trusting([like(`${SA}:shop:*`, { StringEquals: { [`${ISSUER}:sub`]: `${SA}:shop:checkout` } })]),
    is: 'pass',
  },
  {
    when: 'a pattern that a Deny takes back',
    estate: trusting([
      like(`${SA}:shop:*`),
      irsaStatement({
        Effect: 'Deny',
        Condition: { StringNotEquals: { [`${ISSUER}:sub`]: `${SA}:shop:checkout` } },
      }),
    ]),
    is: 'pass',
  },
  {
    when: 'a star that StringEquals takes literally: broken, not open',
    estate: trusting([irsaStatement({ Condition: { StringEquals: { [`${ISSUER}:sub`]: `${SA}:shop:*` } } })]),
    is: 'pass',
  },
  {
    when: 'a pattern that no ServiceAccount fits: broken, not open',
    estate: trusting([like(`${SA}:Shop_*:*`)], { role: ADMIN }),
    is: 'pass',
  },
  {
    when: 'a pattern that no ServiceAccount fits beside one that some do: the latter alone is told',
    estate: trusting([like([`${SA}:Shop_*:*`, `${SA}:shop:*`])], { role: DATA }),
    is: 'fail',
    severity: 'medium',
    count: 1,
    says: /every ServiceAccount of a namespace .*: system:serviceaccount:shop:\*;/,
  },
  { when: 'no pod role', estate: trusting([EC2]), is: 'not applicable' },
  { when: 'the roles were not read', estate: without('roles'), is: 'unknown' },
]);

describe('the shape of a subject pattern', () => {
  const cases: [string, Shape][] = [
    ['*', 'every-namespace'],
    ['system:*', 'every-namespace'],
    [`${SA}*`, 'every-namespace'],
    [`${SA}:*`, 'every-namespace'],
    [`${SA}:*:*`, 'every-namespace'],
    [`${SA}:**`, 'every-namespace'],
    ['*:checkout', 'every-namespace'],
    [`${SA}:*:checkout`, 'every-namespace'],
    [`${SA}:*-prod:checkout`, 'some-namespaces'],
    [`${SA}:?:checkout`, 'some-namespaces'],
    [`${SA}:dev*`, 'some-namespaces'],
    [`${SA}:dev-?:checkout`, 'some-namespaces'],
    [`${SA}:shop:*`, 'whole-namespace'],
    [`${SA}:shop:?*`, 'whole-namespace'],
    [`${SA}:shop:check*`, 'some-names'],
    [`${SA}:shop:*-worker`, 'some-names'],
    [`${SA}:shop:checkout`, 'exact'],
  ];
  it.each(cases)('%s: %s', (pattern, shape) => expect(shapeOf(pattern)).toBe(shape));
  it.each(cases.map(([pattern]) => pattern))('has an example that matches %s', (pattern) => {
    expect(globMatcher(pattern)(exampleOf(pattern))).toBe(true);
  });
});

it('names the ServiceAccounts in use, and counts those that the pattern lets in', () => {
  const serviceAccounts = [
    serviceAccount(),
    serviceAccount({
      name: 'cart',
      annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/cart' },
    }),
    serviceAccount({ namespace: 'web' }),
  ];
  const estate = trusting([like(`${SA}:shop:*`)], { clusters: [clusterWith({ serviceAccounts })] });
  const { evidence, repair, detail } = onlyFailure(rule, estate);
  expect(evidence).toMatchObject({ admitted: 2, inUse: [`${SA}:shop:checkout`] });
  expect(detail).toMatch(/2 ServiceAccounts that exist are let in, and 1 of them asks for it/);
  expect(repair?.after).toContain(`"${SA}:shop:checkout"`);
  expect(repair?.after).not.toContain('*');
});
