import { explore } from '../iam/languages/explore.ts';
import { globOf } from '../iam/languages/globs.ts';
import {
  hasWildcard,
  isNamespace,
  isServiceAccountName,
  parseSubject,
  SUBJECT_PREFIX,
  subjectOf,
} from './service-account.ts';
import { SERVICE_ACCOUNT_SUBJECTS } from './subject-language.ts';

/** Why no ServiceAccount can have a subject, and which one was probably meant. */
export interface MalformedSubject {
  /** One clause, to follow "no ServiceAccount can have it: ". */
  readonly words: string;
  readonly meant: string | null;
}

/** What `subject` means under an operator: taken literally, or as a pattern. */
export interface SubjectValue {
  readonly value: string;
  readonly literal: boolean;
  readonly ignoreCase: boolean;
}

/** Says why no ServiceAccount can have what the value admits, or null when one can. Policy variables are not resolved. */
export function malformedSubject({ value, literal, ignoreCase }: SubjectValue): MalformedSubject | null {
  const text = ignoreCase ? value.toLowerCase() : value;
  if (literal || !hasWildcard(value)) return parseSubject(text) === null ? explainLiteral(text) : null;
  return admitsSomeone(value, ignoreCase) ? null : explainPattern(value);
}

/** More than patterns of real length take; one that takes more counts as admitting someone. */
const STEPS = 4_000;

/** Values of one condition that are looked at one by one: within IAM's length limit there are no more. */
export const MOST_VALUES = 250;

function admitsSomeone(pattern: string, ignoreCase: boolean): boolean {
  // Filling in the wildcards shows it for nearly every pattern, without automata.
  if (parseSubject(pattern.replace(/[*?]/g, 'a')) !== null) return true;
  const language = [globOf({ text: pattern, literal: false, ignoreCase })];
  const found = explore([language], {
    budget: { steps: STEPS },
    within: SERVICE_ACCOUNT_SUBJECTS,
    until: ([member]) => member === true,
  });
  return !found.complete || found.cells.some(({ member: [member] }) => member === true);
}

function explainPattern(pattern: string): MalformedSubject {
  const likely = looseSubject(pattern);
  return {
    words: `the pattern matches no ${SUBJECT_PREFIX}<namespace>:<name>`,
    meant: likely !== null && likely !== pattern && admitsSomeone(likely, false) ? likely : null,
  };
}

function explainLiteral(text: string): MalformedSubject {
  const meant = likelySubject(text);
  if (text.trim() !== text) return { words: 'it begins or ends with white space', meant };
  const at = text.indexOf(SUBJECT_PREFIX);
  if (at > 0) return { words: `"${text.slice(0, at)}" stands before ${SUBJECT_PREFIX}`, meant };
  if (at < 0) return { words: prefixProblem(text), meant };
  const parts = text.slice(SUBJECT_PREFIX.length).split(':');
  if (parts.length === 1)
    return { words: 'it names no namespace: the form is system:serviceaccount:<namespace>:<name>', meant };
  if (parts.length > 2) return { words: 'it has more than a namespace and a name', meant };
  const [namespace = '', name = ''] = parts;
  if (namespace === '' || name === '') return { words: 'the namespace or the name is empty', meant };
  if (!isNamespace(namespace)) return { words: `"${namespace}" is no valid Kubernetes namespace`, meant };
  return {
    words: isServiceAccountName(name) ? 'it is no subject' : `"${name}" is no valid ServiceAccount name`,
    meant,
  };
}

function prefixProblem(text: string): string {
  if (/^system:serviceaccounts:/i.test(text)) {
    return 'system:serviceaccounts: begins the name of a group; a subject begins with system:serviceaccount:';
  }
  if (text.toLowerCase().startsWith(SUBJECT_PREFIX)) return 'the prefix is written in another case';
  return `it does not begin with ${SUBJECT_PREFIX}`;
}

/** The valid subject that a text resembles, or null: forgives case, white space, separators, prefixes, plural. */
export function likelySubject(text: string): string | null {
  const subject = looseSubject(text);
  return subject !== null && parseSubject(subject) !== null ? subject : null;
}

function looseSubject(text: string): string | null {
  const folded = text.trim().toLowerCase();
  const match = /service[-_ ]?accounts?[:/](.*)$/.exec(folded);
  const rest = (match?.[1] ?? folded).split(/[:/]/).filter((part) => part !== '');
  const [namespace, name, ...more] = rest;
  if (namespace === undefined || name === undefined || more.length > 0) return null;
  return subjectOf(namespace, name);
}
