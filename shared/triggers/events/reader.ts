import type { Fields } from '../fields.ts';
import type { Reading, Trigger, TriggerFrame } from '../trigger.ts';

/** Reads the records of one API operation. */
export interface EventReader {
  /** `eventSource` of its records. */
  readonly service: string;
  /** `eventName` of its records. */
  readonly name: string;
  /** `change`: a write, which the bus rule lets through. `session`: credentials that were asked for. */
  readonly records: 'change' | 'session';
  readonly read: (frame: TriggerFrame, record: Fields) => Reading;
}

/** Readers of the changes that share one form of record. `read` gives null when the record does not say of what it is. */
export function changeReaders<Name extends string>(
  service: string,
  names: readonly Name[],
  read: (frame: TriggerFrame, record: Fields, name: Name) => Trigger | null,
): readonly EventReader[] {
  return names.map((name) => ({
    service,
    name,
    records: 'change',
    read: (frame, record) => placed(frame, read(frame, record, name)),
  }));
}

/** A change that names nothing is not dropped: something did change. A refused one changed nothing. */
function placed(frame: TriggerFrame, trigger: Trigger | null): Reading {
  if (trigger !== null) return { outcome: 'trigger', trigger };
  if (frame.failure !== undefined) return { outcome: 'ignored', reason: 'a refused call that names nothing' };
  return { outcome: 'trigger', trigger: { ...frame, kind: 'unplaced' } };
}
