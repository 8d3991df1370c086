import { type Change, canonicalJson, targetKey } from '../../changes/change.ts';
import { refusedIn } from '../../changes/guards/cluster-writes.ts';
import type { Plan, Snippet } from '../../changes/plan.ts';
import type { RepairStore } from '../../changes/repairs/repair-store.ts';
import { writeOf } from '../../changes/repairs/writes.ts';
import { netChanges } from '../../changes/same-target.ts';
import type { Config } from '../../config/config.ts';
import { cloudformationFor } from '../../plans/snippets/cloudformation.ts';
import { eksctlFor } from '../../plans/snippets/eksctl.ts';
import { kubectlFor } from '../../plans/snippets/kubectl.ts';
import { terraformFor } from '../../plans/snippets/terraform.ts';
import { type Notice, repairMessage } from './notice.ts';
import type { PlanPorts } from './plan.ts';
import type { Repair } from './repair.ts';

type Remembered = Awaited<ReturnType<RepairStore['remembered']>>;

/**
 * Whether podtrust wrote just this before, and somebody put it back: its own way back leaves nothing to remember. The
 * states say so, whoever wrote them. What was made anew as it was cannot be put back.
 */
export function isReverted(change: Change, remembered: Remembered, hash: PlanPorts['hash']): boolean {
  const { before, after } = writeOf(change, hash);
  if (before === after) return false;
  return remembered.some((write) => write.before === before && write.after === after);
}

/**
 * Whether a plan is its target's owner's to make: an infrastructure tool manages it, or somebody put back what podtrust
 * wrote. Told once, with the patch, and then left alone.
 */
export async function leftToOwner(
  digest: string,
  plan: Plan,
  repair: Repair,
  ports: PlanPorts,
): Promise<string | null> {
  const { store, config, hash } = ports;
  const reason = await ownersReason(plan, config, store, hash);
  if (reason === null) return null;
  return leaveOnce({ what: 'left-to-owner', digest, plan, reason, patch: patchFor(plan) }, repair, ports);
}

/**
 * Why a plan cannot be made from here, or null: what is written to a cluster is told once, with the command, and nobody
 * is asked to approve it in vain.
 */
export async function leftToPeople(
  digest: string,
  plan: Plan,
  repair: Repair,
  ports: PlanPorts,
): Promise<string | null> {
  const reason = refusedIn(plan.changes, ports.guards.clusterRefusal);
  if (reason === null) return null;
  const patch = plan.changes.flatMap(kubectlFor);
  return leaveOnce({ what: 'by-hand', digest, plan, reason, patch }, repair, ports);
}

/** Tells once that a plan is somebody else's to make, and why; answers that. */
async function leaveOnce(
  notice: Omit<Notice, 'account' | 'what' | 'plan'> & {
    readonly what: 'left-to-owner' | 'by-hand';
    readonly plan: Plan;
    readonly reason: string;
  },
  { account, fingerprint }: Repair,
  { store, hash, topic }: PlanPorts,
): Promise<string> {
  const { what, digest, plan, reason } = notice;
  const told = await store.tellOnce(hash(canonicalJson([fingerprint, plan.changes])), digest);
  if (!told) return `${reason}; it was told before`;
  await store.note({ plan: digest, what, reason });
  await topic.publish(repairMessage({ ...notice, account }));
  return reason;
}

/** What the plan has for its owner; for one that is not known, every form that there is. */
export function patchFor({ snippets, changes }: Pick<Plan, 'snippets' | 'changes'>): readonly Snippet[] {
  const known = snippets.filter(({ form }) => form !== 'policy' && form !== 'kubectl' && form !== 'helm');
  if (known.length > 0) return known;
  return [terraformFor, cloudformationFor, eksctlFor].flatMap((form) => changes.flatMap(form));
}

async function ownersReason(
  plan: Plan,
  { fixes }: Config,
  store: RepairStore,
  hash: PlanPorts['hash'],
): Promise<string | null> {
  for (const change of netChanges(plan.changes)) {
    if (isReverted(change, await store.remembered(change), hash))
      return `its owner put back what podtrust wrote to ${targetKey(change)}`;
  }
  const allowed: readonly string[] = [...(fixes?.writeOwned ?? []), 'addon'];
  const owner = plan.ownership.find((each) => !allowed.includes(each.owner));
  return owner === undefined ? null : `${owner.owner} manages ${owner.target} (${owner.evidence})`;
}
