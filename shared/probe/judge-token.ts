import { audienceWords } from '../identity/audience.ts';
import { parseIssuer } from '../identity/issuer.ts';
import { parseSubject, STS_AUDIENCE, subjectOf } from '../identity/service-account.ts';
import { fails, holds, notAsked, open, type ProbeCheck } from './check.ts';
import { type Claims, isoOf, type Token } from './token.ts';

/** What a token should be. */
export interface WantedToken {
  /** Issuer with https://, as DescribeCluster shows it; null: none is expected, or it was not read (`issuerUnread`). */
  readonly issuer: string | null;
  readonly issuerUnread?: string;
  readonly audience: string;
  /** Absent: any ServiceAccount. */
  readonly serviceAccount?: { readonly namespace: string; readonly serviceAccount: string };
}

/** Algorithms that STS takes (STS API reference, AssumeRoleWithWebIdentity: WebIdentityToken). */
export const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'];

/** Holds the claims of a token against what they should be, by this machine's clock. Says nothing of its signature. */
export function judgeToken({ header, claims }: Token, wanted: WantedToken, now: Date): ProbeCheck[] {
  return [
    algorithm(header.alg),
    issuer(claims.issuer, wanted),
    audience(claims.audiences, wanted.audience),
    subject(claims, wanted.serviceAccount),
    time(claims, now.getTime() / 1000),
  ];
}

function algorithm(alg: string | null): ProbeCheck {
  if (alg !== null && ALGORITHMS.includes(alg))
    return holds('token-algorithm', `It is signed with ${alg}, by its header.`);
  const name = alg === null ? 'names no algorithm' : `names the algorithm ${JSON.stringify(alg)}`;
  return fails('token-algorithm', `Its header ${name}; STS takes ${ALGORITHMS.join(', ')} alone.`);
}

function issuer(found: string | null, { issuer: wanted, issuerUnread }: WantedToken): ProbeCheck {
  if (found === null) return fails('token-issuer', 'It has no issuer (iss) that is text.');
  if (wanted === null && issuerUnread !== undefined) return open('token-issuer', issuerUnread);
  if (wanted === null) {
    return found.startsWith('https://')
      ? notAsked('token-issuer', `It is of ${found}; --issuer or --cluster says whose it should be.`)
      : fails(
          'token-issuer',
          `Its issuer ${found} is no https:// address, which no provider of IAM can have.`,
        );
  }
  if (found === wanted) return holds('token-issuer', `It is of ${found}.`);
  const same = parseIssuer(found).key === parseIssuer(wanted).key;
  const hint = same ? ' They differ in spelling alone, and IAM compares exactly.' : '';
  return fails('token-issuer', `It is of ${found}, not of ${wanted}.${hint}`);
}

function audience(found: readonly string[], wanted: string): ProbeCheck {
  if (found.includes(wanted)) return holds('token-audience', `It is for ${found.join(', ')}.`);
  if (found.length === 0) return fails('token-audience', `It is for no audience, not for ${wanted}.`);
  const words = wanted === STS_AUDIENCE ? found.map(audienceWords).find((one) => one !== null) : undefined;
  const hint = words === undefined ? '' : `: ${words}`;
  return fails('token-audience', `It is for ${found.join(', ')}, not for ${wanted}${hint}.`);
}

function subject({ subject: found, kubernetes }: Claims, wanted: WantedToken['serviceAccount']): ProbeCheck {
  if (found === null) return fails('token-subject', 'It has no subject (sub) that is text.');
  const account = parseSubject(found);
  if (account === null) return fails('token-subject', `Its subject ${found} is no ServiceAccount.`);
  const { namespace, serviceAccount } = kubernetes ?? {};
  if (kubernetes !== null && subjectOf(namespace ?? '', serviceAccount ?? '') !== found) {
    const other = `${namespace ?? '(none)'}/${serviceAccount ?? '(none)'}`;
    return fails('token-subject', `Its subject is ${found}, and its claim kubernetes.io names ${other}.`);
  }
  if (wanted !== undefined && subjectOf(wanted.namespace, wanted.serviceAccount) !== found) {
    return fails(
      'token-subject',
      `It is ${found}'s, not ${subjectOf(wanted.namespace, wanted.serviceAccount)}'s.`,
    );
  }
  return holds('token-subject', `It is ${found}'s.`);
}

function time({ issued, notBefore, expires }: Claims, now: number): ProbeCheck {
  const at = `by this machine's clock (${isoOf(now) ?? ''})`;
  if (expires === null) return fails('token-time', 'It has no expiry (exp) that is a number.');
  if (expires <= now) {
    const over = now - expires < SKEW ? open : fails;
    return over('token-time', `It expired at ${timeWords(expires)} ${at}.`);
  }
  const start = notBefore ?? issued;
  if (start !== null && start > now + SKEW)
    return fails('token-time', `It holds from ${timeWords(start)} on, which is later ${at}.`);
  return holds('token-time', `It holds until ${timeWords(expires)}.`);
}

/** Seconds by which clocks of machines differ without anybody noticing. */
const SKEW = 60;

const timeWords = (at: number): string => isoOf(at) ?? 'a time beyond any calendar';
