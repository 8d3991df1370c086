import { crashes, type FaultRow, failures } from './call-matrix.ts';
import type { Trouble } from './fault-stage.ts';
import { type Outcome, openedDuring } from './pipeline-faults.ts';

/** A row of the matrix of events: a name, and what goes wrong. */
export type EventRow = readonly [name: string, trouble: Trouble];

/** Functions that die whenever they are called, and an import that is refused: the sweep has something to make good. */
const NOTHING_DONE: Trouble = { down: ['notify', 'settle'], refusedImports: 1 };

/** The ends without any trouble but functions that do nothing, and with them every call that handlers make. */
export interface Sound {
  readonly whole: Outcome;
  readonly swept: Outcome;
}

export async function soundRuns(): Promise<Sound> {
  return { whole: await openedDuring({}), swept: await openedDuring(NOTHING_DONE) };
}

interface MadeCall {
  readonly call: string;
  readonly count: number;
  /** What goes wrong besides, or it would not be made. */
  readonly besides: Trouble;
}

/** Every call of every handler that was made without trouble, and those of a sweep that has something to make good. */
export function madeCalls({ whole, swept }: Sound): readonly MadeCall[] {
  const makesGood = (call: string) => call.startsWith('sweep ') || call === 'security-hub dynamodb:PutItem';
  return [
    ...[...whole.calls]
      .filter(([call]) => !makesGood(call))
      .map(([call, count]) => ({ call, count, besides: {} })),
    ...[...swept.calls]
      .filter(([call]) => makesGood(call))
      .map(([call, count]) => ({ call, count, besides: NOTHING_DONE })),
  ];
}

/** Rows in which one of the calls fails in one way. */
export const eventFailures = (made: MadeCall): EventRow[] => rowsOf(failures(made), made);

/** Rows in which the process dies at one of the calls. */
export const eventCrashes = (made: MadeCall): EventRow[] => rowsOf(crashes(made), made);

const rowsOf = (rows: readonly FaultRow[], { besides }: MadeCall): EventRow[] =>
  rows.map(([name, fault]) => [name, { ...besides, fault }]);
