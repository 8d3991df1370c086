import type { ProbeCheck } from './check.ts';
import { PROBE_CHECKS } from './check.ts';
import { differences } from './differences.ts';
import type { PodAnswer, StsAnswer } from './ports.ts';
import { PROBE_VERSION, type ProbeReport } from './report.ts';
import { isoOf, type Token } from './token.ts';
import { type Evidence, probeVerdict } from './verdict.ts';

/** Puts the published document together, its checks in their order. */
export function assemble(
  question: ProbeReport['question'],
  token: Token | null,
  evidence: Evidence,
  advice: readonly string[],
): ProbeReport {
  const checks = [...evidence.checks].sort((a, b) => orderOf(a) - orderOf(b));
  return {
    schemaVersion: PROBE_VERSION,
    verdict: probeVerdict(evidence),
    question,
    token: token === null ? null : tokenDocument(token),
    checks,
    foretold: evidence.foretold,
    sts: stsDocument(evidence.sts),
    pod: evidence.pod === null ? null : podDocument(evidence.pod),
    differences: differences(evidence),
    advice: [...advice],
  };
}

const orderOf = ({ check }: ProbeCheck): number => PROBE_CHECKS.indexOf(check);

function tokenDocument({ header, claims }: Token): NonNullable<ProbeReport['token']> {
  return {
    algorithm: header.alg,
    keyId: header.kid,
    issuer: claims.issuer,
    subject: claims.subject,
    audiences: [...claims.audiences],
    issued: isoOf(claims.issued),
    notBefore: isoOf(claims.notBefore),
    expires: isoOf(claims.expires),
    kubernetes: claims.kubernetes,
    otherClaims: [...claims.others],
  };
}

function stsDocument(answer: StsAnswer | null): ProbeReport['sts'] {
  const none = {
    asked: answer !== null,
    outcome: answer?.kind ?? null,
    session: null,
    caller: null,
    error: null,
  };
  if (answer?.kind === 'assumed') return { ...none, session: answer.session, caller: answer.caller };
  if (answer?.kind === 'refused') return { ...none, error: { code: answer.code, message: answer.message } };
  return none;
}

function podDocument({ outcome, injected, cleanup }: PodAnswer): NonNullable<ProbeReport['pod']> {
  return {
    outcome: outcome.kind,
    identity: outcome.kind === 'identity' ? outcome.arn : null,
    message: outcome.kind === 'refused' ? outcome.message : outcome.kind === 'undecided' ? outcome.why : null,
    injected,
    name: cleanup?.pod ?? null,
    deleted: cleanup?.deleted ?? null,
    deleteByHand: cleanup === null || cleanup.deleted ? null : cleanup.byHand,
  };
}
