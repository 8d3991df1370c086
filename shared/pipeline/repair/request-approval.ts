import type { RepairStore } from '../../changes/repairs/repair-store.ts';
import type { Config } from '../../config/config.ts';
import type { Topic } from '../notify.ts';
import { repairMessage } from './notice.ts';
import type { Callbacks } from './repair.ts';

export interface RequestPorts {
  readonly store: RepairStore;
  readonly topic: Topic;
  readonly callbacks: Callbacks;
  readonly config: Config;
  readonly now: () => Date;
}

/**
 * Asks for a decision on a plan: what lets the workflow go on is kept in the store, what the plan does and how to decide
 * is told. A decision that was made before anybody asked is taken. Runs twice without harm.
 */
export function requestApproval({ store, topic, callbacks, config, now }: RequestPorts) {
  return async (digest: string, taskToken: string): Promise<void> => {
    const { plan, origin } = await store.plan(digest);
    const hours = config.fixes?.approvalHours ?? 0;
    const expires = new Date(now().getTime() + hours * 3_600_000).toISOString();
    await store.request({ plan: digest, expires, taskToken });
    const decision = await store.decision(digest);
    if (decision !== null) {
      await callbacks.decided(taskToken, decision.verdict);
      return;
    }
    await store.note({ plan: digest, what: 'approval-requested', reason: `until ${expires}` });
    const { account, auto } = origin;
    const reason = `until ${expires}`;
    await topic.publish(repairMessage({ what: 'approval-requested', digest, plan, account, auto, reason }));
  };
}
