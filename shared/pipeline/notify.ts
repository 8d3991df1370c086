import * as z from 'zod';
import type { Claims } from './claims.ts';
import { LostClaimError } from './errors.ts';
import type { Evaluation } from './evaluation.ts';
import { type Message, messageOf } from './message.ts';
import { blindNotice, type Notice, noticeSchema } from './notice.ts';
import type { Telemetry } from './telemetry.ts';

/** Where notices are published. */
export interface Topic {
  readonly publish: (message: Message) => Promise<void>;
}

export interface NotifyPorts {
  readonly claims: Claims;
  readonly topic: Topic;
  readonly telemetry: Telemetry;
  readonly hash: (text: string) => string;
}

/** What there is to tell: the notices that `evaluate` kept, or why the evaluation ended without any. */
export type Tidings =
  | { readonly key: string }
  | { readonly failure: { readonly Error: string; readonly Cause?: string | undefined } };

export interface Notified {
  readonly published: number;
}

/** Publishes. Runs twice without harm: the notices keep their ids. */
export function notify(ports: NotifyPorts) {
  return async (evaluation: Evaluation, tidings: Tidings): Promise<Notified> => {
    const notices =
      'key' in tidings
        ? await readNotices(tidings.key, ports.claims)
        : [blindNotice(evaluation, failureText(tidings.failure), ports.hash)];
    for (const notice of notices) await ports.topic.publish(messageOf(notice));
    ports.telemetry.count('NoticesPublished', notices.length);
    return { published: notices.length };
  };
}

async function readNotices(key: string, claims: Claims): Promise<readonly Notice[]> {
  const text = await claims.get(key);
  try {
    return z.array(noticeSchema).parse(JSON.parse(text));
  } catch (cause) {
    throw new LostClaimError(key, 'it does not hold notices', { cause });
  }
}

/** A Lambda's failure arrives as JSON text with errorMessage and a stack; the message alone is for people. */
function failureText({
  Error: name,
  Cause: detail = '',
}: {
  Error: string;
  Cause?: string | undefined;
}): string {
  try {
    const { errorMessage } = z.object({ errorMessage: z.string() }).parse(JSON.parse(detail));
    return `The evaluation failed with ${name}: ${errorMessage}`;
  } catch {
    return `The evaluation failed with ${name}: ${detail.split('\n', 1)[0] ?? ''}`;
  }
}
