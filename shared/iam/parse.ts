import { type ParseError, printParseErrorCode } from 'jsonc-parser';
import { readDocument } from './parsing/document.ts';
import { countMembers, findDuplicates } from './parsing/duplicates.ts';
import { offsetOf, offsetTree, positionOf } from './parsing/locate.ts';
import { newReport, quote, type Report } from './parsing/report.ts';
import type { ParseResult, Policy, PolicyKind, Problem } from './policy.ts';

/** Longest document that IAM's operations take, white space included (IAM API reference: policyDocumentType). */
const LONGEST = 131_072;
/** Highest quota that an account gets for a role's trust policy, white space not counted (IAM quotas: L-C07B4B0D). */
const LONGEST_TRUST = 8192;

/**
 * Reads the text of a policy as IAM does: plain or percent-encoded (RFC 3986, as IAM returns it, where `+` is itself),
 * with or without a byte order mark. Never throws; every problem has its place, which for an encoded text is that in
 * the decoded one. A policy is returned unless something in it would be refused.
 */
export function parsePolicy(text: string, kind: PolicyKind): ParseResult {
  const plain = decode(text);
  if (plain.length > LONGEST) {
    const message = `A policy document has at most ${LONGEST} characters; this one has ${plain.length}.`;
    return refused({ effect: 'refused', code: 'too-long', pointer: '', line: 1, column: 1, message });
  }
  if (kind === 'trust' && plain.length > LONGEST_TRUST) {
    const length = plain.replace(/\s+/g, '').length;
    if (length > LONGEST_TRUST) {
      const message = `A trust policy has at most ${LONGEST_TRUST} characters besides white space; this one has ${length}.`;
      return refused({ effect: 'refused', code: 'too-long', pointer: '', line: 1, column: 1, message });
    }
  }
  let value: unknown;
  try {
    value = JSON.parse(plain);
  } catch {
    return refused(notJson(plain));
  }
  const report = newReport();
  const policy = readDocument(value, kind, report);
  if (report.remarks.length === 0 && countMembers(plain) === report.members())
    return { policy, problems: [] };
  return located(plain, policy, report);
}

function refused(problem: Problem): ParseResult {
  return { policy: null, problems: [problem] };
}

/** Undoes percent-encoding; a text that is none, or broken, stays as it is and is judged as such. */
function decode(text: string): string {
  const bare = text.startsWith('\uFEFF') ? text.slice(1) : text;
  if (!/^\s*%(?:7B|22|20|0[9AD]|5B|EF)/i.test(bare) || bare.length > 3 * LONGEST) return bare;
  try {
    const decoded = decodeURIComponent(bare);
    return decoded.startsWith('\uFEFF') ? decoded.slice(1) : decoded;
  } catch {
    return bare;
  }
}

/** The slow path, taken only when something is wrong: finds repeated members and the place of every remark. */
function located(text: string, policy: Policy | null, report: Report): ParseResult {
  const tree = offsetTree(text);
  const problems = report.remarks.map(({ at, ...remark }): Problem => {
    return { ...remark, ...positionOf(text, offsetOf(tree, remark.pointer, at)) };
  });
  for (const { key, pointer, offset } of tree === null ? [] : findDuplicates(tree)) {
    const message = `${quote(key)} occurs more than once in one object: only the last one counts, this one is lost.`;
    problems.push({
      effect: 'misread',
      code: 'duplicate-key',
      pointer,
      ...positionOf(text, offset),
      message,
    });
  }
  problems.sort((one, other) => one.line - other.line || one.column - other.column);
  return { policy: problems.some(({ effect }) => effect === 'refused') ? null : policy, problems };
}

/** Where and why a text is no JSON. */
function notJson(text: string): Problem {
  const errors: ParseError[] = [];
  offsetTree(text, errors);
  const [first] = errors;
  const reason =
    text.trim() === '' ? 'it is empty' : first === undefined ? 'it cannot be read' : inWords(first);
  const message = `The document is not JSON: ${reason}.`;
  return {
    effect: 'refused',
    code: 'not-json',
    pointer: '',
    ...positionOf(text, first?.offset ?? 0),
    message,
  };
}

function inWords(error: ParseError): string {
  return printParseErrorCode(error.error)
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
}
