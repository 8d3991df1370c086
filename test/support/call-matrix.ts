import type { Trouble } from './fault-stage.ts';
import type { How } from './hub/calls.ts';
import { type Outcome, openedDuring } from './pipeline-faults.ts';

/** A row of the matrix: a name, and what goes wrong. */
export type Row = readonly [name: string, trouble: Trouble];

/** Functions that die whenever they are called, so that the sweep has something to make good. */
const NOTHING_DONE = ['notify', 'settle'] as const;

/** Calls that change something: to die after one is another thing than to die before the next. */
export const WRITES = /:(Put|Update|Transact|BatchWrite|Start|Publish|BatchImport)/;

/** Calls whose answers come in pages, or in parts. */
const PAGED = /:(List(?!Regions)|Query|BatchGet|BatchWrite|GetAccountAuthorizationDetails|LookupEvents)/;

/** What each call is struck by: every time while the trouble lasts, or once. */
const HOWS: readonly (readonly [says: string, how: How | readonly How[], times: number])[] = [
  ['is denied', 'denied', Number.POSITIVE_INFINITY],
  [
    'is throttled, times out and fails, in turn',
    ['throttled', 'timeout', 'server-error'],
    Number.POSITIVE_INFINITY,
  ],
  ['fails once', 'server-error', 1],
  ['took effect and its answer is lost', 'lost-answer', 1],
  ['gives partial answers', 'partial-page', Number.POSITIVE_INFINITY],
];

/** The ends without any trouble but functions that do nothing, and with them every call that handlers make. */
export interface Sound {
  readonly whole: Outcome;
  readonly swept: Outcome;
}

export async function soundRuns(): Promise<Sound> {
  return { whole: await openedDuring({}), swept: await openedDuring({ down: NOTHING_DONE }) };
}

interface MadeCall {
  readonly call: string;
  readonly count: number;
  readonly down: readonly string[];
}

/** Every call of every handler that was made without trouble, and those of a sweep that has something to make good. */
export function madeCalls({ whole, swept }: Sound): readonly MadeCall[] {
  const by = (name: string) => (call: string) => call.startsWith(`${name} `);
  const sweeps = by('sweep');
  return [
    ...[...whole.calls].filter(([call]) => !sweeps(call)).map(([call, count]) => ({ call, count, down: [] })),
    ...[...swept.calls]
      .filter(([call]) => sweeps(call))
      .map(([call, count]) => ({ call, count, down: NOTHING_DONE })),
  ];
}

/**
 * Permissions that no call of the matrix uses by their name, and why; those for podtrust's key are used by the services
 * that keep things.
 */
const NOT_CALLED: Readonly<Record<string, string>> = {
  'collect iam:GetPolicy': 'asked where IAM leaves out a document, which the simulated one never does',
  'collect iam:GetPolicyVersion': 'asked where IAM leaves out a document, which the simulated one never does',
  'collect s3:ListBucket': 'lets S3 say that an object is not there',
  'evaluate s3:ListBucket': 'lets S3 say that an object is not there',
  'resolve-scope s3:ListBucket': 'lets S3 say that an object is not there',
  'evaluate dynamodb:ConditionCheckItem': 'a part of TransactWriteItems',
  'apply-waivers dynamodb:ConditionCheckItem': 'a part of TransactWriteItems',
  'apply-waivers dynamodb:PutItem': 'a part of TransactWriteItems',
  'observe-sessions dynamodb:UpdateItem': 'a part of TransactWriteItems',
  'evaluate sts:GetCallerIdentity': 'asked once in the life of a process, before the trouble begins',
  'notify dynamodb:Query': 'declared with the outbox, whose list the sweep reads',
};

/** Calls that a function may make by its declared permissions and that are not in the matrix. */
export function missingCalls(functionName: string, actions: readonly string[], made: readonly MadeCall[]) {
  const calls = new Set(made.map(({ call }) => call));
  return [...new Set(actions)]
    .filter((action) => !action.startsWith('kms:'))
    .map((action) => `${functionName} ${action}`)
    .filter((call) => !calls.has(call) && NOT_CALLED[call] === undefined);
}

/** Rows in which one of the calls fails in one way. */
export function failures({ call, down }: MadeCall): Row[] {
  return HOWS.filter(
    ([, how]) => (how !== 'partial-page' || PAGED.test(call)) && (how !== 'lost-answer' || WRITES.test(call)),
  ).map(([says, how, times]) => [`${call} ${says}`, { down, fault: { call, how, from: 1, times } }]);
}

/** Rows in which the process dies at the first and at the last of one of the calls, before it and after it. */
export function crashes({ call, count, down }: MadeCall): Row[] {
  return [...new Set([1, count])].flatMap((from) =>
    (['crash-before', 'crash-after'] as const)
      .filter((how) => how === 'crash-before' || WRITES.test(call))
      .map((how): Row => {
        const when = how === 'crash-before' ? 'before' : 'after';
        return [
          `the process dies ${when} call ${from} of ${call}`,
          { down, fault: { call, how, from, times: 1 } },
        ];
      }),
  );
}
