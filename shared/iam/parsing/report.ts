import type { Problem } from '../policy.ts';

/** A problem before it is located in the text. */
interface Remark {
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
  const tilde = segment.includes('~') ? segment.replaceAll('~', '~0') : segment;
  return `${pointer}/${tilde.includes('/') ? tilde.replaceAll('/', '~1') : tilde}`;
}

/** Pointers that every policy has, `/Statement/0/Action`, made once and shared: a third of what is kept of a document. */
const usual = new Map<string, Map<string | number, string>>();
const MOST_USUAL = 500;

/** The same as {@link child}, for a segment that is IAM's own or the position of a statement. */
export function usualChild(pointer: string, segment: string | number): string {
  let children = usual.get(pointer);
  if (children === undefined) {
    if (usual.size === MOST_USUAL) return child(pointer, segment);
    children = new Map();
    usual.set(pointer, children);
  }
  let known = children.get(segment);
  if (known === undefined) {
    known = child(pointer, segment);
    if (children.size < MOST_USUAL) children.set(segment, known);
  }
  return known;
}

/** Longest excerpt of a document that a message repeats, its text being a stranger's; the longest subject fits in. */
const LONGEST_QUOTE = 400;

/** Characters that JSON leaves alone and that move a terminal's cursor or hide or reorder text. */
const INVISIBLE = /[\u007F-\u009F\u00AD\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/g;

/** A text of the document, quoted for a message: bounded, and with control characters escaped. */
export function quote(text: string): string {
  const bounded = text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
  return JSON.stringify(bounded).replace(INVISIBLE, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** The kind of a JSON value, in words. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'string' ? 'a string' : `a ${typeof value}`;
}
