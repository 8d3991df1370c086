import { findingScopeKey } from '../../findings/scope.ts';
import type { ScopeAudit } from '../../findings/scope-audit.ts';
import type { FindingStore } from '../../findings/store.ts';
import { isRelevant } from '../../rules/observed/recency.ts';
import { waive } from '../../waivers/waive.ts';
import { accountAudit } from '../account-audit.ts';
import { datedDenials } from '../dated-denials.ts';
import { LostClaimError } from '../errors.ts';
import type { EvaluatePorts } from '../evaluate.ts';
import { withObserved } from '../observed.ts';
import { readSnapshot } from '../read-claims.ts';
import { recordInTurn } from '../record-in-turn.ts';
import type { ScopeRegister } from '../register.ts';
import type { RequestPorts } from '../request-evaluations.ts';
import { trustChanges } from '../trust-changes.ts';
import { accountsOfRoles } from '../unreached.ts';
import { readKept } from './collection.ts';
import { keepDetails } from './details.ts';
import { type JoinedAccount, joinedSchema } from './join.ts';
import { judgeWith } from './judge-with.ts';
import { type Judged, judgedSchema, MOST_TRANSITIONS } from './judged.ts';
import { isAnsweredAsBefore, keepAsked } from './kept-asked.ts';
import { isBusy, leaveToEvents } from './leave-to-events.ts';
import { listedSchema } from './list-accounts.ts';
import { organizationFor } from './organization-for.ts';
import { type ScanId, scanKeys, startOf } from './scan.ts';
import { type ScanIndex, scanIndex, scanIndexSchema } from './scan-index.ts';
import type { ScanState, ScanStates } from './scan-states.ts';
import { isOfAudit, toldBy } from './told-by.ts';

export interface JudgeAccountPorts
  extends Omit<EvaluatePorts, 'register'>,
    Pick<RequestPorts, 'evaluations'> {
  readonly register: Pick<ScopeRegister, 'busy' | 'request'>;
  readonly states: ScanStates;
  /** Version of podtrust: another one may judge otherwise. */
  readonly version: string;
}

/** After so many days an account is judged again though nothing changed: time itself can change a verdict. */
const MOST_DAYS = 7;

/**
 * Judges one account of a scan with those that it hangs on, and records an audit of it: what is new, changed or gone is
 * told as found by a scan. Does not judge again what was judged by the last scan and has not changed since, and leaves an
 * account in which an evaluation is under way to that. Runs twice without harm.
 */
export function judgeAccount(ports: JudgeAccountPorts) {
  const index = keptIndex(ports);
  return async (scan: ScanId, joined: JoinedAccount): Promise<Judged> => {
    const key = scanKeys.judged(scan, joined.account);
    const before = await judgedBefore(ports, key);
    if (before !== null) return before;
    const judged = await judgedNow(scan, joined, { ...ports, index: () => index(scan) });
    await ports.claims.put(key, JSON.stringify(judged));
    ports.telemetry.count(METRICS[judged.outcome]);
    return judged;
  };
}

/** The index of a scan, which is read once by each process. */
function keptIndex({ claims }: Pick<JudgeAccountPorts, 'claims'>): (scan: ScanId) => Promise<ScanIndex> {
  let last: { readonly scan: ScanId; readonly index: ScanIndex } | undefined;
  return async (scan) => {
    if (last?.scan !== scan)
      last = { scan, index: scanIndex(await readKept(claims, scanKeys.index(scan), scanIndexSchema)) };
    return last.index;
  };
}

const METRICS = {
  judged: 'ScanAccountsJudged',
  unchanged: 'ScanAccountsUnchanged',
  'left-to-events': 'ScanAccountsLeftToEvents',
} as const;

/** What an earlier try of the same step came to. */
async function judgedBefore({ claims }: JudgeAccountPorts, key: string): Promise<Judged | null> {
  try {
    return await readKept(claims, key, judgedSchema);
  } catch (error) {
    if (error instanceof LostClaimError) return null;
    throw error;
  }
}

interface JudgingPorts extends JudgeAccountPorts {
  readonly index: () => Promise<ScanIndex>;
}

