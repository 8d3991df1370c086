import { type Config, defaultConfig } from '../config/config.ts';
import type { Estate } from '../estate/estate.ts';
import type { Severity } from '../findings/finding.ts';
import { fingerprint } from '../findings/fingerprint.ts';
import { type Repair, type Side, type Step, verdictOf } from '../identity/chain.ts';
import { rankOf } from '../identity/fault.ts';
import { type ServiceAccountQuestion, serviceAccountChain } from '../identity/service-account-chain.ts';
import type { Failure, Undecided } from '../rules/define-rule.ts';
import { judgeOpen } from '../rules/judge.ts';
import { type DocumentQuestion, documentChain } from './document-chain.ts';
import { EXPLANATION_VERSION, type Explanation } from './explanation.ts';
import { exposureConcerns, type Mapping } from './exposure-scope.ts';

export type { DocumentQuestion } from './document-chain.ts';

/** What an explanation needs beside the estate. */
export interface ExplainContext {
  /** Absent: the defaults. */
  readonly config?: Config;
  /** Hexadecimal hash of a text (SHA-256 at the edges): makes the exposures' fingerprints; absent: none are given. */
  readonly hash?: (text: string) => string;
}

/**
 * Says whether a ServiceAccount gets its AWS identity: every step of the chain, the most specific reason where it is
 * broken, the smallest repair, and whether the role or mapping is open to others. `role`: do its pods end up with that
 * role? Never throws.
 */
export function explainServiceAccount(
  estate: Estate,
  question: ServiceAccountQuestion,
  context: ExplainContext = {},
): Explanation {
  const { mechanism, steps, repair, role, target } = serviceAccountChain(question, estate);
  const { cluster, namespace, serviceAccount } = question;
  const verdict = verdictOf(steps);
  const sides = { aws: sideOf(steps, 'aws'), kubernetes: sideOf(steps, 'kubernetes') };
  const second = target === undefined ? {} : { target };
  const open = exposures(estate, { cluster, namespace, serviceAccount, role, ...second }, context);
  return explanationOf({ verdict, sides, mechanism }, steps, repair, open);
}

/**
 * Judges one trust policy alone, without AWS: does it admit this ServiceAccount of this issuer or cluster? Whether role,
 * cluster and provider exist is not evaluated. Never throws, whatever the text holds.
 */
export function explainDocument(
  text: string,
  question: DocumentQuestion,
  context: ExplainContext = {},
): Explanation {
  const { chain, mapping, estate } = documentChain(text, question);
  const { steps, repair } = chain;
  const verdict = verdictOf(steps);
  const sides = { aws: verdict, kubernetes: 'unknown' } as const;
  const open = exposures(estate, mapping, context, OUTSIDE_A_DOCUMENT);
  return explanationOf({ verdict, sides, mechanism: question.mechanism }, steps, repair, open);
}

type Head = Pick<Explanation, 'verdict' | 'sides' | 'mechanism'>;
type Exposed = Pick<Explanation, 'secure' | 'exposures'>;

/** Puts the published document together, its members in the order of the schema. */
export function explanationOf(
  head: Head,
  steps: readonly Step[],
  repair: Repair | null,
  open: Exposed,
): Explanation {
  const reason = rootStep(steps);
  return {
    schemaVersion: EXPLANATION_VERSION,
    ...head,
    steps: steps.map(({ check, status, detail }) => ({ check, status, detail })),
    reason:
      reason === null ? null : { check: reason.check, detail: reason.detail, rule: reason.rule ?? null },
    ...open,
    repair: reason === null ? null : repair,
    notEvaluated: steps.flatMap(({ check, status }) => (status === 'not-evaluated' ? [check] : [])),
  };
}

/** The failing step that names the root cause: the ServiceAccount is not there; else by the order of rules, then of the chain. */
export function rootStep(steps: readonly Step[]): Step | null {
  const failed = steps.filter(({ status }) => status === 'fail');
  return failed.sort((a, b) => rankOfStep(a) - rankOfStep(b))[0] ?? null;
}

/** Without the ServiceAccount itself nothing else matters. */
function rankOfStep({ check, rule }: Step): number {
  return check === 'service-account' ? -1 : rankOf(rule ?? '');
}

/** The verdict over the steps of one side. */
export function sideOf(steps: readonly Step[], side: Side): Explanation['verdict'] {
  return verdictOf(steps.filter((step) => step.side === side));
}

/** Open rules that ask what the role may do and whose clusters there are, of which its trust policy says nothing. */
const OUTSIDE_A_DOCUMENT: ReadonlySet<string> = new Set(['no-admin-pod-role', 'no-foreign-issuer']);

const LOW_OR_ABOVE: ReadonlySet<Severity> = new Set(['critical', 'high', 'medium', 'low']);

/** What the open rules say about the role or mapping. */
function exposures(
  estate: Estate,
  mapping: Mapping,
  { config = defaultConfig, hash }: ExplainContext,
  leftOut: ReadonlySet<string> = new Set(),
): Exposed {
  const { cluster, namespace, serviceAccount, role, target } = mapping;
  const place = { cluster, namespace, serviceAccount };
  const roles = [role, ...(target === undefined || target === role ? [] : [target])];
  const seen = roles.filter((one) => one !== null);
  const focuses = seen.length === 0 ? [place] : seen.map((one) => ({ ...place, role: one }));
  const judged = focuses.map((focus) => judgeOpen(estate, config, focus));
  const concerns = ({ rule, where }: Failure | Undecided) =>
    !leftOut.has(rule.name) && exposureConcerns(where, mapping);
  const found = distinct(judged.flatMap(({ failures }) => failures).filter(concerns));
  const open = judged.flatMap(({ undecided }) => undecided).filter(concerns);
  return exposed(found, roles.includes(null) || open.length > 0, hash);
}

/** Exposures, and whether they leave it secure: unknown while something is undecided. */
export function exposed(
  found: readonly Failure[],
  undecided: boolean,
  hash: ExplainContext['hash'],
): Exposed {
  const harmful = found.some(({ severity }) => LOW_OR_ABOVE.has(severity));
  return {
    secure: harmful ? false : undecided ? null : true,
    exposures: found.map((failure) => exposureOf(failure, hash)),
  };
}

/** A rule about the ServiceAccount answers once for each of its roles. */
function distinct(failures: readonly Failure[]): Failure[] {
  const name = ({ rule, where, identity }: Failure) => JSON.stringify([rule.name, where, identity]);
  return [...new Map(failures.map((failure) => [name(failure), failure])).values()];
}

function exposureOf(failure: Failure, hash: ExplainContext['hash']): Explanation['exposures'][number] {
  const { rule, severity, detail, where, identity } = failure;
  return {
    rule: rule.name,
    severity,
    detail,
    ...(hash === undefined ? {} : { fingerprint: fingerprint(rule.name, where, identity, hash) }),
  };
}
