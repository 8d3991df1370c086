import * as z from 'zod';
import { type Transition, transitionSchema } from '../findings/transition.ts';
import { BOUNDS, boundedTransition } from './messages/bounded.ts';
import { cut, plain } from './messages/plain.ts';
import { happened, textOf } from './messages/text.ts';

/** What podtrust publishes to its SNS topic: the body of a message. */
export const messageSchema = z.strictObject({
  ...transitionSchema.shape,
  text: z.string().describe('The same for people, plain text'),
});

/** One SNS message. */
export interface Message {
  /** At most 100 characters, no line breaks or control characters: the subject of an email. */
  readonly subject: string;
  /** JSON of messageSchema: what queues, functions and HTTPS endpoints receive. */
  readonly json: string;
  /** What an email says. */
  readonly text: string;
  /** For filter policies. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Fingerprint of the finding: the steps of one finding are told in order (FIFO topics). */
  readonly group: string;
  /** Id of the transition: a repeat within five minutes is dropped (FIFO topics). */
  readonly deduplication: string;
}

/** SNS takes 256 KiB for all forms and attributes together; the rest is for the attributes. */
const MOST_BYTES = 240 * 1024;
/** Bounds an attribute; SNS filter policies match whole values, and the names that AWS gives are shorter. */
const LONGEST_ATTRIBUTE = 512;

/** The message of a transition, with as much of it as the topic takes. */
export function messageOf(transition: Transition): Message {
  const { id, change, finding } = transition;
  const { severity, kind, rule, account, region, cluster, status } = finding;
  const attributes = { id, change, severity, kind, rule, account, region, cluster, status };
  return {
    subject: subject(`podtrust ${happened(transition)}: [${severity}] ${finding.title} (${account})`),
    ...forms(transition),
    attributes: Object.fromEntries(
      Object.entries(attributes).flatMap(([name, value]) =>
        value === undefined || value === '' ? [] : [[name, cut(plain(value), LONGEST_ATTRIBUTE)]],
      ),
    ),
    group: finding.fingerprint,
    deduplication: id,
  };
}

/** The body of SNS's Publish with MessageStructure json. */
export function snsBody({ json, text }: Pick<Message, 'json' | 'text'>): string {
  return JSON.stringify({ default: json, email: text });
}

function forms(transition: Transition): Pick<Message, 'json' | 'text'> {
  let told = { json: '', text: '' };
  for (const bounds of BOUNDS) {
    const bounded = boundedTransition(transition, bounds);
    const text = textOf(bounded);
    told = { json: JSON.stringify({ ...bounded, text }), text };
    if (fitsTopic(told)) break;
  }
  return told;
}

/** Whether SNS takes a message with these forms. */
export function fitsTopic(told: Pick<Message, 'json' | 'text'>): boolean {
  return bytes(snsBody(told)) <= MOST_BYTES;
}

/** Length in UTF-8. */
function bytes(text: string): number {
  let sum = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    sum += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return sum;
}

/** SNS API reference, Publish, Subject: ASCII, at most 100 characters, begins with a letter, number or punctuation. */
function subject(text: string): string {
  const ascii = text.replace(/[^\x20-\x7e]+/g, ' ').trim();
  return ascii.length <= 100 ? ascii : `${ascii.slice(0, 97)}...`;
}
