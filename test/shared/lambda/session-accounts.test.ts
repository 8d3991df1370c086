import { afterEach, describe, expect, it, vi } from 'vitest';
import { keepsAccessDenied, keepsSessions } from '../../../shared/lambda/session-accounts.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe.each([
  ['given sessions', 'PODTRUST_SESSION_ACCOUNTS', keepsSessions, keepsAccessDenied],
  ['refused calls', 'PODTRUST_ACCESS_DENIED_ACCOUNTS', keepsAccessDenied, keepsSessions],
])('%s', (_what, variable, keeps, others) => {
  it.each([
    ['nothing', undefined, false],
    ['an empty text', '', false],
    ['the account', '444455556666, 111122223333', true],
    ['other accounts', '444455556666', false],
    ['all accounts', '*', true],
  ])('are kept as the variable says: %s', (_says, value, kept) => {
    vi.stubEnv(variable, value);
    expect(keeps('111122223333')).toBe(kept);
    expect(others('111122223333')).toBe(false);
  });
});
