import * as z from 'zod';
import type { StreamRecord } from '../../pipeline/notify.ts';
import { readTransition } from '../findings/items.ts';
import { TRANSITION_SORT_KEY } from '../findings/table.ts';

const Text = z.object({ S: z.string() });

/** A batch of the finding table's stream, as Lambda hands it over; attributes of other items have any form. */
export const streamEventSchema = z.object({
  Records: z.array(
    z.object({
      eventName: z.string(),
      dynamodb: z.object({
        SequenceNumber: z.string(),
        NewImage: z.record(z.string(), z.unknown()).optional(),
      }),
    }),
  ),
});

/** What a stream takes back (Lambda developer guide, "Reporting batch item failures"). */
export interface StreamResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** The inserted transitions of a batch, in its order; findings, memories, marks and deletions are left out. */
export function transitionRecords({ Records }: z.output<typeof streamEventSchema>): readonly StreamRecord[] {
  return Records.flatMap(({ eventName, dynamodb: { SequenceNumber, NewImage } }) =>
    eventName === 'INSERT' && NewImage !== undefined && text(NewImage['sk']) === TRANSITION_SORT_KEY
      ? [{ sequenceNumber: SequenceNumber, read: () => readTransition(textItem(NewImage)) }]
      : [],
  );
}

/** Tells Lambda which records failed. */
export function streamResponse(failed: readonly string[]): StreamResponse {
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
}

function textItem(image: Readonly<Record<string, unknown>>): Record<string, { S: string }> {
  return Object.fromEntries(['pk', 'sk', 'body'].map((name) => [name, { S: text(image[name]) }]));
}

function text(attribute: unknown): string {
  const parsed = Text.safeParse(attribute);
  return parsed.success ? parsed.data.S : '';
}
