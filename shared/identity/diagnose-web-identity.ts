import type { ClusterView, Estate, RoleView } from '../estate/estate.ts';
import type { CompiledPolicy, CompiledStatement } from '../iam/compile.ts';
import type { WebIdentity } from './claim-flaws.ts';
import type { Diagnosis, TrustRule, Undecided } from './fault.ts';
import { type Flaw, type Inspection, rootFlaw, weightOf } from './flaw.ts';
import { requestOf } from './irsa-trust.ts';
import { type Issuer, providerArnFor } from './issuer.ts';
import { issuerJudge } from './issuer-judge.ts';
import { type ProviderStanding, providerOf } from './issuer-standing.ts';
import { denyFlaw, valueFlaw } from './list-flaws.ts';
import { meantSubjects } from './meant-subjects.ts';
import { isPlainlySound } from './plainly-sound.ts';
import { STS_AUDIENCE } from './service-account.ts';
import { allowsOf } from './statements.ts';
import { admits, audienceOf, type Case, type MeantAudience, meaningOf } from './web-identity-case.ts';
import { faultOf } from './web-identity-fault.ts';
import { inspectWebIdentity } from './web-identity-flaws.ts';

const NOTHING: Diagnosis = { faults: [], undecided: [] };

/** Diagnoses one Allow statement for each OIDC provider that it names, and keeps the most specific root cause. */
export function diagnoseWebIdentity(
  compiled: CompiledStatement,
  trust: CompiledPolicy,
  role: RoleView,
  estate: Estate,
): Diagnosis {
  if (isPlainlySound(compiled, trust, role, estate)) return NOTHING;
  const { principal } = compiled.statement;
  if (principal === undefined || principal.negated || principal.everyone) return NOTHING;
  const each = principal.entries
    .filter(({ kind }) => kind === 'Federated')
    .map((entry) => diagnoseEntry({ compiled, trust, role, estate, entry }));
  const faults = each.flatMap((diagnosis) => diagnosis.faults);
  return { faults, undecided: each.flatMap((diagnosis) => diagnosis.undecided) };
}

function diagnoseEntry(at: Case): Diagnosis {
  const meaning = meaningOf(at);
  if (meaning === null) return NOTHING;
  const { issuer, cluster, standing } = meaning;
  const provider = providerOf(issuer.key, at.role);
  const subjects = meantSubjects(at.compiled, issuer, at.trust.policy.version);
  const audience = audienceOf(at, issuer, provider);
  const wanted = subjects.map(
    (subject): WebIdentity => ({
      provider: providerArnFor(at.role.account.partition, at.role.account.id, issuer.key),
      issuer,
      subject,
      audience: audience.value,
      at: at.role.account.takenAt,
    }),
  );
  const undecided: Undecided[] = [];
  const note = (rule: TrustRule, read: string, reason: string) =>
    undecided.push({ rule, statement: at.compiled.statement.index, read, reason });
  if (provider.kind === 'unread') {
    for (const rule of ['use-iam-oidc-provider', 'no-unknown-provider', 'use-sts-audience'] as const) {
      note(rule, provider.missing.read, provider.missing.reason);
    }
  }
  if (provider.kind === 'exists' && provider.provider.clientIds === undefined) {
    note(
      'use-sts-audience',
      'iam:GetOpenIDConnectProvider',
      `The audiences of ${provider.provider.arn} were not read.`,
    );
  }
  if (standing.kind === 'unseen' && !at.estate.seesEveryCluster()) {
    note(
      'no-stale-issuer',
      'eks:DescribeCluster',
      `No cluster that was read has the issuer ${issuer.key}, and not every cluster was read.`,
    );
  }
  if (audience.custom && !audience.seen) {
    note(
      'no-wrong-audience',
      'kubernetes:serviceaccounts',
      `The trust policy asks for the audience ${audience.value}, which a ServiceAccount gets by annotation alone.`,
    );
  }
  const flaw =
    providerFlaw(at, issuer, cluster, provider, audience) ??
    statementFlaw(at, wanted, provider) ??
    valueFlaw(at, issuer) ??
    denyFlaw(at, wanted, issuer);
  if (flaw === null) return { faults: [], undecided };
  return { faults: [faultOf(at, meaning, flaw, wanted, provider)], undecided };
}

