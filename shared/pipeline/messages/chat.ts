import { describeActor } from '../../findings/cause.ts';
import type { Transition } from '../../findings/transition.ts';
import { cut, plain } from './plain.ts';
import { happened } from './text.ts';

const LONGEST_TITLE = 250;
const LONGEST_DETAIL = 1_500;
const LONGEST_NAME = 300;
const MOST_CAUSES = 3;

/**
 * A transition as a custom notification of Amazon Q Developer in chat applications, the whole body of an SNS message
 * (administrator guide, "Custom notifications"). What does not conform to that form is dropped there without a word,
 * so only documented fields are used. The steps of a finding share a thread.
 */
export function chatMessageOf(transition: Transition): string {
  const { id, change, finding } = transition;
  const { severity, rule, role, fingerprint, account } = finding;
  return JSON.stringify({
    version: '1.0',
    source: 'custom',
    id,
    content: {
      textType: 'client-markdown',
      title: cut(`[${severity}] ${prose(finding.title)} (${happened(transition)})`, LONGEST_TITLE),
      description: description(transition),
      ...(finding.status !== 'resolved' && { nextSteps: [cut(prose(finding.remedy), LONGEST_DETAIL)] }),
      keywords: [severity, change, cut(prose(rule), LONGEST_NAME)],
    },
    metadata: {
      threadId: fingerprint,
      summary: cut(
        `podtrust ${happened(transition)}: ${prose(finding.title)} (${prose(account)})`,
        LONGEST_TITLE,
      ),
      eventType: `podtrust ${change}`,
      ...(role !== undefined && { relatedResources: [cut(plain(role), LONGEST_NAME)] }),
    },
  });
}

function description({ finding, causes }: Transition): string {
  const { account, region, cluster, namespace, serviceAccount, role, principal } = finding;
  const places = { account, region, cluster, namespace, 'service account': serviceAccount, role, principal };
  return [
    cut(prose(finding.detail), LONGEST_DETAIL),
    ...Object.entries(places).flatMap(([label, value]) =>
      value === undefined ? [] : [`${label}: ${code(value)}`],
    ),
    ...causes
      .slice(0, MOST_CAUSES)
      .map(
        ({ eventName, time, actor, sourceAddress }) =>
          `after ${code(eventName)} at ${time} by ${code(describeActor(actor))}` +
          (sourceAddress === undefined ? '' : ` from ${code(sourceAddress)}`),
      ),
    ...(causes.length > 0 ? [] : ['found by a scan']),
    `rule: ${code(`${finding.rule} (${finding.number})`)}`,
  ].join('\n');
}

/** A name between backticks, where neither Slack nor Teams makes links, mentions or formatting of it. */
function code(name: string): string {
  return `\`${cut(swapped(plain(name), IN_CODE), LONGEST_NAME).trim() || ' '}\``;
}

/**
 * A sentence that may quote names. Slack, Teams and Chime escape differently, so what they could read as markup is
 * swapped for letters that look like it, and dots and colons inside words, which make links, are parted invisibly.
 */
function prose(text: string): string {
  return swapped(plain(text), IN_PROSE).replace(/([.:/])(?=\S)/g, '$1\u200b');
}

/** Angle brackets begin links and mentions in Slack even between backticks. AWS allows none of these in names. */
const IN_CODE: Readonly<Record<string, string>> = { '`': "'", '<': '‹', '>': '›' };

const IN_PROSE: Readonly<Record<string, string>> = {
  ...IN_CODE,
  '*': '∗',
  _: 'ˍ',
  '~': '∼',
  '[': '［',
  ']': '］',
  '@': '＠',
  '#': '＃',
  '|': '｜',
  '!': '！',
  '\\': '＼',
  '&': '＆',
};

function swapped(text: string, by: Readonly<Record<string, string>>): string {
  return [...text].map((character) => by[character] ?? character).join('');
}
