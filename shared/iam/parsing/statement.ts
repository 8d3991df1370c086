import type { PatternElement, PolicyKind, PolicyVersion, PrincipalElement, Statement } from '../policy.ts';
import { readAction } from './action.ts';
import { readConditions } from './condition.ts';
import { isObject, type Member, type Members, memberOf, names, pointerTo, readMembers } from './members.ts';
import { readPrincipal } from './principal.ts';
import { kindOf, quote, type Report } from './report.ts';
import { readTexts } from './strings.ts';

const ELEMENTS = names(
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
);

interface Reading {
  readonly members: Members;
  readonly pointer: string;
  readonly kind: PolicyKind;
  readonly report: Report;
}

/** Reads one statement; null when what is left of it would say something else. */
export function readStatement(
  value: unknown,
  place: { readonly index: number; readonly pointer: string },
  document: { readonly kind: PolicyKind; readonly version: PolicyVersion },
  report: Report,
): Statement | null {
  const { index, pointer } = place;
  if (!isObject(value)) {
    report.refuse('wrong-type', pointer, `A statement must be an object, not ${kindOf(value)}.`);
    return null;
  }
  const members = readMembers(value, pointer, ELEMENTS, report, unknownElement);
  const reading: Reading = { members, pointer, kind: document.kind, report };
  const sid = readSid(reading);
  const effect = readEffect(reading);
  const principal = readWho(reading);
  const action = readWhat(reading);
  const resource = readWhere(reading);
  const block = memberOf(members, 'Condition');
  const conditions = block === undefined ? [] : readConditions(block, document.version, report);
  if (effect === null || action === null) return null;
  // Written member by member: spreading what may be absent costs more than all the rest of the statement.
  const statement: Mutable<Statement> = { index, pointer, effect, action, conditions };
  if (sid !== undefined) statement.sid = sid;
  if (principal !== undefined) statement.principal = principal;
  if (resource !== undefined) statement.resource = resource;
  return statement;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

function unknownElement(key: string): string {
  return `${quote(key)} is no element of a statement.`;
}

function readSid({ members, report }: Reading): string | undefined {
  const sid = memberOf(members, 'Sid');
  if (sid === undefined) return undefined;
  if (typeof sid.value === 'string') return sid.value;
  report.refuse('wrong-type', sid.pointer, `Sid must be a string, not ${kindOf(sid.value)}.`);
  return undefined;
}

function readEffect({ members, pointer, report }: Reading): 'Allow' | 'Deny' | null {
  const effect = members.values['Effect'];
  if (effect === 'Allow' || effect === 'Deny') return effect;
  if (effect === undefined) {
    report.refuse('missing-element', pointer, 'A statement needs an Effect, Allow or Deny.');
    return null;
  }
  const found = typeof effect === 'string' ? quote(effect) : kindOf(effect);
  const message = `Effect must be exactly "Allow" or "Deny", not ${found}.`;
  report.refuse('invalid-effect', pointerTo(members, 'Effect'), message);
  return null;
}

function readWho(reading: Reading): PrincipalElement | undefined {
  const { kind, pointer, report } = reading;
  const found = oneOf(reading, 'Principal', 'NotPrincipal');
  if (kind === 'identity') {
    if (found !== null) {
      const message = `An identity policy takes no ${found.name}: it belongs to whom it is attached to.`;
      report.refuse('prohibited-element', found.member.pointer, message, 'key');
    }
    return undefined;
  }
  if (kind === 'resource-control') return readEveryone(found, reading);
  if (found === null) {
    report.refuse('missing-element', pointer, 'A statement of a trust policy needs a Principal.');
    return undefined;
  }
  return readPrincipal(found.member, found.name, report);
}

/** A resource control policy is about whoever asks: it takes `"Principal": "*"` alone (Organizations user guide, RCP syntax). */
function readEveryone(found: ReturnType<typeof oneOf>, { pointer, report }: Reading): undefined {
  if (found?.name === 'Principal' && found.member.value === '*') return undefined;
  const message =
    'A statement of a resource control policy needs a Principal, which is "*" and nothing else.';
  report.refuse(
    found === null ? 'missing-element' : 'invalid-principal',
    found?.member.pointer ?? pointer,
    message,
  );
  return undefined;
}

function readWhat(reading: Reading): PatternElement | null {
  const found = oneOf(reading, 'Action', 'NotAction');
  if (found === null) {
    reading.report.refuse('missing-element', reading.pointer, 'A statement needs an Action or a NotAction.');
    return null;
  }
  return readAction(found.member, found.name, reading.kind, reading.report);
}

function readWhere(reading: Reading): PatternElement | undefined {
  const { kind, pointer, report } = reading;
  const found = oneOf(reading, 'Resource', 'NotResource');
  if (kind === 'trust') {
    if (found !== null) {
      const message = `A trust policy takes no ${found.name}: the role that it belongs to is the resource.`;
      report.refuse('prohibited-element', found.member.pointer, message, 'key');
    }
    return undefined;
  }
  if (found === null) {
    report.refuse(
      'missing-element',
      pointer,
      'A statement of an identity policy needs a Resource or a NotResource.',
    );
    return undefined;
  }
  const { member, name } = found;
  const patterns = readTexts(member, name, report);
  if (Array.isArray(member.value) && member.value.length === 0) {
    report.refuse('empty-list', member.pointer, `${name} lists no resource; IAM wants at least one.`);
  }
  return { negated: name === 'NotResource', pointer: member.pointer, patterns };
}

/** The one of two elements that exclude each other, or null. */
function oneOf(
  { members, report }: Reading,
  plain: string,
  negated: string,
): { name: string; member: Member } | null {
  const one = memberOf(members, plain);
  const other = memberOf(members, negated);
  if (one !== undefined && other !== undefined) {
    const message = `${plain} and ${negated} exclude each other in one statement.`;
    report.refuse('conflicting-elements', other.pointer, message, 'key');
  }
  if (one !== undefined) return { name: plain, member: one };
  return other === undefined ? null : { name: negated, member: other };
}
