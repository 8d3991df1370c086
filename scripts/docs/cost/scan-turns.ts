import { nextScanPace, startScanPace } from '../../../shared/pipeline/scan/scan-pace.ts';

/**
 * Turns of the loop that sets the pace of a scan of so many accounts, each of which takes so many seconds, while AWS puts
 * nothing off: by the law that is deployed.
 */
export function scanTurns(accounts: number, most: number, secondsEach: number): number {
  let pace = startScanPace(accounts, most);
  let seconds = 0;
  let ended = 0;
  while (!pace.done) {
    const { limit, waitSeconds } = pace;
    seconds += waitSeconds;
    ended = Math.min(accounts, ended + (limit * waitSeconds) / secondsEach);
    const running = Math.min(limit, accounts - Math.floor(ended));
    const seen = { concurrency: limit, running, ended: Math.floor(ended), active: ended < accounts };
    pace = nextScanPace(pace, { ...seen, putOff: null, startedAt: new Date(0), at: seconds * 1000 });
  }
  return pace.turns;
}
