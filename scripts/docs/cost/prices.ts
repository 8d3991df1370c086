/** When somebody last wrote down the prices from memory: they are to be checked against AWS's price pages. */
export const PRICES_OF =
  'November 2026, us-east-1, list prices from memory, without free tiers and discounts';

/** Dollars for one unit each. */
export const PRICES = {
  /** One GB of memory for one second, on arm64. */
  lambdaGigabyteSecond: 0.0000133334,
  lambdaRequest: 0.2e-6,
  /** A standard workflow. */
  stateTransition: 25e-6,
  s3Put: 5e-6,
  s3Get: 0.4e-6,
  s3GigabyteMonth: 0.023,
  /** On demand, one unit: an item of up to 1 KB written, of up to 4 KB read. */
  dynamodbWrite: 0.625e-6,
  dynamodbRead: 0.125e-6,
  sqsRequest: 0.4e-6,
  snsPublish: 0.5e-6,
  kmsRequest: 3e-6,
  kmsKeyMonth: 1,
  /** Also of events that other accounts forward. */
  busEvent: 1e-6,
  schedulerInvocation: 1e-6,
  logGigabyte: 0.5,
  alarmMonth: 0.1,
  metricMonth: 0.3,
  dashboardMonth: 3,
  natGatewayHour: 0.045,
  natGigabyte: 0.045,
  publicAddressHour: 0.005,
} as const;

/** How much of what is used. */
export type Usage = { readonly [Unit in keyof typeof PRICES]?: number };

/** Dollars of a usage, unit by unit. */
export function costOf(usage: Usage): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(usage).map(([unit, count]) => [unit, count * PRICES[unit as keyof typeof PRICES]]),
  );
}

/** Usages added up. */
export function sum(...usages: readonly Usage[]): Usage {
  const total: Record<string, number> = {};
  for (const usage of usages)
    for (const [unit, count] of Object.entries(usage)) total[unit] = (total[unit] ?? 0) + count;
  return total;
}

/** A usage so many times. */
export const times = (count: number, usage: Usage): Usage =>
  Object.fromEntries(Object.entries(usage).map(([unit, each]) => [unit, count * each]));
