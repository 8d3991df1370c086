import type { Transition } from '../findings/transition.ts';
import { type Message, messageOf } from './message.ts';
import { chatMessageOf } from './messages/chat.ts';
import type { Telemetry } from './telemetry.ts';

/** Where transitions are published. */
export interface Topic {
  readonly publish: (message: Message) => Promise<void>;
}

/** Which transitions are published already: part of the store of findings. */
export interface Outbox {
  /** As of now; true also when the transition is forgotten, for only a published one is. */
  readonly isPublished: (id: string) => Promise<boolean>;
  readonly markPublished: (id: string, at: Date) => Promise<void>;
}

/** Where chat clients listen; takes bodies as they are. */
export interface ChatTopic {
  readonly publish: (body: string) => Promise<void>;
}

export interface NotifyPorts {
  readonly outbox: Outbox;
  readonly topic: Topic;
  /** Absent: nobody chats. */
  readonly chat?: ChatTopic | undefined;
  readonly telemetry: Telemetry;
  readonly now: () => Date;
}

/** One transition of the table's stream. */
export interface StreamRecord {
  /** Where it is in the stream. */
  readonly sequenceNumber: string;
  /** Throws when the record is not what podtrust wrote. */
  readonly read: () => Transition;
}

/** The records that stay in the stream, for another try and in the end for the failure destination. */
export interface Notified {
  readonly failed: readonly string[];
}

/**
 * Publishes the transitions of a batch and marks them. A record that fails does not hold up those of other findings.
 * A stream is read again from the lowest failed record on, with those behind it that succeeded, so that each is looked
 * up before it is published: only a crash between publishing and marking tells one twice, with the same id.
 */
export function notify(ports: NotifyPorts) {
  return async (records: readonly StreamRecord[]): Promise<Notified> => {
    const failed: string[] = [];
    const heldUp = new Set<string>();
    for (const { sequenceNumber, read } of records) {
      let fingerprint: string | null = null;
      try {
        const transition = read();
        fingerprint = transition.finding.fingerprint;
        // A later step of a finding must not be told before an earlier one.
        if (heldUp.has(fingerprint)) failed.push(sequenceNumber);
        else await publishOnce(transition, ports);
      } catch (error) {
        failed.push(sequenceNumber);
        if (fingerprint !== null) heldUp.add(fingerprint);
        ports.telemetry.count('TransitionsFailed');
        ports.telemetry.note('The transition could not be published', { sequenceNumber, error });
      }
    }
    return { failed };
  };
}

/** Publishes a transition and marks it, unless it is marked. Throws what the topic and the outbox throw. */
export async function publishOnce(transition: Transition, ports: NotifyPorts): Promise<boolean> {
  const { outbox, topic, telemetry, now } = ports;
  if (await outbox.isPublished(transition.id)) return false;
  await topic.publish(messageOf(transition));
  await chatAbout(transition, ports);
  await outbox.markPublished(transition.id, now());
  telemetry.count('TransitionsPublished');
  return true;
}

/** Chat is a courtesy: where it fails, trying again would tell everybody else twice. */
async function chatAbout(transition: Transition, { chat, telemetry }: NotifyPorts): Promise<void> {
  try {
    await chat?.publish(chatMessageOf(transition));
  } catch (error) {
    telemetry.count('ChatMessagesFailed');
    telemetry.note('The chat message could not be published', { id: transition.id, error });
  }
}
