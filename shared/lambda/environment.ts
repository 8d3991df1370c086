import { MissingVariableError } from '../pipeline/errors.ts';

/** What the deployment tells the Lambdas. Each is read when it is first needed. */
export const VARIABLES = {
  bucket: 'PODTRUST_BUCKET',
  topicArn: 'PODTRUST_TOPIC_ARN',
  /** Of chat messages; optional. */
  chatTopicArn: 'PODTRUST_CHAT_TOPIC_ARN',
  /** Security Hub's product that findings are imported as. */
  productArn: 'PODTRUST_PRODUCT_ARN',
  stateMachineArn: 'PODTRUST_STATE_MACHINE_ARN',
  readRole: 'PODTRUST_READ_ROLE',
  externalId: 'PODTRUST_EXTERNAL_ID',
  bus: 'PODTRUST_BUS',
  tableName: 'PODTRUST_TABLE',
  /** Where repairs are kept. */
  repairTable: 'PODTRUST_REPAIR_TABLE',
  /** The state machine Remediate. Absent: nothing is repaired. */
  remediateArn: 'PODTRUST_REMEDIATE_ARN',
  /** Accounts whose sessions are kept, separated by commas; `*`: all of them. Absent: none. */
  sessionAccounts: 'PODTRUST_SESSION_ACCOUNTS',
  /** Accounts whose pods' refused calls are kept, in the same form. */
  accessDeniedAccounts: 'PODTRUST_ACCESS_DENIED_ACCOUNTS',
} as const;

export type Variable = keyof typeof VARIABLES;

/** Value of a variable. Throws MissingVariableError when the deployment did not set it. */
export function variable(name: Variable): string {
  const value = process.env[VARIABLES[name]];
  if (value) return value;
  throw new MissingVariableError(
    `The environment variable ${VARIABLES[name]} is missing. podtrust's stack sets it: deploy the stack again.`,
  );
}

/** Value of a variable that a deployment may leave out. */
export function optionalVariable(name: Variable): string | undefined {
  return process.env[VARIABLES[name]] || undefined;
}
