import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CauseContext, withCause } from '../../cli/causes.ts';
import { auditText } from '../../cli/output/audit-text.ts';
import { audit } from '../../shared/audit/audit.ts';
import { defaultConfig } from '../../shared/config/config.ts';
import { buildEstate } from '../../shared/estate/build-estate.ts';
import type { LookUp } from '../../shared/findings/cause-lookup.ts';
import { auditSchema } from '../../shared/findings/finding.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { roleExample, trustPolicy } from '../../shared/rules/examples/estate.ts';
import { readTrigger } from '../../shared/triggers/read-trigger.ts';
import { runCli } from '../support/run-cli.ts';

const open = trustPolicy({ Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' });
const estate = buildEstate(roleExample('open', open).snapshot);
const shown = audit(estate, { config: defaultConfig, hash: sha256, rules: ['no-public-trust'] });

const context: CauseContext = {
  takenAt: estate.snapshot.takenAt,
  partitionOf: (account) => estate.accounts.get(account)?.partition,
};
/** The audit with a cause for each finding. */
const withCauses = async (lookUp: LookUp) => ({
  ...shown,
  findings: await Promise.all(shown.findings.map((finding) => withCause(finding, context, lookUp))),
});

const reading = readTrigger({
  detail: {
    eventSource: 'iam.amazonaws.com',
    eventName: 'UpdateAssumeRolePolicy',
    eventTime: '2020-01-01T09:00:00Z',
    eventID: 'e1',
    awsRegion: 'us-east-1',
    recipientAccountId: '111122223333',
    userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/alice' },
    requestParameters: { roleName: 'checkout', policyDocument: open },
  },
});
const triggers = reading.outcome === 'trigger' ? [reading.trigger] : [];

describe('audit --causes', () => {
  it.each<[string, LookUp, object, string]>([
    [
      'a recorded change',
      async () => ({ triggers }),
      { outcome: 'found' },
      'by arn:aws:iam::111122223333:user/alice at 2020-01-01T09:00:00.000Z',
    ],
    [
      'no recorded change',
      async () => ({ triggers: [] }),
      { outcome: 'none' },
      'none recorded within 90 days',
    ],
    [
      'no time left',
      async () => ({ triggers: [], gap: 'the time was over' }),
      { outcome: 'not-looked-up' },
      'not known, the time was over',
    ],
  ])('tells %s', async (_name, lookUp, cause, words) => {
    const result = await withCauses(lookUp);
    expect(auditSchema.parse(result).findings).toMatchObject([{ rule: 'no-public-trust', cause }]);
    const io = { columns: null, colours: false } as unknown as Parameters<typeof auditText>[1];
    expect(auditText(result, io).replaceAll(/[\s│]+/g, ' ')).toContain(words);
  });

  it('asks IAM’s region', async () => {
    const regions: string[] = [];
    await withCauses(async ({ region }) => {
      regions.push(region);
      return { triggers: [] };
    });
    expect(new Set(regions)).toEqual(new Set(['us-east-1']));
  });

  it('is refused for a snapshot', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'podtrust-causes-'));
    const file = join(folder, 'estate.json');
    writeFileSync(file, JSON.stringify(estate.snapshot));
    const { code, err } = await runCli(['audit', '--snapshot', file, '--causes']);
    rmSync(folder, { recursive: true });
    expect(code).toBe(2);
    expect(err).toContain('leave out --snapshot');
  });
});
