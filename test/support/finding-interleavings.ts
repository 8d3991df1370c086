import fc from 'fast-check';
import type { Finding } from '../../shared/findings/finding.ts';
import { type FindingScope, inScope } from '../../shared/findings/scope.ts';
import { orderOf, type ScopeAudit } from '../../shared/findings/scope-audit.ts';
import type { FindingStore } from '../../shared/findings/store.ts';
import type { StoredFinding } from '../../shared/findings/stored.ts';
import type { Transition } from '../../shared/findings/transition.ts';
import { ACCOUNT, auditOf, findingOf } from './findings.ts';

const roleOf = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const cluster = { region: 'eu-west-1', cluster: 'shop' };

/** Few findings and scopes, so that audits meet: two roles, one cluster, two rules. */
const UNIVERSE: readonly Finding[] = [
  findingOf({ rule: 'r1', role: roleOf('a') }),
  findingOf({ rule: 'r2', role: roleOf('a'), ...cluster }),
  findingOf({ rule: 'r1', role: roleOf('b'), ...cluster }),
  findingOf({ rule: 'r2', role: 'arn:aws:iam::999999999999:role/a', ...cluster }),
];

const SCOPES: readonly FindingScope[] = [
  { kind: 'account', account: ACCOUNT },
  { kind: 'role', account: ACCOUNT, role: 'A' },
  { kind: 'role', account: ACCOUNT, role: 'b' },
  { kind: 'cluster', account: ACCOUNT, ...cluster },
];

const sighting = fc.oneof(
  { weight: 4, arbitrary: fc.constant(null) },
  { weight: 4, arbitrary: fc.constant('critical open') },
  { weight: 1, arbitrary: fc.constantFrom('high open', 'critical waived') },
);
const doubt = fc.record(
  {
    rule: fc.constantFrom('r1', 'r2'),
    where: fc.constantFrom(
      { account: ACCOUNT },
      { account: ACCOUNT, role: roleOf('a') },
      { account: ACCOUNT, ...cluster },
    ),
  },
  { requiredKeys: ['where'] },
);

/** Whether an audit says by its silence that a finding is gone: as `covers` and `decidesAbsence`, thought anew. */
function saysGone({ rules, doubts }: ScopeAudit, { rule, role, cluster: inCluster }: Finding): boolean {
  const doubted = doubts.filter((each) => each.rule === undefined || each.rule === rule);
  const here = doubted.filter(({ where }) => {
    if (where.role !== undefined) return where.role === role;
    // A finding without a cluster may be about any, so about the one in doubt, too.
    if (where.cluster !== undefined) return inCluster === undefined || inCluster === where.cluster;
    return true;
  });
  return (rules ?? [rule]).includes(rule) && here.length === 0;
}

/** Audits read at different times, in the order of their reading. */
export const audits: fc.Arbitrary<readonly ScopeAudit[]> = fc
  .array(
    fc.record({
      scope: fc.constantFrom(...SCOPES),
      sightings: fc.tuple(sighting, sighting, sighting, sighting),
      doubts: fc.array(doubt, { maxLength: 2 }),
      rules: fc.option(fc.constantFrom<string[]>(['r1'], ['r2']), { nil: undefined, freq: 5 }),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((drafts) =>
    drafts.map(({ scope, sightings, doubts, rules }, second) => {
      const findings = UNIVERSE.flatMap((finding, index) => {
        const [severity, status] = sightings[index]?.split(' ') ?? [];
        const seen = severity !== undefined && (rules === undefined || rules.includes(finding.rule));
        if (!seen || !inScope(finding, scope)) return [];
        return [{ ...finding, severity, status } as Finding];
      });
      return auditOf(second, { scope, findings, doubts, ...(rules !== undefined && { rules }) });
    }),
  );

/** What is wrong in the end: of each finding what the newest audit says that could decide it. */
export function expectedState(all: readonly ScopeAudit[]): string[] {
  return UNIVERSE.flatMap((finding) => {
    const deciding = all.filter(
      (audit) => inScope(finding, audit.scope) && (reportOf(audit, finding) || saysGone(audit, finding)),
    );
    const newest = deciding.sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1)).at(-1);
    const report = newest === undefined ? undefined : reportOf(newest, finding);
    return report === undefined ? [] : [describe(report)];
  }).sort();
}

export function storedState(stored: readonly StoredFinding[]): string[] {
  return stored
    .filter(({ finding }) => finding.status !== 'resolved')
    .map(({ finding }) => describe(finding))
    .sort();
}

function reportOf(audit: ScopeAudit, { fingerprint }: Finding): Finding | undefined {
  return audit.findings.find((each) => each.fingerprint === fingerprint);
}

function describe({ fingerprint, severity, status }: Finding): string {
  return `${fingerprint} ${severity} ${status}`;
}

/** What is wrong with a history: a step that is missing, doubled, or does not follow from the one before it. */
export function brokenSteps(
  stored: readonly StoredFinding[],
  transitions: readonly Transition[],
): readonly string[] {
  const faults: string[] = [];
  if (new Set(transitions.map(({ id }) => id)).size < transitions.length) faults.push('an id twice');
  const byFinding = Map.groupBy(transitions, ({ finding }) => finding.fingerprint);
  for (const { finding, sequence } of stored) {
    const steps = (byFinding.get(finding.fingerprint) ?? []).sort((a, b) => a.sequence - b.sequence);
    if (steps.length !== sequence) faults.push(`${steps.length} steps of ${sequence}`);
    for (const [index, step] of steps.entries()) {
      const before = steps[index - 1]?.finding;
      if (step.sequence !== index + 1) faults.push(`step ${step.sequence} in place of ${index + 1}`);
      if (step.before?.status !== before?.status || step.before?.severity !== before?.severity)
        faults.push(`step ${step.sequence} does not follow`);
      if (before !== undefined && step.differs.length === 0) faults.push(`step ${step.sequence} is none`);
    }
    if (JSON.stringify(steps.at(-1)?.finding) !== JSON.stringify(finding))
      faults.push('the last step is not the state');
  }
  for (const fingerprint of byFinding.keys()) {
    if (!stored.some(({ finding }) => finding.fingerprint === fingerprint)) faults.push('a step of nothing');
  }
  return faults;
}

/** The store with every call at the scheduler's mercy, and some failing: before they do anything, or after. */
export function scheduled(
  store: FindingStore,
  scheduler: fc.Scheduler,
  failure: () => 'none' | 'before' | 'after',
): FindingStore {
  const call = async <Result>(name: string, work: () => Promise<Result>): Promise<Result> => {
    const fails = failure();
    await scheduler.schedule(Promise.resolve(), name);
    if (fails === 'before') throw new Error(`${name} fails before`);
    const result = await work();
    if (fails === 'after') throw new Error(`${name} fails after`);
    return result;
  };
  return {
    ...store,
    memories: (scopes) => call('memories', () => store.memories(scopes)),
    remember: (scope, memory) => call('remember', () => store.remember(scope, memory)),
    findingsOf: (scope) => call('findingsOf', () => store.findingsOf(scope)),
    commit: (steps, memories) =>
      call('commit', async () => {
        // One transaction for each step, as a batch that fails in the middle leaves it.
        const transitions: Transition[] = [];
        for (const step of steps) {
          const commit = await store.commit([step], memories);
          transitions.push(...commit.transitions);
          if (commit.outcome === 'conflict') return { outcome: 'conflict', transitions };
        }
        return { outcome: 'written', transitions };
      }),
  };
}
