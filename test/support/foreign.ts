import { findNodeAtLocation, type Node, parseTree } from 'jsonc-parser';
import { expect } from 'vitest';
import type { Role, Snapshot } from '../../shared/estate/snapshot.ts';

/**
 * Statements of somebody else, laid out as no tool does. They are about a call that no rule asks for, so that nothing is
 * found because of them, and each has a Sid of its own.
 */
const foreignStatement = (position: number, account: string): string =>
  position % 2 === 0
    ? `{ "Sid":"Foreign${position}",\t"Effect" : "Allow",\n\n "Principal":{"AWS":["arn:aws:iam::${account}:ro\\u006ft"] }, "Action":[ "sts:SetSourceIdentity"]}`
    : `{"Action" : "sts:SetSourceIdentity","Effect":"Deny","Principal":{"AWS" :"arn:aws:iam::${account}:root"},"Sid": "Foreign${position}"  }`;

/** What stands between two statements. */
const BETWEEN = '\t ,\n\n   ';

/** A trust policy with a foreign statement before, between and after its own, and all else as it stands. */
export function withForeign(text: string, account = '111122223333'): string {
  const node = statementNode(text);
  const own = node.type === 'array' ? (node.children ?? []) : [node];
  const pieces = own.flatMap((one, index) => [foreignStatement(index, account), sliceOf(text, one)]);
  const list = `[ \n${[...pieces, foreignStatement(own.length, account)].join(BETWEEN)}\n\t]`;
  return text.slice(0, node.offset) + list + text.slice(node.offset + node.length);
}

/** An estate in which every role that somebody may edit has foreign statements, and room for them. */
export function planted(snapshot: Snapshot): Snapshot {
  return {
    ...snapshot,
    accounts: snapshot.accounts.map((account) => ({
      ...account,
      quotas: { ...account.quotas, trustPolicyLength: 8192 },
      ...(account.roles !== undefined && { roles: account.roles.map((role) => ofOthers(role, account.id)) }),
    })),
  };
}

function ofOthers(role: Role, account: string): Role {
  return role.arn.includes(':role/aws-service-role/') || parseTree(role.trustPolicy) === undefined
    ? role
    : { ...role, trustPolicy: withForeign(role.trustPolicy, account) };
}

/** The texts of the foreign statements of a trust policy, in their order. */
function foreignIn(text: string): string[] {
  return statementTexts(text).filter((one) => /"Foreign\d+"/.test(one));
}

/** The texts of the statements of a trust policy, byte for byte as they stand there. */
export function statementTexts(text: string): string[] {
  const node = statementNode(text);
  return (node.type === 'array' ? (node.children ?? []) : [node]).map((one) => sliceOf(text, one));
}

/**
 * Every foreign statement stands afterwards as it stood, in the same order, and so does what is around the statements.
 * `least`: how many there are, so that a text without any proves nothing.
 */
export function expectForeignKept(before: string, after: string, least = 2): void {
  const foreign = foreignIn(before);
  expect(foreign.length).toBeGreaterThanOrEqual(least);
  expect(foreignIn(after)).toEqual(foreign);
  expect(aroundOf(after)).toEqual(aroundOf(before));
}

/** All but the statements: what stands before the first, and behind the list. */
function aroundOf(text: string): readonly [string, string] {
  const node = statementNode(text);
  const first = node.children?.[0] ?? node;
  return [text.slice(0, first.offset), text.slice(node.offset + node.length)];
}

function statementNode(text: string): Node {
  const root = parseTree(text);
  const key = root?.children
    ?.map(({ children }) => String(children?.[0]?.value))
    .find((one) => one.toLowerCase() === 'statement');
  const node = root === undefined || key === undefined ? undefined : findNodeAtLocation(root, [key]);
  if (node === undefined) throw new Error(`no statements: ${text}`);
  return node;
}

const sliceOf = (text: string, { offset, length }: Node): string => text.slice(offset, offset + length);
