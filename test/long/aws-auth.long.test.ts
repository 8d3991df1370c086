import { describe, expect, it } from 'vitest';
import { mappingFor } from '../../shared/kubernetes/aws-auth/mapping-for.ts';
import { parseAwsAuth } from '../../shared/kubernetes/aws-auth/parse-aws-auth.ts';
import { floods } from '../support/aws-auth-floods.ts';
import { compareWithAuthenticator } from '../support/kubernetes/aws-auth-differences.ts';

const DOCUMENTS = 100_000;

describe("AWS's authenticator as judge", () => {
  it(`agrees on ${DOCUMENTS} random ConfigMaps and their callers`, async () => {
    const seed = Number(process.env['FAST_CHECK_SEED'] ?? 20_261_122);
    const { differences, ...found } = await compareWithAuthenticator(DOCUMENTS, seed);
    expect(differences.slice(0, 3)).toEqual([]);
    // Cases that all end the same way would prove nothing.
    expect(found.documents).toBe(DOCUMENTS);
    expect(found.accepted).toBeGreaterThan(DOCUMENTS * 0.3);
    expect(found.rejected).toBeGreaterThan(DOCUMENTS * 0.3);
    expect(found.mapped).toBeGreaterThan(DOCUMENTS * 0.1);
    expect(found.refused).toBeGreaterThan(DOCUMENTS * 0.1);
  });
});

describe('a megabyte, the most that a ConfigMap holds', () => {
  // Each takes up to 3 s alone in all three sections; the bound on processor time tells linear from worse.
  it.each(floods(1_000_000))('%s is read in bounded time', (_what, text) => {
    const began = process.cpuUsage();
    const parsed = parseAwsAuth({ mapRoles: text, mapUsers: text, mapAccounts: text });
    mappingFor(parsed, 'arn:aws:sts::111122223333:assumed-role/deployer/alice');
    expect(process.cpuUsage(began).user / 1000).toBeLessThan(30_000);
  });
});
