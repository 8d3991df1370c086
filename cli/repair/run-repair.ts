import { type Applied, type ApplyPorts, applyPlan } from '../../shared/pipeline/repair/apply.ts';
import { UnseenError } from '../../shared/pipeline/repair/errors.ts';
import { rollBackPlan } from '../../shared/pipeline/repair/roll-back.ts';
import { stopPlan } from '../../shared/pipeline/repair/stop.ts';
import { type VerifyPorts, verifyPlan } from '../../shared/pipeline/repair/verify.ts';

/** What became of a plan on the command line. */
export interface RepairOutcome {
  readonly outcome: 'verified' | 'refused' | 'stale' | 'rolled-back' | 'rejected' | 'later' | 'stopped';
  readonly reason: string;
}

/** Seconds between two looks whether a fix helped: IAM is eventually consistent. */
const LOOKS = [0, 10, 10, 20, 20, 30];

/** What the workflow Remediate does after an approval, in this process: apply, verify, and take back or stop. */
export async function runRepair(digest: string, ports: ApplyPorts & VerifyPorts): Promise<RepairOutcome> {
  try {
    const applied = await appliedInSight(digest, ports);
    switch (applied.next) {
      case 'end':
        return { outcome: applied.outcome, reason: applied.reason };
      case 'wait':
        return { outcome: 'later', reason: applied.reason };
      case 'stopped':
        return { outcome: 'stopped', reason: applied.reason };
      case 'verify':
        return await verified(digest, ports);
    }
  } catch (error) {
    if (error instanceof UnseenError) return takenBack(digest, `${error.name}: ${error.message}`, ports);
    throw error;
  }
}

/** Applies, and waits for what was sent and is not seen yet. */
async function appliedInSight(digest: string, ports: ApplyPorts): Promise<Applied> {
  for (;;) {
    const applied = await applyPlan(ports)(digest);
    if (applied.next !== 'wait' || applied.waitsFor !== 'sight') return applied;
    await ports.sleep(applied.seconds * 1000);
  }
}

/** Takes back, and waits for what was sent and may arrive yet. */
async function takenBack(digest: string, reason: string, ports: ApplyPorts): Promise<RepairOutcome> {
  for (;;) {
    const result = await rollBackPlan(ports)(digest, reason);
    if (result.outcome !== 'wait') return { outcome: result.outcome, reason };
    await ports.sleep(result.seconds * 1000);
  }
}

async function verified(digest: string, ports: ApplyPorts & VerifyPorts): Promise<RepairOutcome> {
  let last: Error = new Error('it was not looked at');
  for (const seconds of LOOKS) {
    await ports.sleep(seconds * 1000);
    try {
      await verifyPlan(ports)(digest);
      return { outcome: 'verified', reason: 'its findings are gone, and nothing that it touched is worse' };
    } catch (error) {
      last = error instanceof Error ? error : new Error(String(error));
    }
  }
  const reason = `${last.name}: ${last.message}`.slice(0, 500);
  if (last.name === 'StillFoundError' || last.name === 'WorseError') return takenBack(digest, reason, ports);
  const { outcome } = await stopPlan(ports)({ digest, reason });
  return { outcome, reason };
}
