import type { Json } from '../../../shared/rules/examples/estate.ts';
import {
  ACCOUNT,
  cluster,
  ELSEWHERE,
  ISSUER,
  irsaStatement,
  provider,
  REGION,
} from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/no-cross-cluster-subject.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { DATA, trusting, without } from '../../support/rule-estates.ts';

const elsewhere = (statement: Json): Json =>
  JSON.parse(JSON.stringify(statement).replaceAll(ISSUER, ELSEWHERE));
const two = (one: Record<string, string> | undefined, other: Record<string, string>, statements?: Json[]) => {
  const { tags: _, ...untagged } = cluster();
  return trusting(statements ?? [irsaStatement(), elsewhere(irsaStatement())], {
    role: DATA,
    oidcProviders: [
      provider(),
      provider({ arn: `arn:aws:iam::${ACCOUNT}:oidc-provider/${ELSEWHERE}`, url: ELSEWHERE }),
    ],
    clusters: [
      one === undefined ? untagged : cluster({ tags: one }),
      cluster({
        name: 'shop-2',
        arn: `arn:aws:eks:${REGION}:${ACCOUNT}:cluster/shop-2`,
        issuer: `https://${ELSEWHERE}`,
        tags: other,
      }),
    ],
  });
};
const subject = (statement: string, operator = 'StringLike') =>
  irsaStatement({ Condition: { [operator]: { [`${ISSUER}:sub`]: statement } } });

ruleCases(rule, [
  {
    when: 'production and development',
    estate: two({ environment: 'production' }, { environment: 'development' }),
    is: 'fail',
    severity: 'medium',
    says: /shop \(production\) and shop-2 \(development\)/,
  },
  {
    when: 'the tag is spelt in another case',
    estate: two({ Environment: 'production' }, { ENVIRONMENT: 'development' }),
    is: 'fail',
  },
  {
    when: 'the configuration says so by name',
    estate: two({}, {}),
    config: { environments: { tag: 'environment', clusters: { shop: 'a', 'shop-2': 'b' } } },
    is: 'fail',
  },
  {
    when: 'a pattern of one covers the subject of the other',
    estate: two({ environment: 'a' }, { environment: 'b' }, [
      subject('system:serviceaccount:shop:*'),
      elsewhere(irsaStatement()),
    ]),
    is: 'fail',
  },
  {
    when: 'blue and green of one environment',
    estate: two({ environment: 'production' }, { environment: 'production' }),
    is: 'pass',
  },
  {
    when: 'different subjects',
    estate: two({ environment: 'a' }, { environment: 'b' }, [
      irsaStatement(),
      elsewhere(subject('system:serviceaccount:shop:cart', 'StringEquals')),
    ]),
    is: 'pass',
  },
  { when: 'no environment is known', estate: two({}, {}), is: 'pass' },
  {
    when: 'the tags of one cluster were not read',
    estate: two(undefined, { environment: 'b' }),
    is: 'unknown',
  },
  { when: 'the roles were not read', estate: without('roles'), is: 'unknown' },
  { when: 'one cluster', estate: trusting([irsaStatement()]), is: 'not applicable' },
]);
