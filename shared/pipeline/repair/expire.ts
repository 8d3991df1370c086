import { standingOf } from '../../changes/repairs/entries.ts';
import type { RepairStore } from '../../changes/repairs/repair-store.ts';

export interface ExpirePorts {
  readonly store: Pick<RepairStore, 'entries' | 'note' | 'requested' | 'decision'>;
}

/**
 * Notes that nobody decided on a plan while its workflow waited; where somebody did at the very end, who. Runs twice
 * without harm.
 */
export function expirePlan({ store }: ExpirePorts) {
  return async (digest: string): Promise<{ readonly expired: boolean }> => {
    if (standingOf(await store.entries(digest)) !== 'open') return { expired: false };
    const [request, decision] = [await store.requested(digest), await store.decision(digest)];
    const until = request === null ? '' : ` until ${request.expires}`;
    await store.note({
      plan: digest,
      what: 'expired',
      reason:
        decision === null
          ? `nobody decided${until}: the workflow waits no longer`
          : `${decision.verdict} by ${decision.by.arn} at ${decision.at}, when the workflow had waited${until} and waits no longer`,
    });
    return { expired: true };
  };
}
