import * as z from 'zod';
import { type Cause, causeSchema, describeActor } from '../findings/cause.ts';
import { findingSchema } from '../findings/finding.ts';
import type { Evaluation } from './evaluation.ts';
import { describeScope } from './scope.ts';

const NOTICE_VERSION = 1;

const common = {
  schemaVersion: z.literal(NOTICE_VERSION),
  id: z.string().describe('The same whenever the same thing is told again: drop repeats by it'),
  account: z.string().describe('12-digit AWS account id'),
  cause: causeSchema.describe('The newest change that led to this evaluation'),
  events: z.number().int().positive().describe('How many changes led to it'),
  text: z.string().describe('The same for people, plain text'),
};

/** What podtrust publishes to its SNS topic. */
export const noticeSchema = z.discriminatedUnion('type', [
  z.strictObject({ ...common, type: z.literal('finding'), finding: findingSchema }),
  z.strictObject({
    ...common,
    type: z.literal('blind').describe('Something changed, and podtrust could not judge it'),
    subject: z.string(),
    reason: z.string(),
  }),
]);

export type Notice = z.infer<typeof noticeSchema>;
type Finding = z.infer<typeof findingSchema>;

/**
 * SNS takes 256 KiB for all forms of a message together. The finding appears in it as JSON, as text, and as text within
 * JSON, where quotes are escaped twice: 30,000 characters of it always fit.
 */
const LONGEST_TEXT = 2_048;
const LONGEST_ITEM = 300;
const MOST_ITEMS = 20;
const LONGEST_EVIDENCE = 15_000;

/** A notice about one finding. Its texts are cut where a topic or a reader could not take them. */
export function findingNotice(
  evaluation: Evaluation,
  whole: Finding,
  hash: (text: string) => string,
): Notice {
  const finding = bounded(whole);
  return {
    schemaVersion: NOTICE_VERSION,
    type: 'finding',
    id: hash(`${evaluation.name} ${finding.fingerprint} ${finding.status}`),
    account: finding.account,
    finding,
    ...trace(evaluation),
    text: [
      `[${finding.severity}] ${plain(finding.title)}`,
      '',
      plain(finding.detail),
      ...finding.consequences.map((consequence) => `- ${plain(consequence)}`),
      '',
      ...places(finding),
      '',
      ...cause(evaluation),
      '',
      `What to do: ${plain(finding.remedy)}`,
      `Rule: ${plain(finding.rule)} (${plain(finding.number)})`,
      '',
    ].join('\n'),
  };
}

/** A notice that a change could not be judged. */
export function blindNotice(evaluation: Evaluation, why: string, hash: (text: string) => string): Notice {
  const subject = describeScope(evaluation.scope);
  const reason = cut(why);
  return {
    schemaVersion: NOTICE_VERSION,
    type: 'blind',
    id: hash(`${evaluation.name} blind`),
    account: evaluation.scope.account,
    subject,
    reason,
    ...trace(evaluation),
    text: [
      `podtrust could not judge the ${subject} after it was changed.`,
      '',
      plain(reason),
      '',
      ...cause(evaluation),
      '',
      'What to do: give podtrust this read, then judge the account with `podtrust audit`. Until then nothing is known.',
      '',
    ].join('\n'),
  };
}

function trace({ causes, events }: Evaluation): { cause: Cause; events: number } {
  const [newest] = causes;
  if (newest === undefined) throw new RangeError('An evaluation has at least one cause.');
  return { cause: newest, events };
}

function places(finding: Finding): string[] {
  const rows: [string, string | undefined][] = [
    ['Account', finding.account],
    ['Region', finding.region],
    ['Cluster', finding.cluster],
    ['Namespace', finding.namespace],
    ['ServiceAccount', finding.serviceAccount],
    ['Role', finding.role],
    ['Principal', finding.principal],
  ];
  return rows.flatMap(([label, value]) => (value === undefined ? [] : [`${label}: ${plain(value)}`]));
}

function cause({ causes, events }: Evaluation): string[] {
  return causes
    .slice(0, 1)
    .flatMap((newest) => [
      `Judged after ${newest.eventName} at ${newest.time}${events > 1 ? ` and ${events - 1} more` : ''}`,
      `Who: ${describeActor(newest.actor)}`,
      ...(newest.sourceAddress === undefined ? [] : [`From: ${newest.sourceAddress}`]),
      `Event: ${newest.eventId}`,
    ]);
}

function bounded(finding: Finding): Finding {
  const evidence = Object.fromEntries(
    Object.entries(finding.evidence)
      .slice(0, MOST_ITEMS)
      .map(([key, value]) => [cut(key, LONGEST_ITEM), boundedValue(value)]),
  );
  const { region, cluster, namespace, serviceAccount, role, principal } = finding;
  const where = { region, cluster, namespace, serviceAccount, role, principal };
  return {
    ...finding,
    ...Object.fromEntries(
      Object.entries(where).flatMap(([key, value]) => (value === undefined ? [] : [[key, cut(value)]])),
    ),
    title: cut(finding.title, LONGEST_ITEM),
    detail: cut(finding.detail),
    remedy: cut(finding.remedy),
    consequences: finding.consequences.slice(0, MOST_ITEMS).map((each) => cut(each, LONGEST_ITEM)),
    evidence:
      JSON.stringify(evidence).length <= LONGEST_EVIDENCE ? evidence : { leftOut: 'too large to publish' },
  };
}

function boundedValue(value: Finding['evidence'][string]): Finding['evidence'][string] {
  if (typeof value === 'string') return cut(value);
  if (!Array.isArray(value)) return value;
  return value.slice(0, MOST_ITEMS).map((item) => cut(item, LONGEST_ITEM));
}

function cut(text: string, longest = LONGEST_TEXT): string {
  return text.length <= longest ? text : `${text.slice(0, longest)} […]`;
}

/** Without line breaks and control characters: text from strangers cannot pretend to be ours. */
function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the purpose
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+/g, ' ');
}