/** Faults of the provider itself: it is not there, or accepts no token of the cluster. */
function providerFlaw(
  { compiled, entry, role }: Case,
  issuer: Issuer,
  cluster: ClusterView | undefined,
  provider: ProviderStanding,
  audience: MeantAudience,
): Flaw | null {
  const flaw = (rule: TrustRule, value: string, detail: string): Flaw => ({
    aspect: 'principal',
    rule,
    detail,
    pointer: compiled.statement.pointer,
    value,
    weight: 0,
    edits: [],
  });
  const arn = providerArnFor(role.account.partition, role.account.id, issuer.key);
  if (provider.kind === 'absent') {
    if (cluster?.cluster.status === 'CREATING') return null;
    const near =
      provider.near === null
        ? ''
        : ` A near miss exists: ${provider.near.arn} (${provider.near.miss.words}).`;
    if (cluster === undefined) {
      return flaw(
        'no-unknown-provider',
        entry.value,
        `The trust policy names ${entry.value}, which does not exist in account ${role.account.id}.${near}`,
      );
    }
    return flaw(
      'use-iam-oidc-provider',
      arn,
      `Cluster ${cluster.cluster.name} has the issuer ${issuer.key}, and account ${role.account.id} has no IAM OIDC provider for it.${near}`,
    );
  }
  const clientIds = provider.kind === 'exists' ? provider.provider.clientIds : undefined;
  // Tokens for issuers that are not EKS's carry whatever audience their pods ask for.
  if (cluster === undefined && !audience.asked && clientIds?.length !== 0) return null;
  if (clientIds === undefined || audience.custom || clientIds.includes(STS_AUDIENCE)) return null;
  const has = clientIds.length === 0 ? 'no audience at all' : clientIds.join(', ');
  return flaw(
    'use-sts-audience',
    arn,
    `The provider ${arn} accepts ${has}, and the tokens carry ${STS_AUDIENCE}.`,
  );
}

/** The root flaw that keeps the statement from admitting anyone it means; none when it admits someone. */
function statementFlaw(at: Case, wanted: readonly WebIdentity[], provider: ProviderStanding): Flaw | null {
  const judge = issuerJudge(at.role, at.estate);
  const inspections: { readonly inspection: Inspection; readonly identity: WebIdentity }[] = [];
  for (const identity of wanted) {
    const inspection = inspectWebIdentity(
      at.compiled,
      identity,
      requestOf(identity, at.role.role.arn),
      judge,
    );
    if (inspection === null) return null;
    if (inspection.flaws.length === 0) return null;
    inspections.push({ inspection, identity });
  }
  if (provider.kind !== 'absent' && wanted.every((identity) => admits(at, identity) === 'allowed'))
    return null;
  const nearest = inspections.sort((a, b) => weightOf(a.inspection) - weightOf(b.inspection))[0];
  const root = rootFlaw(nearest?.inspection.flaws ?? []);
  if (root === undefined) return null;
  if (root.rule === 'no-wrong-assume-action' && isCompanion(at)) return null;
  return root.rule === null ? { ...root, rule: 'no-unsatisfiable-trust' } : root;
}

/** A statement for session tags or source identities alone goes with one that lets the same provider in. */
function isCompanion({ compiled, trust, entry }: Case): boolean {
  const alone = compiled.statement.action.patterns.every((pattern) =>
    /^sts:(tagsession|setsourceidentity|setcontext)$/i.test(pattern),
  );
  const caller = { kind: 'federated', provider: entry.value } as const;
  return (
    alone &&
    allowsOf(trust).some(
      (other) =>
        other !== compiled &&
        other.principal(caller) !== 'no' &&
        other.action('sts:AssumeRoleWithWebIdentity'),
    )
  );
}
