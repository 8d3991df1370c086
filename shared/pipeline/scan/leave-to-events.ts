import { LaneUnavailableError } from '../errors.ts';
import type { ScopeRegister } from '../register.ts';
import { type RequestPorts, requestEvaluations } from '../request-evaluations.ts';
import type { ScanId } from './scan.ts';

/** Whether an evaluation after events is under way in an account, or in one of its clusters. */
export async function isBusy(
  { busy }: Pick<ScopeRegister, 'busy'>,
  account: string,
  unreadable: (error: Error) => void,
): Promise<boolean> {
  for await (const { turn } of busy(unreadable)) if (turn.lane.account === account) return true;
  return false;
}

/**
 * Asks the account's lane for the whole account: the turn that is out may have read before the scan did, so the next one
 * reads once more, and nothing that the scan saw is lost. Asked twice is asked once. Throws LaneUnavailableError.
 */
export async function leaveToEvents(ports: RequestPorts, scan: ScanId, account: string): Promise<void> {
  const failed = await requestEvaluations(
    [
      {
        request: { scope: { kind: 'account', account }, causes: [], events: 0, expected: [] },
        eventIds: [`scan ${scan} ${account}`],
        messages: [account],
      },
    ],
    ports,
  );
  if (failed.length > 0)
    throw new LaneUnavailableError(
      `The evaluation of account ${account} could not be asked for: the log says why.`,
    );
}
