import { ASSUMPTIONS, MEGABYTES, month, privateClusters, repair } from './cost/model.ts';
import { costOf, PRICES, PRICES_OF, sum, times, type Usage } from './cost/prices.ts';

const SIZES = [1, 10, 100, 1_000, 10_000];

/** Units by the service that is paid for them. */
const SERVICES: Readonly<Record<string, readonly (keyof typeof PRICES)[]>> = {
  Lambda: ['lambdaGigabyteSecond', 'lambdaRequest'],
  'Step Functions': ['stateTransition'],
  S3: ['s3Put', 's3Get', 's3GigabyteMonth'],
  DynamoDB: ['dynamodbWrite', 'dynamodbRead'],
  'SQS, SNS': ['sqsRequest', 'snsPublish'],
  KMS: ['kmsRequest', 'kmsKeyMonth'],
  'EventBridge, Scheduler': ['busEvent', 'schedulerInvocation'],
  CloudWatch: ['logGigabyte', 'alarmMonth', 'metricMonth', 'dashboardMonth'],
};

/** docs/cost.md: what a month costs, from the model. */
export function costGuide(): string {
  const months = SIZES.map(month);
  const whole = months.map(({ idle, events, scans, kept }) => sum(idle, events, scans, kept));
  return `# What it costs

Generated from a model in \`scripts/docs/cost\`: usage per evaluation and per scan, times unit prices. It was not run on AWS, so nobody has seen this bill: the transitions are counted in the state machines, the memory is that of the stack, and everything else is an assumption that stands below and can be replaced.

The command line costs nothing but the calls that it makes, and the APIs that it reads are free of charge.

## A month of the pipeline, in dollars

${table(
  ['', ...SIZES.map((size) => `${size.toLocaleString('en-US')} account${size === 1 ? '' : 's'}`)],
  [
    ['nothing happens', ...months.map(({ idle }) => dollars(idle))],
    ['events', ...months.map(({ events }) => dollars(events))],
    ['scans', ...months.map(({ scans }) => dollars(scans))],
    ['snapshots that are kept', ...months.map(({ kept }) => dollars(kept))],
    ['**together**', ...whole.map((usage) => `**${dollars(usage)}**`)],
    ['for each account', ...whole.map((usage, at) => amount(total(usage) / (SIZES[at] ?? 1)))],
  ],
)}

## By service

${table(
  ['', ...SIZES.map((size) => size.toLocaleString('en-US'))],
  Object.entries(SERVICES).map(([service, units]) => [
    service,
    ...whole.map((usage) => amount(units.reduce((all, unit) => all + (costOf(usage)[unit] ?? 0), 0))),
  ]),
)}

## What comes on top

Neither is in the tables above: most organizations begin without them.

${table(
  ['what', 'dollars'],
  [
    [
      '100 repairs that somebody approves (plan, apply, verify, and the evaluation after each)',
      dollars(times(100, repair())),
    ],
    [
      'a month of a VPC for private clusters, made for it: NAT gateways with their addresses, 1 account',
      dollars(privateClusters(1)),
    ],
    ['the same, 1,000 accounts with private clusters', dollars(privateClusters(1_000))],
  ],
)}

A VPC that is there already costs its traffic alone. Interface endpoints in place of NAT gateways are paid for by hour and zone, and IAM has none in most regions ([private endpoints](kubernetes.md)).

CloudTrail is not in it: the first copy of management events is free, and an organization has it anyway. A trail's data events, Athena (\`--sessions trail\`), Security Hub and email are paid for as usual.

## What is counted

${table(
  ['', ...SIZES.map((size) => size.toLocaleString('en-US'))],
  [
    ['state transitions', ...whole.map(({ stateTransition = 0 }) => count(stateTransition))],
    ['  of them scans', ...months.map(({ scans: { stateTransition = 0 } }) => count(stateTransition))],
    ['GB-seconds of Lambda', ...whole.map(({ lambdaGigabyteSecond = 0 }) => count(lambdaGigabyteSecond))],
    ['invocations', ...whole.map(({ lambdaRequest = 0 }) => count(lambdaRequest))],
  ],
)}

## Assumptions

Of an organization:

${table(
  ['what', 'value'],
  Object.entries(ASSUMPTIONS).map(([name, value]) => [words(name), String(value)]),
)}

Of memory, in megabytes: ${Object.entries(MEGABYTES)
    .map(([name, megabytes]) => `\`${name}\` ${megabytes}`)
    .join(', ')}. Seconds of an invocation are in \`scripts/docs/cost/model.ts\`.

Unit prices (${PRICES_OF}; check them before you rely on them):

${table(
  ['unit', 'dollars'],
  Object.entries(PRICES).map(([unit, price]) => [
    words(unit),
    price < 0.001 ? `${Number((price * 1e6).toPrecision(6))} per million` : String(price),
  ]),
)}
`;
}

const total = (usage: Usage): number => Object.values(costOf(usage)).reduce((all, one) => all + one, 0);
const dollars = (usage: Usage): string => amount(total(usage));
const amount = (value: number): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const count = (value: number): string => Math.round(value).toLocaleString('en-US');

/** `lambdaGigabyteSecond` as words. */
const words = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
