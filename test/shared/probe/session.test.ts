import { expect, it } from 'vitest';
import { expectedRoleCheck } from '../../../shared/probe/session.ts';

const ROLE = 'arn:aws:iam::111122223333:role/shop/checkout';

it.each<[string, string, string | null, string]>([
  [
    'a session of it, whose path a session does not show',
    'arn:aws:sts::111122223333:assumed-role/checkout/s',
    ROLE,
    'pass',
  ],
  ['another role', 'arn:aws:sts::111122223333:assumed-role/nodes/i-1', ROLE, 'fail'],
  ['the same name in another account', 'arn:aws:sts::444455556666:assumed-role/checkout/s', ROLE, 'fail'],
  [
    'the same name in another partition',
    'arn:aws-cn:sts::111122223333:assumed-role/checkout/s',
    ROLE,
    'fail',
  ],
  ['the name in another case', 'arn:aws:sts::111122223333:assumed-role/Checkout/s', ROLE, 'fail'],
  ['a user', 'arn:aws:iam::111122223333:user/checkout', ROLE, 'unknown'],
  ['a text', 'checkout', ROLE, 'unknown'],
  ['nothing expected', 'arn:aws:sts::111122223333:assumed-role/checkout/s', null, 'not-evaluated'],
  [
    'an expectation that is no role',
    'arn:aws:sts::111122223333:assumed-role/checkout/s',
    'arn:aws:iam::111122223333:user/checkout',
    'fail',
  ],
])('%s', (_name, seen, expected, status) => {
  expect(expectedRoleCheck(seen, expected)).toMatchObject({ check: 'expected-role', status });
});
