import { distance } from 'fastest-levenshtein';
import { type ArnParts, splitArn } from './arn.ts';
import type { Caller } from './caller.ts';
import { lowerCase } from './lower-case.ts';
import type { AwsAuthRow, AwsAuthSection, LostText, ParsedAwsAuth } from './parsed.ts';

/** Why a row that seems to be meant for a caller is not found for it. */
export type NearMiss =
  | {
      readonly kind: 'lost-section';
      readonly section: AwsAuthSection;
      /** The misspelt key that it stands under; absent when the section cannot be read. */
      readonly key?: string;
      readonly row?: undefined;
    }
  | {
      readonly kind: 'path' | 'session' | 'wildcard' | 'root' | 'account' | 'partition' | 'space' | 'name';
      readonly row: AwsAuthRow;
    };

const NEAREST_FIRST = [
  'path',
  'session',
  'space',
  'wildcard',
  'account',
  'partition',
  'name',
  'root',
] as const;
const MOST_TYPOS = 2;
/** Names that are compared letter by letter; nobody's are longer, and time stays bounded. */
const LONGEST_NAME = 128;

/** The row that was probably meant for a caller whom none maps. */
export function nearestMiss(parsed: ParsedAwsAuth, caller: Caller): NearMiss | undefined {
  const wanted = splitArn(lowerCase(caller.canonical));
  if ('invalid' in wanted) {
    return undefined;
  }
  const found = new Map<NearMiss['kind'], AwsAuthRow>();
  for (const row of parsed.rows) {
    const kind = missOf(row.arn, wanted);
    if (kind !== undefined && !found.has(kind)) {
      found.set(kind, row);
    }
  }
  const lost = parsed.lost.find((one) => standsIn(one, caller));
  if (lost !== undefined) {
    const { section, key } = lost;
    return { kind: 'lost-section', section, ...(key !== undefined && { key }) };
  }
  for (const kind of NEAREST_FIRST) {
    const row = found.get(kind);
    if (row !== undefined) {
      return { kind, row };
    }
  }
  return undefined;
}

function standsIn({ section, text }: LostText, { canonical, account }: Caller): boolean {
  const written = lowerCase(text);
  if (section === 'mapAccounts') {
    return written.includes(account);
  }
  const name = lowerCase(canonical).split('/').at(-1) ?? '';
  return (
    written.includes(lowerCase(canonical)) || (written.includes(account) && written.includes(`/${name}`))
  );
}

function missOf(arn: string, wanted: ArnParts): Exclude<NearMiss['kind'], 'lost-section'> | undefined {
  const written = lowerCase(arn);
  const parts = splitArn(written.trim());
  if ('invalid' in parts) {
    return undefined;
  }
  const name = lastOf(wanted.resource);
  if (parts.service === 'sts') {
    const [type, role] = parts.resource.split('/');
    const ours = type === 'assumed-role' && sameAccount(parts, wanted) && wanted.resource === `role/${role}`;
    return ours ? 'session' : undefined;
  }
  const same = parts.resource === wanted.resource;
  if (sameAccount(parts, wanted)) {
    return missInAccount(written, parts, wanted, name);
  }
  if (parts.account !== wanted.account) {
    return same && parts.partition === wanted.partition ? 'account' : undefined;
  }
  return same ? 'partition' : undefined;
}

function missInAccount(
  written: string,
  parts: ArnParts,
  wanted: ArnParts,
  name: string,
): Exclude<NearMiss['kind'], 'lost-section'> | undefined {
  if (parts.resource === wanted.resource) {
    return written === written.trim() ? undefined : 'space';
  }
  if (parts.resource.includes('*')) {
    return matches(parts.resource, wanted.resource) ? 'wildcard' : undefined;
  }
  if (parts.resource === 'root') {
    return 'root';
  }
  if (typeOf(parts.resource) !== typeOf(wanted.resource)) {
    return undefined;
  }
  const other = lastOf(parts.resource);
  if (other === name) {
    return 'path';
  }
  const comparable = Math.max(other.length, name.length) <= LONGEST_NAME && name.length > MOST_TYPOS;
  return comparable && distance(other, name) <= MOST_TYPOS ? 'name' : undefined;
}

function sameAccount(left: ArnParts, right: ArnParts): boolean {
  return left.account === right.account && left.partition === right.partition;
}

function typeOf(resource: string): string {
  return resource.split('/')[0] ?? '';
}

function lastOf(resource: string): string {
  return resource.split('/').at(-1) ?? '';
}

// Whether the text is made of the pieces between the stars, in order; no pattern runs twice over the text.
function matches(pattern: string, text: string): boolean {
  const [first = '', ...pieces] = pattern.split('*');
  const last = pieces.pop() ?? '';
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) {
    return false;
  }
  const end = text.length - last.length;
  let from = first.length;
  for (const piece of pieces) {
    const at = text.indexOf(piece, from);
    if (at < 0 || at + piece.length > end) {
      return false;
    }
    from = at + piece.length;
  }
  return true;
}
