import type { Fixes, Mode } from '../../config/fixes.ts';
import type { Finding } from '../../findings/finding.ts';
import type { Guard, Verdict } from '../applying.ts';
import { type Change, isGuided } from '../change.ts';
import { standingOf } from '../repairs/entries.ts';
import type { KeptPlan } from '../repairs/kept-plan.ts';
import type { RepairStore } from '../repairs/repair-store.ts';
import { decideApproval, type Eligibility } from './approval.ts';
import { decideBudget } from './budget.ts';
import { canaryNames, decideCanary } from './canary-first.ts';
import { decideChangeWindow } from './change-window.ts';
import { type ClusterRefusal, decideClusterWrites } from './cluster-writes.ts';
import { decideKillSwitch } from './kill-switch.ts';
import { decideMode, type FixCluster, type FixPlace, modeOf, mostCautious } from './mode.ts';
import { decideOneRole } from './one-role.ts';
import { decideOwnership, ownersByTags } from './ownership.ts';
import { decideProof } from './proof.ts';
import { decideProtected } from './protected.ts';
import { type Reading, reading } from './reading.ts';
import { roleAsTarget, rolesOpened } from './roles-opened.ts';
import { decideTakesBack, type Taken } from './taken-back.ts';
import { decideWaiver } from './waiver.ts';

/** What the guards read, each time anew. Every method may throw: then nothing is written. */
export interface GuardPorts {
  readonly fixes: Fixes | undefined;
  /** ARNs, with * and ?, of principals that are never touched. */
  readonly breakGlass: readonly string[];
  /** Names of the roles that podtrust reads and writes accounts with. */
  readonly ownRoles: readonly string[];
  readonly store: Pick<RepairStore, 'decision' | 'killSwitch' | 'spend' | 'canary' | 'plan' | 'entries'>;
  /** What is known of a finding of an account; null: nothing. */
  readonly findingStatus: (account: string, fingerprint: string) => Promise<Finding['status'] | null>;
  /** Tags of a change's target as they are now; of one that is not there, none. */
  readonly tagsOf: (change: Change) => Promise<Readonly<Record<string, string>>>;
  readonly clusterRefusal: ClusterRefusal;
  readonly now: () => Date;
}

/** What nobody but a person decides, whatever the proof shows. */
const GUIDED: Eligibility = {
  eligible: false,
  reasons: ['it sets an annotation, which its chart or manifest says otherwise'],
};

/** Every guard before a write, those that take something (a canary's turn, a budget) last. */
export function guardsOf(digest: string, kept: KeptPlan, ports: GuardPorts): readonly Guard[] {
  const { fixes, breakGlass, ownRoles, store, now } = ports;
  const { plan, origin } = kept;
  const mode = async (change: Change): Promise<Mode> => modeOfChange(change, kept, ports);
  const names = canaryNames(kept);
  return [
    async (change) => decideProtected(change, { breakGlass, ownRoles }),
    async () => decideProof(plan),
    async () => decideOneRole(plan.changes),
    async () =>
      origin.takesBack === undefined
        ? { allowed: true }
        : decideTakesBack(plan, await takenBy(origin.takesBack, store)),
    async () => decideClusterWrites(plan.changes, ports.clusterRefusal),
    async () => decideKillSwitch(await reading(store.killSwitch)),
    async (change) => decideMode(await mode(change)),
    async () =>
      firstNo(
        plan.answers.map(({ fingerprint }) => async () => {
          const status = await reading(() => ports.findingStatus(origin.account, fingerprint));
          return decideWaiver(status);
        }),
      ),
    async (change) => {
      const tags = await reading(() => ports.tagsOf(change));
      const owners = ownersOf(tags, plan.ownership);
      return decideOwnership(owners, fixes?.writeOwned ?? []);
    },
    async (change) =>
      decideApproval({
        plan: digest,
        mode: await mode(change),
        auto: plan.changes.some(isGuided) ? GUIDED : origin.auto,
        decision: await reading(() => store.decision(digest)),
        approvalHours: fixes?.approvalHours ?? 0,
        now: now(),
        ownRoles,
      }),
    async () => decideChangeWindow(fixes?.windows ?? [], now()),
    async ({ target }) =>
      fixes?.canaryFirst === false
        ? { allowed: true }
        : firstNo(
            names.map((name) => async () => {
              const turn = await reading(() => store.canary(target.account, name, digest));
              return decideCanary(turn);
            }),
          ),
    async ({ target }, index) => {
      const budget = fixes?.budgetPerAccountAndHour ?? 0;
      const granted = await reading(() => store.spend(target.account, `${digest} ${index}`, budget));
      return decideBudget(granted, budget);
    },
  ];
}

