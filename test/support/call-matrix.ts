import type { Permission } from '../../shared/lambda/permissions.ts';
import type { CallFault, How } from './hub/calls.ts';
import { OF_REPAIRS } from './hub/services.ts';
import { partCall } from './hub/transaction-parts.ts';

/** A row of a matrix: a name, and which call fails how. */
export type FaultRow = readonly [name: string, fault: CallFault];

/** Calls that change something: to die after one is another thing than to die before the next. */
export const WRITES = new RegExp(
  `:(Put|Update|Delete|Transact|BatchWrite|Start|Publish|BatchImport|SendTask)\\w*(${OF_REPAIRS})?$`,
);

/** Calls whose answers come in pages, or in parts. */
const PAGED =
  /:(List(?!Regions)|Query|BatchGet|BatchWrite|BatchImport|PutEvents|GetAccountAuthorizationDetails|LookupEvents|DescribeInstances|ValidatePolicy)/;

/** Reads whose answers something rests on that somebody else could have written, or that broke off. */
const TEXTS = /:(GetItem|GetObject|Query|BatchGetItem|GetRole|DescribeCluster|AssumeRole)( of repairs)?$/;

type Ways = readonly (readonly [says: string, how: How | readonly How[], times: number])[];

const ALWAYS = Number.POSITIVE_INFINITY;

/** What each call is struck by: every time while the trouble lasts, or once. */
const CALLS: Ways = [
  ['is denied', 'denied', ALWAYS],
  ['is throttled, times out and fails, in turn', ['throttled', 'timeout', 'server-error'], ALWAYS],
  ['fails once', 'server-error', 1],
  ['took effect and its answer is lost', 'lost-answer', 1],
  ['gives partial answers', 'partial-page', ALWAYS],
  ['answers what nobody can read', 'garbage', ALWAYS],
];

/** What else can become of a part of a transaction: it is authorised by itself, and cancels the others. */
const PARTS: Ways = [
  ['is denied', 'denied', ALWAYS],
  ['is throttled and collides with another, in turn', ['throttled', 'conflict'], ALWAYS],
  ['collides with another, again and again', 'conflict', ALWAYS],
  ['fails once', 'server-error', 1],
];

/** It is asked for by every read of an object, and counts where that is not there. */
const OBJECT_GONE: Ways = [
  ['is denied, and the object is not there', 'denied', ALWAYS],
  ['is allowed, and the object is not there', 'gone', ALWAYS],
  ['is allowed, and the object is not there once', 'gone', 1],
];

/** What an API server of Kubernetes does. */
const KUBERNETES: Ways = [
  ['does not know who asks', 'unauthorized', ALWAYS],
  ['is forbidden', 'denied', ALWAYS],
  ['is put off and fails, in turn', ['throttled', 'server-error'], ALWAYS],
  ['hangs', 'timeout', ALWAYS],
  ['breaks off in mid-answer', 'cut-page', ALWAYS],
  ['breaks off once', 'cut-page', 1],
  ['comes in small pages', 'partial-page', ALWAYS],
];

function waysOf(call: string): Ways {
  if (call.includes(' kubernetes:')) return KUBERNETES;
  if (call.endsWith(partCall(''))) return PARTS;
  if (call.endsWith(' s3:ListBucket')) return OBJECT_GONE;
  return CALLS.filter(
    ([, how]) =>
      (how !== 'partial-page' || PAGED.test(call)) &&
      (how !== 'lost-answer' || WRITES.test(call)) &&
      (how !== 'garbage' || TEXTS.test(call)),
  );
}

/** A call of a function by its names, `evaluate dynamodb:Query`, and how often it is made where nothing goes wrong. */
interface MadeCall {
  readonly call: string;
  readonly count: number;
}

/**
 * Actions that a function may use by its declared permissions and that are not in the matrix, neither as a call nor as a
 * part of a transaction. Those of podtrust's key are left out: the services that keep things use it in the function's
 * name, and refuse their own call where they may not.
 */
export function missingCalls(
  functionName: string,
  permissions: readonly Permission[],
  made: readonly Pick<MadeCall, 'call'>[],
): string[] {
  const calls = new Set(made.map(({ call }) => call));
  const declared = permissions.flatMap(({ actions, on }) =>
    actions
      .filter((action) => !action.startsWith('kms:'))
      .map((action) => `${functionName} ${action}${on === 'repair-table' ? OF_REPAIRS : ''}`),
  );
  return [...new Set(declared)].filter((call) => !calls.has(call) && !calls.has(partCall(call)));
}

/** Rows in which one of the calls fails in one way. */
export function failures({ call }: MadeCall): FaultRow[] {
  return waysOf(call).map(([says, how, times]) => [`${call} ${says}`, { call, how, from: 1, times }]);
}

/** Rows in which the process dies at the first and at the last of one of the calls, before it and after it. */
export function crashes({ call, count }: MadeCall): FaultRow[] {
  // What is no call of its own has no before and after.
  if (call.endsWith(partCall('')) || call.endsWith(' s3:ListBucket')) return [];
  return [...new Set([1, count])].flatMap((from) =>
    (['crash-before', 'crash-after'] as const)
      .filter((how) => how === 'crash-before' || WRITES.test(call))
      .map((how): FaultRow => {
        const when = how === 'crash-before' ? 'before' : 'after';
        return [`the process dies ${when} call ${from} of ${call}`, { call, how, from, times: 1 }];
      }),
  );
}
