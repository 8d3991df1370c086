import orgScan from '../../../infra/workflows/org-scan.asl.json' with { type: 'json' };
import reevaluate from '../../../infra/workflows/reevaluate.asl.json' with { type: 'json' };
import remediate from '../../../infra/workflows/remediate.asl.json' with { type: 'json' };
import { scanSchema } from '../../../shared/config/scan.ts';
import { sum, times, type Usage } from './prices.ts';
import { scanTurns } from './scan-turns.ts';
import { transitions } from './transitions.ts';

/** Megabytes of each function, as the stack makes it; 256 unless it says more. */
export const MEGABYTES = {
  triage: 256,
  begin: 256,
  collect: 1024,
  'resolve-scope': 1024,
  evaluate: 1769,
  settle: 256,
  notify: 256,
  sweep: 256,
  canary: 256,
  'apply-waivers': 256,
  'list-accounts': 512,
  'collect-account': 1024,
  'collect-region': 1024,
  'pace-scan': 256,
  assemble: 1024,
  join: 1769,
  'judge-account': 1769,
  report: 1769,
  plan: 1769,
  'request-approval': 256,
  decide: 256,
  apply: 512,
  verify: 1769,
} as const;

/** What an organization does; every number is an assumption that can be replaced. */
export const ASSUMPTIONS = {
  /** Writes in an account and month that a rule lets through. */
  eventsPerAccount: 300,
  /** Bursts are gathered: evaluations of an account and month. */
  turnsPerAccount: 60,
  /** Other accounts that are read for one evaluation. */
  othersPerTurn: 1,
  /** Of what an evaluation finds, told. */
  transitionsPerTurn: 0.5,
  scansPerMonth: 30,
  /** Regions with clusters of one account, in the organization of bench/organization. */
  regionsWithClusters: 0.3,
  /** Of a scan's accounts, judged: nothing is skipped, which is the dearest case. */
  judged: 1,
  /** Kept of one reading, in megabytes: the mean of the organization of bench/organization. */
  snapshotMegabytes: 0.07,
  keptDays: 90,
  /** Written to logs by one invocation, in kilobytes. */
  logKilobytes: 2,
  alarms: 22,
  metrics: 30,
  queues: 2,
  /** NAT gateways of a VPC from which private clusters are read: one in each of two zones. */
  natGateways: 2,
  /** Read and written through them for one account with a private cluster and month, in gigabytes. */
  natGigabytesPerAccount: 0.1,
} as const;

/** Seconds of one invocation, waiting for AWS included. Assumptions: this was not run on AWS. */
const SECONDS = {
  triage: 0.3,
  begin: 0.3,
  collect: 3,
  'resolve-scope': 0.5,
  evaluate: 2,
  settle: 0.2,
  notify: 0.3,
  sweep: 0.5,
  canary: 0.2,
  'apply-waivers': 1,
  'collect-account': 2,
  'collect-region': 3,
  'pace-scan': 0.3,
  assemble: 0.7,
  'judge-account': 2,
  plan: 3,
  'request-approval': 0.3,
  decide: 0.3,
  apply: 3,
  verify: 5,
} as const;

/** States of one turn of the loop that sets the pace of a scan: it waits, sets, and asks whether that is all. */
const STATES_OF_TURN = 3;

/** Requests to KMS for one account of a scan: an object each way for every step, and the table. */
const KMS_OF_SCAN = 9;

/** Accounts whose details a report reads at most: those of a thousand findings and of three thousand paths. */
const MOST_DETAILS = 4_000;

/** One invocation of a function. */
function invocation(name: keyof typeof MEGABYTES, seconds: number): Usage {
  return {
    lambdaRequest: 1,
    lambdaGigabyteSecond: (MEGABYTES[name] / 1024) * seconds,
    logGigabyte: ASSUMPTIONS.logKilobytes / 1e6,
  };
}

const invoked = (name: keyof typeof SECONDS): Usage => invocation(name, SECONDS[name]);

/** One evaluation of an account after an event: one execution of Reevaluate. */
function turn(): Usage {
  const { othersPerTurn, transitionsPerTurn } = ASSUMPTIONS;
  const readings = 1 + othersPerTurn;
  return sum(
    {
      stateTransition: transitions(reevaluate, {
        choices: { 'What next': 'Collect' },
        items: { 'Collect the accounts it hangs on': othersPerTurn },
      }),
      s3Put: readings + 2,
      s3Get: 2 * readings + 4,
      kmsRequest: 3 * readings + 6,
      dynamodbWrite: 20,
      dynamodbRead: 20,
      snsPublish: transitionsPerTurn,
      sqsRequest: 3,
    },
    invoked('triage'),
    invoked('begin'),
    times(readings, invoked('collect')),
    invoked('resolve-scope'),
    invoked('evaluate'),
    invoked('settle'),
    times(transitionsPerTurn, invoked('notify')),
  );
}