async function judgedNow(scan: ScanId, joined: JoinedAccount, ports: JudgingPorts): Promise<Judged> {
  const { account } = joined;
  const { claims, states, store, config, hash, version, observed } = ports;
  const listed = await readKept(claims, scanKeys.listed(scan), listedSchema);
  const whole = await readKept(claims, scanKeys.joined(scan), joinedSchema);
  const part = organizationFor(joined, listed, whole);
  const waivers = await ports.waivers.list();
  const kept = await observed.store.all(account);
  // What was observed says less once it is a day old, though nothing of it changes.
  const relevant = kept.evidence.map(({ of }) => isRelevant(of.last, startOf(scan)));
  const digests = {
    readings: hash(
      JSON.stringify([joined.digest, joined.beside.map(digestOf), joined.beyond, part, kept, relevant]),
    ),
    settings: hash(JSON.stringify([config, waivers, version])),
  };
  const prior = await states.get(account);
  const since = sinceWhen(prior, digests.settings);
  const nothing = { account, since, transitions: [], count: 0, undecided: 0 };
  const organization = { listed, whole };
  if (
    (await isUnchanged(scan, account, prior, digests, ports)) &&
    (await isAnsweredAsBefore(prior?.asked, joined, { ...ports, ...organization }))
  )
    return { ...nothing, outcome: 'unchanged', details: prior?.details };
  const unreadable = (error: Error) => ports.telemetry.note('A lane cannot be read', { error });
  const busy = () => isBusy(ports.register, account, unreadable);
  const stored = await store.findingsOf({ kind: 'account', account });
  const together = await judgeWith(joined, {
    ...ports,
    ...organization,
    read: (each) => readSnapshot(claims, each),
    observed: async (snapshot) =>
      datedDenials(await withObserved(snapshot, observed), { ...ports, requests: [] }),
    now: ports.now().toISOString(),
    about: accountsOfRoles(stored.map(({ finding }) => finding)),
  });
  const { estate, judgement } = together;
  const common = { ...ports, account, requests: [], estate, stored };
  const found = accountAudit({
    ...common,
    turn: { name: `scan-${scan}` },
    judgement,
    trust: await trustChanges(common),
  });
  const terms = { now: ports.now(), mostDays: config.waivers.mostDays };
  const audit = { ...found, findings: waive(found.findings, waivers, terms) };
  const details = await keepDetails(ports, scan, { estate, judgement, stored, audit });
  if (await busy()) {
    await leaveToEvents(ports, scan, account);
    return { ...nothing, outcome: 'left-to-events', details };
  }
  const partition = estate.accounts.get(account)?.partition ?? '';
  let overtaken = false;
  const isOvertaken = async () => {
    overtaken = await busy();
    return overtaken;
  };
  await recordInTurn(audit, { ...ports, stored, partition, findCause: ports.causeFinder(), isOvertaken });
  const told = toldBy(audit, await store.findingsOf(audit.scope));
  ports.telemetry.count('FindingsOpen', audit.findings.length);
  ports.telemetry.count('Transitions', told.length);
  ports.telemetry.count('ChecksUndecided', judgement.undecided.length);
  // What is left to a turn that began meanwhile was not judged to its end: the next scan does not rest on it.
  if (overtaken) await leaveToEvents(ports, scan, account);
  else {
    const asked = await keepAsked(scan, joined, together, { ...ports, ...organization });
    await states.put(account, {
      ...(await stateAfter(scan, audit, digests, ports)),
      ...(asked !== undefined && { asked }),
      details,
    });
  }
  return {
    account,
    outcome: 'judged',
    since,
    transitions: told.slice(0, MOST_TRANSITIONS),
    count: told.length,
    undecided: judgement.undecided.filter(({ where }) => where.account === account).length,
    details,
  };
}

function sinceWhen(prior: ScanState | null, settings: string): Judged['since'] {
  if (prior === null) return 'first';
  return prior.settings === settings ? 'same' : 'settings';
}

const digestOf = (beside: JoinedAccount['beside'][number]): readonly string[] =>
  'digest' in beside ? [beside.account, beside.digest] : [beside.account];

/** Whether the last scan judged the same by the same, and nobody has judged the account since. */
async function isUnchanged(
  scan: ScanId,
  account: string,
  prior: ScanState | null,
  { readings, settings }: Pick<ScanState, 'readings' | 'settings'>,
  { store, now }: JudgeAccountPorts,
): Promise<boolean> {
  // The same scan: an earlier try told what it found, and did not come to say so.
  if (prior === null || prior.scan === scan || prior.order === null) return false;
  if (prior.details === undefined) return false;
  if (prior.readings !== readings || prior.settings !== settings) return false;
  if (now().getTime() - Date.parse(prior.at) >= MOST_DAYS * 86_400_000) return false;
  return (await newestAudit(store, account)) === prior.order;
}

async function stateAfter(
  scan: ScanId,
  audit: ScopeAudit,
  digests: Pick<ScanState, 'readings' | 'settings'>,
  { store, now }: JudgeAccountPorts,
): Promise<ScanState> {
  const newest = await newestAudit(store, audit.scope.account);
  const own = newest !== null && isOfAudit(newest, audit);
  return { scan, at: now().toISOString(), ...digests, order: own ? newest : null };
}

/** Order of the newest audit of a whole account that is remembered. */
async function newestAudit(
  { memories }: Pick<FindingStore, 'memories'>,
  account: string,
): Promise<string | null> {
  const scope = { kind: 'account', account } as const;
  return (await memories([scope])).get(findingScopeKey(scope))?.runs[0]?.order ?? null;
}
