import { type Cause, describeActor } from '../../findings/cause.ts';
import type { Severity } from '../../findings/finding.ts';
import type { Transition } from '../../findings/transition.ts';
import type { TrustEffect } from '../../findings/trust-effect.ts';
import { plain } from './plain.ts';

/** From the worst. */
const ORDER: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];

/** What happened to the finding, in a word or two: `new`, `worse`, `better`, `came back`. */
export function happened({ change, finding, before }: Transition): string {
  switch (change) {
    case 'new':
    case 'resolved':
    case 'waived':
      return change;
    case 'reopened':
      return before?.status === 'waived' ? 'no longer waived' : 'came back';
    case 'changed': {
      const step = before === null ? 0 : ORDER.indexOf(finding.severity) - ORDER.indexOf(before.severity);
      return step < 0 ? 'worse' : step > 0 ? 'better' : 'changed';
    }
  }
}

const RELATION_TEXTS: Readonly<Record<TrustEffect['relation'], string>> = {
  equal: 'the same as before',
  tightened: 'fewer than before',
  widened: 'more than before',
  incomparable: 'some more and some fewer than before',
  undecided: 'whether more or fewer than before cannot be told for sure',
  created: 'the role is new',
  deleted: 'the role is gone',
  unknown: 'not known whether more or fewer than before',
};

/** What an email says: plain text that means the same in a terminal and as markdown's source. */
export function textOf(transition: Transition): string {
  const { finding } = transition;
  const sections: readonly (readonly string[])[] = [
    [`[${finding.severity}] ${plain(finding.title)} (${happened(transition)})`],
    story(transition),
    [plain(finding.detail), ...finding.consequences.map((each) => `- ${plain(each)}`)],
    places(finding),
    causes(transition),
    effectLines(transition.effect),
    finding.status === 'resolved' ? [] : [`What to do: ${plain(finding.remedy)}`],
    [
      `Rule: ${plain(finding.rule)} (${plain(finding.number)}), docs/rules/${plain(finding.rule)}.md`,
      `Finding: ${plain(finding.fingerprint)}`,
      `Transition: ${plain(transition.id)} (step ${transition.sequence})`,
    ],
  ];
  return `${sections
    .filter((section) => section.length > 0)
    .map((section) => section.join('\n'))
    .join('\n\n')}\n`;
}

function story({ change, finding, before, differs, readAt, firstSeen }: Transition): string[] {
  const since = firstSeen === undefined ? '' : ` First seen at ${firstSeen}.`;
  switch (change) {
    case 'new':
      return [`It was not there before. Seen at ${readAt}.`];
    case 'changed':
      return [
        before !== null && before.severity !== finding.severity
          ? `It was known, and its severity was ${before.severity}. Seen at ${readAt}.${since}`
          : `It was known. Seen at ${readAt}.${since}`,
        ...(differs.length === 0 ? [] : [`What differs: ${differs.map(plain).join(', ')}`]),
      ];
    case 'reopened':
      return [
        before?.status === 'waived'
          ? `Its waiver does not hold any more. Seen at ${readAt}.${since}`
          : `It had been resolved and is there again. Seen at ${readAt}.${since}`,
      ];
    case 'waived':
      return [`It is there, and a waiver accepts it${acceptance(finding)}. Seen at ${readAt}.`];
    case 'resolved':
      return [`It is gone. Read at ${readAt}.${since} Below is what it was when it was seen last.`];
  }
}

/** Who accepts it and until when. */
function acceptance({ waiver }: Transition['finding']): string {
  if (waiver === undefined) return '';
  const { owner, expires, ticket, reason } = waiver;
  return ` until ${plain(expires)} (${plain(owner)}, ${plain(ticket)}: ${plain(reason)})`;
}

function places(finding: Transition['finding']): string[] {
  const rows: readonly (readonly [string, string | undefined])[] = [
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

/** No event asked for it: what CloudTrail knows of it, where it was asked. */
function foundOnTheWay({ lastChange }: Transition): string[] {
  switch (lastChange?.outcome) {
    case 'found':
      return [
        'No event told of it. The last change of it that CloudTrail knows:',
        ...lines(lastChange.change),
      ];
    case 'none':
      return ['No event told of it, and CloudTrail knows no change of it within 90 days.'];
    case 'not-looked-up':
      return [`No event told of it, and which change led to it is not known: ${plain(lastChange.reason)}.`];
    case undefined:
      return ['No event told of it: which change led to it is not known.'];
  }
}

/** The changes before the reading: one of them need not be the reason, so it says "after". */
function causes(transition: Transition): string[] {
  const { causes: all, change } = transition;
  if (all.length === 0) return foundOnTheWay(transition);
  const intro = change === 'resolved' ? 'Gone after' : 'Judged after';
  return [
    `${intro} ${all.length === 1 ? 'this change' : 'these changes, the newest first'}:`,
    ...all.flatMap(lines),
  ];
}

function lines({ eventName, service, time, region, actor, sourceAddress, eventId }: Cause): string[] {
  return [
    `- ${plain(eventName)} (${plain(service)}, ${plain(region)}) at ${time}`,
    `  Who: ${plain(describeActor(actor))}`,
    ...(sourceAddress === undefined ? [] : [`  From: ${plain(sourceAddress)}`]),
    `  Event: ${plain(eventId)}`,
  ];
}

/** What the change of the trust policy did to who may assume the role. */
function effectLines(effect: TrustEffect | undefined): string[] {
  if (effect === undefined) return [];
  const { relation, gained, lost, reason, before } = effect;
  return [
    `Who may assume the role: ${RELATION_TEXTS[relation]}${before === undefined ? '' : ` (against the state of ${before})`}`,
    ...(gained === undefined ? [] : [`- gets in now: ${plain(gained)}`]),
    ...(lost === undefined ? [] : [`- does not get in any more: ${plain(lost)}`]),
    ...(reason === undefined ? [] : [`- not known for sure: ${plain(reason)}`]),
  ];
}
