import { describe, expect, it } from 'vitest';
import { ALL_CASES } from '../support/aws-auth-cases.ts';
import { compareWithAuthenticator } from '../support/kubernetes/aws-auth-differences.ts';
import { judgeAwsAuth } from '../support/kubernetes/aws-auth-judge.ts';

describe('the reader of aws-auth', () => {
  it('agrees with the authenticator on 3,000 random ConfigMaps and their callers', async () => {
    const seed = Number(process.env['FAST_CHECK_SEED'] ?? 20_261_123);
    const { differences, ...found } = await compareWithAuthenticator(3000, seed);
    expect(differences.slice(0, 3)).toEqual([]);
    // Cases that all end the same way would prove nothing.
    expect(found.documents).toBe(3000);
    expect(found.accepted).toBeGreaterThan(900);
    expect(found.rejected).toBeGreaterThan(900);
    expect(found.mapped).toBeGreaterThan(300);
    expect(found.refused).toBeGreaterThan(300);
  });
});

describe('the cases of the unit tests', () => {
  it('are read by the authenticator as they are written there', async () => {
    const documents = ALL_CASES.map(({ text }) => ({ data: { mapRoles: text }, callers: [] }));
    const verdicts = await Array.fromAsync(judgeAwsAuth(documents));
    const read = verdicts.map(({ roles, error }, at) => ({
      sentence: ALL_CASES[at]?.sentence,
      rows: roles.map(({ rolearn, username, groups }) => [rolearn, username, ...groups]),
      rejected: error !== null,
    }));
    expect(read).toEqual(ALL_CASES.map(({ sentence, rows, rejected }) => ({ sentence, rows, rejected })));
  });
});
