import { compare } from '../shared/iam/compare.ts';
import { parsePolicy } from '../shared/iam/parse.ts';
import type { Policy } from '../shared/iam/policy.ts';

/** Prints how many comparisons of trust policies one core does in a second, for small, large and hostile policies. */
const ACCOUNT = '111122223333';
const SECONDS = 1.5;

/** Processor time, so that a busy machine gives the same figures; the collector's threads count too. */
function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function issuer(number: number): string {
  return `oidc.eks.eu-west-1.amazonaws.com/id/${String(number).padStart(32, 'A')}`;
}

function statement(number: number, operator: string, subjects: readonly string[]): object {
  const key = issuer(number);
  return {
    Effect: 'Allow',
    Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/${key}` },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      StringEquals: { [`${key}:aud`]: 'sts.amazonaws.com' },
      [operator]: { [`${key}:sub`]: subjects },
    },
  };
}

function policy(...statements: readonly object[]): Policy {
  const parsed = parsePolicy(
    JSON.stringify({ Version: '2012-10-17', Statement: statements }),
    'trust',
  ).policy;
  if (parsed === null) throw new Error('The bench made a policy that IAM would refuse.');
  return parsed;
}

const subjects = (count: number, shift = 0) =>
  Array.from(
    { length: count },
    (_, index) => `system:serviceaccount:team-${index % 7}:service-${index + shift}`,
  );
const patterns = (count: number, shift = 0) => subjects(count, shift).map((subject) => `${subject}-*`);
const bombs = (star: string) =>
  policy(
    ...Array.from({ length: 12 }, (_, index) =>
      statement(1, 'StringLike', [`${`${star}${String.fromCharCode(97 + index)}?`.repeat(12)}*`]),
    ),
  );

const CASES: readonly (readonly [string, Policy, Policy])[] = [
  [
    'one subject, another one added',
    policy(statement(1, 'StringEquals', subjects(1))),
    policy(statement(1, 'StringEquals', subjects(2))),
  ],
  [
    'one subject, opened to a namespace',
    policy(statement(1, 'StringLike', subjects(1))),
    policy(statement(1, 'StringLike', ['system:serviceaccount:team-0:*'])),
  ],
  [
    '20 subjects, one changed',
    policy(statement(1, 'StringEquals', subjects(20))),
    policy(statement(1, 'StringEquals', subjects(20, 1))),
  ],
  [
    '150 subjects, one changed (8 KB)',
    policy(statement(1, 'StringEquals', subjects(150))),
    policy(statement(1, 'StringEquals', subjects(150, 1))),
  ],
  [
    '100 wildcards, one changed',
    policy(statement(1, 'StringLike', patterns(100))),
    policy(statement(1, 'StringLike', patterns(100, 1))),
  ],
  [
    '15 clusters, one changed',
    policy(...Array.from({ length: 15 }, (_, index) => statement(index, 'StringEquals', subjects(2)))),
    policy(
      ...Array.from({ length: 15 }, (_, index) =>
        statement(index, 'StringEquals', subjects(2, index === 7 ? 1 : 0)),
      ),
    ),
  ],
  ['made to explode', bombs('*'), bombs('**')],
];

for (const [name, before, after] of CASES) {
  const { relation } = compare(before, after);
  const start = processorSeconds();
  let count = 0;
  while (processorSeconds() - start < SECONDS) {
    compare(before, after);
    count += 1;
  }
  const perSecond = count / (processorSeconds() - start);
  console.log(`${name.padEnd(40)} ${relation.padEnd(13)} ${perSecond.toFixed(1).padStart(9)} comparisons/s`);
}
