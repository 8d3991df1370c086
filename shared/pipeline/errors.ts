/** The pipeline's errors. `name` is a literal, since minifiers rename classes: the state machine catches by it. */

/** The input of a step does not have the form that the step before it gives. */
export class InvalidInputError extends Error {
  override readonly name = 'InvalidInputError';
}

/** IAM does not show the change yet that an event announced: try again in a few seconds. */
export class StaleReadError extends Error {
  override readonly name = 'StaleReadError';
}

/** What an earlier step put away is not there or is not what it wrote. */
export class LostClaimError extends Error {
  override readonly name = 'LostClaimError';
  readonly key: string;
  constructor(key: string, why: string, options?: ErrorOptions) {
    super(
      `${key}: ${why}. Start the evaluation again; if it repeats, check the bucket's lifecycle rules.`,
      options,
    );
    this.key = key;
  }
}

/** An environment variable that the deployment sets is missing. */
export class MissingVariableError extends Error {
  override readonly name = 'MissingVariableError';
}

/** The accounts of the organization cannot be listed, or not told apart by unit as the configuration wants it. */
export class OrganizationUnreadableError extends Error {
  override readonly name = 'OrganizationUnreadableError';
}

/** An account's evaluation could not be asked for; asking again is harmless. */
export class LaneUnavailableError extends Error {
  override readonly name = 'LaneUnavailableError';
}
