import { TransactionCanceledException, type TransactWriteItemsCommandInput } from '@aws-sdk/client-dynamodb';
import type { Calls, How } from './calls.ts';
import { failureOf } from './failures.ts';

/** The action as which each part of a transaction is authorised (DynamoDB developer guide, "Using IAM with transactions"). */
const ACTIONS = {
  ConditionCheck: 'ConditionCheckItem',
  Delete: 'DeleteItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
} as const;

/** How a transaction says which part failed (DynamoDB API reference, TransactWriteItems, cancellation reasons). */
const REASONS: Partial<Record<How, string>> = {
  throttled: 'ThrottlingError',
  conflict: 'TransactionConflict',
};

/** The call that stands for a part of a transaction. */
export const partCall = (action: string): string => `${action} in a transaction`;

/** Strikes a transaction by the actions of its parts. Throws what the service answers where one of them fails. */
export function strikeParts(
  { TransactItems = [] }: Partial<TransactWriteItemsCommandInput>,
  calls: Calls,
): void {
  const parts = TransactItems.map((part) => actionOf(Object.keys(part)[0]));
  for (const action of new Set(parts)) {
    const how = calls.strike(partCall(`dynamodb:${action}`));
    if (how === null) continue;
    const code = REASONS[how];
    if (code === undefined) throw failureOf('dynamodb', how);
    throw new TransactionCanceledException({
      $metadata: {},
      message: 'Transaction cancelled',
      CancellationReasons: parts.map((part) => ({ Code: part === action ? code : 'None' })),
    });
  }
}

function actionOf(part: string | undefined): string {
  const found = Object.entries(ACTIONS).find(([name]) => name === part);
  if (found === undefined) throw new Error(`DynamoDB has no ${part} in transactions.`);
  return found[1];
}
