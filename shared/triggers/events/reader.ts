import type { Fields } from '../fields.ts';
import type { Reading, Trigger } from '../trigger.ts';

/** What every trigger carries, read from the record's common fields. */
export type TriggerFrame = Pick<Trigger, 'account' | 'event' | 'actor' | 'failure'>;

/** Reads the records of one API operation. */
export interface EventReader {
  /** `eventSource` of its records. */
  readonly service: string;
  /** `eventName` of its records. */
  readonly name: string;
  readonly read: (base: TriggerFrame, record: Fields) => Reading;
}
