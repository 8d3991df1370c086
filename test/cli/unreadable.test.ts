import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../cli/errors.ts';
import { EXIT } from '../../cli/exit-codes.ts';
import * as errors from '../../shared/aws/errors.ts';

/** Errors of the collector that a corrected command line would avoid. */
const USAGE = new Set([
  'AccountIdError',
  'UnknownPartitionError',
  'ConfigurationError',
  'AssumeRoleError',
  'OrganizationFilterError',
]);

describe('exit codes of the collector’s errors', () => {
  it.each(Object.keys(errors))('%s has an exit code of its own accord', (name) => {
    const error = Object.assign(new Error('x'), { name });
    expect(exitCodeOf(error)).toBe(USAGE.has(name) ? EXIT.usage : EXIT.unreadable);
  });
});
