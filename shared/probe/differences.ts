import type { Evidence } from './verdict.ts';

/** Where what was foretold and what really happened disagree, and what may be behind it, one sentence or two each. */
export function differences({ foretold, sts, pod, checks }: Evidence): string[] {
  const verified = checks.find(({ check }) => check === 'token-signature')?.status;
  return [
    ...(foretold?.outcome === 'accepted' && sts?.kind === 'refused' && !isFaulty(checks)
      ? [`${foretold.detail} STS refused all the same (${sts.code}). ${WHY_REFUSED}`]
      : []),
    ...(foretold?.outcome === 'refused' && sts?.kind === 'assumed'
      ? [`STS accepted what should be refused: ${foretold.detail} ${WHY_ACCEPTED}`]
      : []),
    ...(verified === 'fail' && sts?.kind === 'assumed'
      ? ['STS verified the signature with the keys of the issuer, and those used here did not.']
      : []),
    ...(sts?.kind === 'assumed' && pod?.outcome.kind === 'refused'
      ? [
          "STS accepts the ServiceAccount's token, and its pod got no credentials: look at what is put into pods.",
        ]
      : []),
    ...(sts?.kind === 'refused' && pod?.outcome.kind === 'identity'
      ? [
          'STS refused the token from here, and the pod has an identity: it may be another one, or its network counts.',
        ]
      : []),
  ];
}

/** What was foretold holds for a genuine token that has not expired. */
function isFaulty(checks: Evidence['checks']): boolean {
  return checks.some(({ check, status }) => check.startsWith('token-') && status === 'fail');
}

const WHY_REFUSED =
  'A resource control policy, a change of the last minutes, a change since the role was read, or a role that was deleted and created anew may be behind it.';
const WHY_ACCEPTED = 'A change since role, provider and trust policy were read may be behind it.';
