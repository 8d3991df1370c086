/** One call of an operation script: data, so that the same script runs anywhere. */
export interface Step {
  readonly service: 'iam' | 'eks' | 'sts';
  /** Name of the operation, `CreateRole`. */
  readonly operation: string;
  /** `{name}` in a text stands for what an earlier step kept under that name. */
  readonly input: Readonly<Record<string, unknown>>;
  /** What this step shows, when it is more than the operation's name. */
  readonly case?: string;
  /** A page of a list whose order is not documented: what is on it is left to chance, only how much is compared. */
  readonly anyItems?: true;
  /** Operations without which the answer says nothing. */
  readonly needs?: readonly string[];
  /** Name to keep, and the path in the answer (`Role.Arn`). */
  readonly keep?: Readonly<Record<string, string>>;
}

export interface Script {
  readonly name: string;
  readonly steps: readonly Step[];
}

export const ACCOUNT = '123456789012';
export const REGION = 'eu-west-1';

export const trust = (service: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  });
