import type { Policy, PolicyKind, PolicyVersion, Statement } from '../policy.ts';
import { isObject, type JsonObject, type Member, memberOf, names, readMembers } from './members.ts';
import { child, kindOf, quote, type Report, usualChild } from './report.ts';
import { readStatement } from './statement.ts';

const ELEMENTS = names('Version', 'Id', 'Statement');

/** Reads a whole document, already parsed as JSON. What it returns counts only when the report refuses nothing. */
export function readDocument(value: unknown, kind: PolicyKind, report: Report): Policy | null {
  if (!isObject(value)) {
    const hint = typeof value === 'string' ? ' (a document that was encoded twice)' : '';
    report.refuse('wrong-type', '', `A policy is a JSON object, not ${kindOf(value)}${hint}.`);
    return null;
  }
  const members = readMembers(value, '', ELEMENTS, report, unknownElement);
  const version = readVersion(memberOf(members, 'Version'), report);
  const id = readId(memberOf(members, 'Id'), report);
  const statement = memberOf(members, 'Statement');
  if (statement === undefined) {
    report.refuse('missing-element', '', 'A policy needs a Statement.');
    return null;
  }
  const statements = readStatements(statement, { kind, version }, report);
  checkSids(statements, report);
  return id === undefined ? { version, statements } : { version, id, statements };
}

function unknownElement(key: string, document: JsonObject): string {
  const hint = wrapped(document[key]);
  return `${quote(key)} is no element of a policy; at the top are Version, Id and Statement${hint}.`;
}

function wrapped(value: unknown): string {
  return isObject(value) && 'Statement' in value ? ', and the policy itself seems to lie inside' : '';
}

function readVersion(member: Member | undefined, report: Report): PolicyVersion {
  if (member === undefined) return '2008-10-17';
  const { value, pointer } = member;
  if (value === '2012-10-17' || value === '2008-10-17') return value;
  const found = typeof value === 'string' ? quote(value) : kindOf(value);
  report.refuse('invalid-version', pointer, `Version must be "2012-10-17" or "2008-10-17", not ${found}.`);
  return '2008-10-17';
}

function readId(member: Member | undefined, report: Report): string | undefined {
  if (member === undefined) return undefined;
  if (typeof member.value === 'string') return member.value;
  report.refuse('wrong-type', member.pointer, `Id must be a string, not ${kindOf(member.value)}.`);
  return undefined;
}

function readStatements(
  member: Member,
  document: { readonly kind: PolicyKind; readonly version: PolicyVersion },
  report: Report,
): Statement[] {
  const { value, pointer } = member;
  if (!Array.isArray(value)) {
    const only = readStatement(value, { index: 0, pointer }, document, report);
    return only === null ? [] : [only];
  }
  if (value.length === 0)
    report.refuse('empty-list', pointer, 'Statement is empty; IAM wants at least one statement.');
  const statements: Statement[] = [];
  for (const [index, item] of value.entries()) {
    const statement = readStatement(item, { index, pointer: usualChild(pointer, index) }, document, report);
    if (statement !== null) statements.push(statement);
  }
  return statements;
}

function checkSids(statements: readonly Statement[], report: Report): void {
  const seen = new Set<string>();
  for (const { sid, pointer } of statements) {
    if (sid === undefined || sid === '') continue;
    if (seen.has(sid)) {
      report.refuse(
        'duplicate-sid',
        child(pointer, 'Sid'),
        `The Sid ${quote(sid)} is used twice in the document.`,
      );
    }
    seen.add(sid);
  }
}
