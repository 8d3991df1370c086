/** What stands where something that looks like a credential stood. */
export const MASK = '[masked]';

/**
 * Texts that are credentials whatever they stand in. The order matters: labelled values first, so that the label stays
 * readable.
 */
const CREDENTIALS: readonly (readonly [RegExp, string])[] = [
  [
    /((?:secret_?access_?key|session_?token|security_?token|client_?secret|private_?key|api_?key|password|passwd)["']?\s*[=:]\s*["']?)(?!\[masked\])[^\s"',;&[\]{}]{4,}/gi,
    `$1${MASK}`,
  ],
  [/(X-Amz-(?:Security-Token|Signature|Credential)=)[^\s"'&,;]+/gi, `$1${MASK}`],
  [/(\bBearer\s+)[\w.~+/=-]{8,}/gi, `$1${MASK}`],
  [/(\bSignature=)[0-9a-f]{32,}/gi, `$1${MASK}`],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, MASK],
  [/\bk8s-aws-v1\.[\w-]+/g, MASK],
  [/\beyJ[\w-]{10,}(?:\.[\w-]*)*/g, MASK],
  // An access key id with its secret beside it.
  [
    /(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{12,124}([:/,;|\s]{1,3})[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])/g,
    `${MASK}$1${MASK}`,
  ],
  [/(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,124}(?![A-Za-z0-9])/g, MASK],
  [/\b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|sk_live_)[\w-]{16,}/g, MASK],
];

/**
 * Runs of base64 that nothing but their look gives away. Parts of ARNs, hosts and names with dashes never begin one:
 * policies must stay as they are.
 */
const BASE64_RUN =
  /(?<![\w/+.@*?$-]|(?<!secret|key|token|credentials?):)[A-Za-z0-9/+]{40,}={0,2}(?![\w/+=.@*?-])/gi;

/** What some pattern above needs, in lower case: a text without any of them and without a long run holds no credential. */
const SIGNS = [
  'akia',
  'asia',
  'abia',
  'acca',
  'eyj',
  'k8s-aws',
  'token',
  'secret',
  'passw',
  'key',
  'signature',
  'credential',
  'bearer',
  '-----begin',
  'gh',
  'glpat',
  'xox',
  'sk_live',
] as const;

function isSuspicious(text: string): boolean {
  const lower = text.toLowerCase();
  return SIGNS.some((sign) => lower.includes(sign)) || hasLongRun(text);
}

const SHORTEST_RUN = 40;

/** Whether 40 characters of base64 follow each other: looks at every fortieth character, and around it when it is one. */
function hasLongRun(text: string): boolean {
  for (let at = SHORTEST_RUN - 1; at < text.length; ) {
    let start = at;
    while (start >= 0 && at - start < SHORTEST_RUN && isBase64(text.charCodeAt(start))) start--;
    if (at - start === SHORTEST_RUN) return true;
    at = start + SHORTEST_RUN;
  }
  return false;
}

/** Letters, digits, plus and slash. */
const isBase64 = (code: number): boolean => classOf(code) !== OTHER || code === 43 || code === 47;

/**
 * Masks whatever looks like a credential: access key ids, secret keys, session tokens, JSON Web Tokens, API server
 * tokens, presigned URLs, private keys, and values labelled as such. Leaves every other text as it is; ids of roles and
 * users (`AROA…`, `AIDA…`) are names, not secrets.
 */
export function redact(text: string): string {
  if (!isSuspicious(text)) return text;
  const known = CREDENTIALS.reduce((masked, [pattern, mask]) => masked.replace(pattern, mask), text);
  return known.replace(BASE64_RUN, (run) => (looksRandom(run) ? MASK : run));
}

/** A secret access key has 40 characters, a session token hundreds. */
function looksRandom(run: string): boolean {
  const length = run.replace(/=+$/, '').length;
  if (length !== 40 && length < 100) return false;
  let changes = 0;
  for (let i = 1; i < length; i++)
    if (classOf(run.charCodeAt(i)) !== classOf(run.charCodeAt(i - 1))) changes++;
  const kinds = new Set(Array.from(run, (character) => classOf(character.charCodeAt(0))));
  return kinds.has(LOWER) && kinds.has(UPPER) && kinds.has(DIGIT) && changes >= length * 0.35;
}

const LOWER = 0;
const UPPER = 1;
const DIGIT = 2;
const OTHER = 3;

function classOf(code: number): number {
  if (code >= 97 && code <= 122) return LOWER;
  if (code >= 65 && code <= 90) return UPPER;
  return code >= 48 && code <= 57 ? DIGIT : OTHER;
}

/** Tags whose key says that the value is a secret. `…/token-expiration` and the like say something else. */
const SECRET_TAG =
  /(?:^|[^a-z])(?:password|passwd|secret|secret[_-]?(?:access[_-]?)?key|(?:session[_-]?)?token|api[_-]?key|private[_-]?key)$/i;

/** Masks every string of plain data, keys included; of tags also the values whose key says what they are. */
export function redactAll<T>(value: T): T;
export function redactAll(value: unknown): unknown {
  return redactValue(value, '');
}

function redactValue(value: unknown, under: string): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((item) => redactValue(item, under));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      under === 'tags' ? redact(key) : key,
      under === 'tags' && SECRET_TAG.test(key) ? MASK : redactValue(item, key),
    ]),
  );
}
