import type { Notice } from './notice.ts';

/** One SNS message. */
export interface Message {
  /** At most 100 characters, no line breaks or control characters: the subject of an email. */
  readonly subject: string;
  /** The notice as JSON: what queues, functions and HTTPS endpoints receive. */
  readonly json: string;
  /** What an email says. */
  readonly text: string;
  /** For filter policies. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** The message of a notice. A blind notice has no rule and no severity of its own: it counts as high, for it hides any. */
export function messageOf(notice: Notice): Message {
  const about = notice.type === 'finding' ? notice.finding : null;
  const attributes = {
    id: notice.id,
    type: notice.type,
    account: notice.account,
    status: about?.status ?? 'open',
    severity: about?.severity ?? 'high',
    kind: about?.kind ?? 'blind',
    rule: about?.rule,
    region: about?.region,
    cluster: about?.cluster,
  };
  const title = about === null ? 'a change could not be judged' : about.title;
  return {
    subject: subject(`podtrust ${attributes.severity}: ${title} (${notice.account})`),
    json: JSON.stringify(notice),
    text: notice.text,
    attributes: Object.fromEntries(
      Object.entries(attributes).filter(
        (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
      ),
    ),
  };
}

/** SNS API reference, Publish, Subject: ASCII, at most 100 characters, begins with a letter, number or punctuation. */
function subject(text: string): string {
  const ascii = text.replace(/[^\x20-\x7e]+/g, ' ').trim();
  return ascii.length <= 100 ? ascii : `${ascii.slice(0, 97)}...`;
}
