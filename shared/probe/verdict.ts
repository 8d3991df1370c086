import type { ProbeCheck, ProbeCheckName } from './check.ts';
import type { Foretold } from './foretell.ts';
import type { PodAnswer, StsAnswer } from './ports.ts';

/** What a verdict rests on. `null`: it was not asked. */
export interface Evidence {
  readonly checks: readonly ProbeCheck[];
  readonly foretold: Foretold | null;
  readonly sts: StsAnswer | null;
  readonly pod: PodAnswer | null;
  /** True when a role is in question, so that a sound token alone proves nothing. */
  readonly aboutRole: boolean;
  /** True when the API server that made the token is not the cluster's, so that nothing here is about the question. */
  readonly elsewhere?: boolean;
}

export type ProbeVerdict = 'works' | 'broken' | 'undecided';

/**
 * The verdict of a probe. What was foretold decides nothing; STS, the pod, and what is wrong with the token itself do. A
 * pod comes before STS, since STS answers the caller's place as well.
 */
export function probeVerdict(evidence: Evidence): ProbeVerdict {
  const { pod, sts } = evidence;
  if (evidence.elsewhere === true) return 'undecided';
  if (pod !== null) return podVerdict(pod, evidence);
  if (sts === null || sts.kind === 'unanswered') return tokenVerdict(evidence);
  const depends = evidence.foretold?.outcome === 'depends';
  if (sts.kind === 'refused') return someFail(evidence, SOUND) || !depends ? 'broken' : 'undecided';
  if (someFail(evidence, MEANT)) return 'broken';
  return depends || someFail(evidence, PUBLISHED) ? 'undecided' : 'works';
}

/** Whose token it is, and whom STS made of it. */
const MEANT: readonly ProbeCheckName[] = ['token-issuer', 'token-audience', 'token-subject', 'expected-role'];

/** What STS has verified as well, with keys of its own: a failure here is of the keys that were used here. */
const PUBLISHED: readonly ProbeCheckName[] = ['token-format', 'token-algorithm', 'token-signature'];

/** The token by itself. */
const SOUND: readonly ProbeCheckName[] = [...MEANT, ...PUBLISHED, 'token-time'];

function podVerdict({ outcome }: PodAnswer, evidence: Evidence): ProbeVerdict {
  switch (outcome.kind) {
    case 'undecided':
      return 'undecided';
    case 'refused':
      return 'broken';
    case 'identity':
      return statusOf(evidence, 'expected-role');
  }
}

function statusOf({ checks }: Evidence, name: ProbeCheckName): ProbeVerdict {
  const status = checks.find(({ check }) => check === name)?.status;
  if (status === 'fail') return 'broken';
  return status === 'pass' ? 'works' : 'undecided';
}

/** Without STS, the token alone can prove that it will not do, and, where no role is in question, that it will. */
function tokenVerdict(evidence: Evidence): ProbeVerdict {
  if (someFail(evidence, SOUND)) return 'broken';
  const open = evidence.checks.some(({ status }) => status === 'unknown');
  const verified = evidence.checks.some(
    ({ check, status }) => check === 'token-signature' && status === 'pass',
  );
  return evidence.aboutRole || open || !verified ? 'undecided' : 'works';
}

function someFail({ checks }: Evidence, names: readonly ProbeCheckName[]): boolean {
  return checks.some(({ check, status }) => status === 'fail' && names.includes(check));
}
