import orgScan from '../../infra/workflows/org-scan.asl.json' with { type: 'json' };
import type { LambdaHandler } from '../../shared/lambda/step.ts';
import { type PaceScanInput, paceScan } from '../../shared/pipeline/scan/pace-scan.ts';
import { tellPutOff } from '../../shared/pipeline/scan/put-off.ts';
import { startScanPace } from '../../shared/pipeline/scan/scan-pace.ts';
import { createDistributedInterpreter } from '../../simulator/pipeline/distributed-map.ts';
import { simulatedMapRuns } from '../../simulator/pipeline/map-runs.ts';
import { memoryClaims } from '../../simulator/pipeline/memory-claims.ts';
import type { VirtualTime } from '../organization/virtual-time.ts';

/** A scan to be measured. */
export interface Setup {
  readonly accounts: number;
  /** `deployment.scan.concurrency`. */
  readonly most: number;
  /** Accounts that STS lets be entered in a second. */
  readonly entries: number;
  /** All of `most` from the beginning, without the loop: how it would be without a pace. */
  readonly fixed: boolean;
}

/** What reading all accounts took. */
export interface Course extends Setup {
  readonly seconds: number;
  /** Attempts to enter that were put off, for each account. */
  readonly putOff: number;
  readonly turns: number;
  readonly mostAtWork: number;
}

/** Seconds that an account takes once it was entered: 2 to 5, and 3 more where it has clusters. */
const secondsOf = (index: number): number => 2 + (index % 7) / 2 + (index % 10 < 3 ? 3 : 0);

/** An attempt that was put off is made again so much later at first, and twice as much each time. */
const AGAIN_MILLISECONDS = 100;
const AGAIN_MOST_MILLISECONDS = 20_000;

/**
 * Runs the state machine's own file with the deployed loop in virtual time; the steps of an account only enter and take time.
 */
export async function courseOf(setup: Setup, time: VirtualTime): Promise<Course> {
  const { accounts, most, entries, fixed } = setup;
  const claims = memoryClaims();
  const now = () => new Date(time.now());
  const mapRuns = simulatedMapRuns(now);
  const start = time.now();
  let [read, putOff, turns, atWork, mostAtWork] = [0, 0, 0, 0, 0];
  const telemetry = { count: () => {}, note: () => {} };
  const enter = entering(entries, time);
  const turn = paceScan({ mapRuns, claims, telemetry, now });
  const collect: LambdaHandler<unknown> = async (input) => {
    const { account } = input as { account: string };
    atWork += 1;
    mostAtWork = Math.max(mostAtWork, atWork);
    const tell = tellPutOff({ claims, telemetry, now }, { scan: SCAN, account });
    const attempts = await enter();
    putOff += attempts;
    if (attempts > 0) await tell();
    await time.sleep(secondsOf(Number(account)) * 1000);
    return { regions: [] };
  };
  const nothing: LambdaHandler<unknown> = async () => ({});
  const handlers: Record<string, LambdaHandler<unknown>> = {
    ListAccountsFunctionArn: async () => {
      const items = Array.from({ length: accounts }, (_, index) => ({ account: String(index) }));
      await claims.put('accounts', JSON.stringify(items));
      const begun = startScanPace(accounts, most);
      return {
        scan: SCAN,
        accounts: 'accounts',
        concurrency: most,
        toleratedFailurePercentage: 10,
        pace: fixed ? { ...begun, limit: most, done: true } : begun,
      };
    },
    CollectAccountFunctionArn: collect,
    CollectRegionFunctionArn: nothing,
    AssembleFunctionArn: async () => {
      atWork -= 1;
    },
    PaceScanFunctionArn: async (input) => {
      const told = input as PaceScanInput;
      await time.sleep(told.pace.waitSeconds * 1000);
      turns += 1;
      return turn(told);
    },
    JoinFunctionArn: async () => {
      read = time.now() - start;
      await claims.put('none', '[]');
      return { accounts: 'none' };
    },
    JudgeAccountFunctionArn: nothing,
    ReportFunctionArn: nothing,
  };
  const run = createDistributedInterpreter(JSON.stringify(orgScan), {
    handlers,
    getObject: claims.get,
    mapRuns,
    elapse: () => {},
  });
  const ended = await time.run(
    () => run('one', {}),
    () => {},
  );
  if (ended.status === 'failed') throw new Error(`${ended.error}: ${ended.cause}`);
  return { ...setup, seconds: read / 1000, putOff: putOff / accounts, turns, mostAtWork };
}

const SCAN = '2026-11-20T03-00-00Z-bench';

/** The call that enters an account, made again until it goes through; says how often it was put off. */
function entering(perSecond: number, time: VirtualTime): () => Promise<number> {
  let tokens = perSecond;
  let at = time.now();
  return async () => {
    for (let attempt = 0; ; attempt += 1) {
      tokens = Math.min(perSecond, tokens + ((time.now() - at) / 1000) * perSecond);
      at = time.now();
      if (tokens >= 1) {
        tokens -= 1;
        return attempt;
      }
      await time.sleep(Math.min(AGAIN_MOST_MILLISECONDS, AGAIN_MILLISECONDS * 2 ** attempt));
    }
  };
}
