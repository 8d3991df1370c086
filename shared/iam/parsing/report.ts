import type { Problem } from '../policy.ts';

/** A problem before it is located in the text. */
export interface Remark {
  readonly effect: Problem['effect'];
  readonly code: string;
  readonly pointer: string;
  readonly message: string;
  /** `key` points at the name of the member, `value` at what it holds. */
  readonly at: 'key' | 'value';
}

/** Collects what is wrong while a document is read, and counts its members to tell whether some were repeated. */
export interface Report {
  readonly refuse: (code: string, pointer: string, message: string, at?: Remark['at']) => void;
  readonly misread: (code: string, pointer: string, message: string, at?: Remark['at']) => void;
  readonly countMembers: (count: number) => void;
  readonly remarks: readonly Remark[];
  readonly members: () => number;
}

/** A report without remarks. */
export function newReport(): Report {
  const remarks: Remark[] = [];
  let members = 0;
  return {
    remarks,
    refuse: (code, pointer, message, at = 'value') => {
      remarks.push({ effect: 'refused', code, pointer, message, at });
    },
    misread: (code, pointer, message, at = 'value') => {
      remarks.push({ effect: 'misread', code, pointer, message, at });
    },
    countMembers: (count) => {
      members += count;
    },
    members: () => members,
  };
}

/** A JSON pointer one step further (RFC 6901). */
export function child(pointer: string, segment: string | number): string {
  if (typeof segment === 'number') return `${pointer}/${segment}`;
  const escaped =
    segment.includes('~') || segment.includes('/')
      ? segment.replaceAll('~', '~0').replaceAll('/', '~1')
      : segment;
  return `${pointer}/${escaped}`;
}

/** Longest excerpt of a document that a message repeats: its text comes from strangers. */
const LONGEST_QUOTE = 120;

/** A text of the document, quoted for a message: bounded, and with control characters escaped. */
export function quote(text: string): string {
  return JSON.stringify(text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text);
}

/** The kind of a JSON value, in words. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'string' ? 'a string' : `a ${typeof value}`;
}