/** One scan of so many accounts: one execution of OrgScan. */
function scan(accounts: number): Usage {
  const { regionsWithClusters, judged } = ASSUMPTIONS;
  const toJudge = accounts * judged;
  const seconds =
    SECONDS['collect-account'] + regionsWithClusters * SECONDS['collect-region'] + SECONDS.assemble;
  const turns = scanTurns(accounts, scanSchema.parse({}).concurrency, seconds);
  return sum(
    {
      // The items of a map are a mean; what does not grow with them is counted once.
      stateTransition:
        turns * STATES_OF_TURN +
        transitions(orgScan, {
          choices: { 'Is there a pace to set': 'Pace set' },
          items: {
            'Collect each account': accounts,
            'Collect regions': regionsWithClusters,
            'Judge accounts': toJudge,
          },
        }),
      // Judging leaves what it came to, and details for the report.
      s3Put: accounts * (3 + regionsWithClusters) + toJudge * 2 + 8,
      // Joining reads each abstract twice; judging reads an account and those beside it; the report the details it shows.
      s3Get: accounts * (4 + regionsWithClusters) + toJudge * 3 + Math.min(toJudge, MOST_DETAILS),
      kmsRequest: accounts * KMS_OF_SCAN,
      dynamodbWrite: toJudge * 5,
      dynamodbRead: toJudge * 10,
      schedulerInvocation: 1,
      snsPublish: 1,
    },
    // AWS Organizations is listed in pages of 20, a few a second.
    invocation('list-accounts', 5 + accounts * 0.014),
    times(accounts, sum(invoked('collect-account'), times(regionsWithClusters, invoked('collect-region')))),
    times(turns, invoked('pace-scan')),
    times(accounts, invoked('assemble')),
    invocation('join', 2 + accounts * 0.005),
    times(toJudge, invoked('judge-account')),
    invocation('report', 2 + accounts * 0.005),
  );
}

/** One repair that somebody approves: one execution of Remediate, and the evaluation that its write leads to. */
export function repair(): Usage {
  return sum(
    {
      stateTransition: transitions(remediate, {
        choices: { 'What next': 'Wait for approval', 'Approved?': 'Apply', 'Applied?': 'Verify' },
      }),
      s3Put: 4,
      s3Get: 12,
      kmsRequest: 20,
      dynamodbWrite: 20,
      dynamodbRead: 30,
      snsPublish: 3,
    },
    invoked('plan'),
    invoked('request-approval'),
    invoked('decide'),
    invoked('apply'),
    invoked('verify'),
    times(3, invoked('notify')),
    turn(),
  );
}

/** A month of a VPC that somebody makes to read private clusters from, in so many accounts. */
export function privateClusters(accounts: number): Usage {
  const { natGateways, natGigabytesPerAccount } = ASSUMPTIONS;
  const hours = natGateways * (MINUTES / 60);
  return {
    natGatewayHour: hours,
    publicAddressHour: hours,
    natGigabyte: accounts * natGigabytesPerAccount,
  };
}

const MINUTES = 30 * 24 * 60;

/** A month of a stack to which nothing happens. */
function idle(): Usage {
  const { alarms, metrics, queues } = ASSUMPTIONS;
  return sum(
    { kmsKeyMonth: 1, alarmMonth: alarms, metricMonth: metrics, dashboardMonth: 1 },
    times(MINUTES / 5, sum(invoked('sweep'), invoked('canary'), { schedulerInvocation: 2, busEvent: 1 })),
    times(MINUTES / 60, sum(invoked('apply-waivers'), { schedulerInvocation: 1 })),
    // Lambda asks an empty queue fifteen times a minute: five pollers, which wait for 20 seconds each.
    { sqsRequest: queues * 15 * MINUTES },
  );
}

/** A month, by what it is for. */
export interface Month {
  readonly idle: Usage;
  readonly events: Usage;
  readonly scans: Usage;
  readonly kept: Usage;
}

/** A month of the deployed pipeline over so many accounts. */
export function month(accounts: number): Month {
  const { eventsPerAccount, turnsPerAccount, scansPerMonth, snapshotMegabytes, keptDays } = ASSUMPTIONS;
  const readings = accounts * (turnsPerAccount / 30 + scansPerMonth / 30);
  return {
    idle: idle(),
    events: sum(
      times(accounts * eventsPerAccount, { busEvent: 1, sqsRequest: 3 }),
      times(accounts * turnsPerAccount, turn()),
    ),
    scans: times(scansPerMonth, scan(accounts)),
    kept: { s3GigabyteMonth: (readings * keptDays * snapshotMegabytes) / 1000 },
  };
}