/** What stops the way back, too. */
export function wayBackGuardsOf({ store, breakGlass, ownRoles }: GuardPorts): readonly Guard[] {
  return [
    async (change) => decideProtected(change, { breakGlass, ownRoles }),
    async () => decideKillSwitch(await reading(store.killSwitch)),
  ];
}

/** The mode for a plan: the most cautious of all its changes. */
export async function modeOfPlan(kept: KeptPlan, ports: GuardPorts): Promise<Mode> {
  const modes: Mode[] = [];
  for (const change of kept.plan.changes) modes.push(await modeOfChange(change, kept, ports));
  return mostCautious(modes);
}

/** The mode for one change: the most cautious of all the findings that its plan answers, and of all roles it opens. */
async function modeOfChange(change: Change, kept: KeptPlan, ports: GuardPorts): Promise<Mode> {
  const rules = await rulesOf(kept, ports.store);
  if (rules === null) return 'off';
  const { origin } = kept;
  const tags = await roleTagsOf(change, ports);
  return mostCautious(
    rules.flatMap((rule) =>
      tags.map((roleTags) => {
        const place: FixPlace = {
          rule,
          account: change.target.account,
          clusters: origin.clusters === null ? null : [...origin.clusters, ...clusterOf(change)],
          roleTags,
        };
        return modeOf(ports.fixes, place);
      }),
    ),
  );
}

const MOST_WAYS_BACK = 10;

/**
 * The rules that a plan answers, of a way back those of the plan that it takes back; null where that cannot be read.
 * Only a plan that answers none and takes none back is of no rule.
 */
async function rulesOf(
  { plan, origin }: KeptPlan,
  store: GuardPorts['store'],
  left = MOST_WAYS_BACK,
): Promise<(string | null)[] | null> {
  const { takesBack } = origin;
  if (takesBack === undefined || plan.answers.length > 0)
    return plan.answers.length === 0 ? [null] : plan.answers.map(({ rule }) => rule);
  const taken = await reading(async () => store.plan(takesBack));
  return taken.known && left > 0 ? rulesOf(taken.value, store, left - 1) : null;
}

type RoleTags = FixPlace['roleTags'];

/** The live tags of each role that a change opens. They are read where a setting asks for them. */
async function roleTagsOf(change: Change, { fixes, tagsOf }: GuardPorts): Promise<readonly RoleTags[]> {
  const selectors = [...(fixes?.settings ?? []), ...(fixes?.exceptions ?? [])];
  if (!selectors.some(({ roleTag }) => roleTag !== undefined)) return [null];
  const roles = rolesOpened(change);
  if (roles === null) return [{ known: false, reason: 'which roles it opens is not in the plan' }];
  if (roles.length === 0) return [null];
  const tags: RoleTags[] = [];
  for (const arn of roles) {
    const role = roleAsTarget(arn);
    tags.push(
      role === null ? { known: false, reason: `${arn} is no role` } : await reading(async () => tagsOf(role)),
    );
  }
  return tags;
}

async function takenBy(digest: string, store: GuardPorts['store']): Promise<Reading<Taken>> {
  return reading(async () => {
    const { plan } = await store.plan(digest);
    return { plan, standing: standingOf(await store.entries(digest)) };
  });
}

function clusterOf({ target }: Change): readonly FixCluster[] {
  return 'cluster' in target ? [target] : [];
}

/** Whoever the live tags name, and whoever the plan knew of. */
function ownersOf(
  tags: Reading<Readonly<Record<string, string>>>,
  known: KeptPlan['plan']['ownership'],
): Parameters<typeof decideOwnership>[0] {
  return tags.known ? { known: true, value: [...known, ...ownersByTags(tags.value)] } : tags;
}

async function firstNo(asked: readonly (() => Promise<Verdict>)[]): Promise<Verdict> {
  for (const ask of asked) {
    const answer = await ask();
    if (!answer.allowed) return answer;
  }
  return { allowed: true };
}
