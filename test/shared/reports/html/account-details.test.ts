import { describe, expect, it } from 'vitest';
import { audit } from '../../../../shared/audit/audit.ts';
import { defaultConfig } from '../../../../shared/config/config.ts';
import { buildEstate } from '../../../../shared/estate/build-estate.ts';
import type { Snapshot } from '../../../../shared/estate/snapshot.ts';
import { sha256 } from '../../../../shared/lambda/hash.ts';
import { planListOf } from '../../../../shared/plans/plan-list.ts';
import { planRows } from '../../../../shared/plans/plan-rows.ts';
import { accountDetails, accountDetailsSchema } from '../../../../shared/reports/html/account-details.ts';
import { reportData } from '../../../../shared/reports/html/report-data.ts';
import { demoSnapshot } from '../../../../simulator/demo/organization.ts';

function detailed(snapshot: Snapshot, account: string) {
  const estate = buildEstate(snapshot);
  const { findings } = audit(estate, { config: defaultConfig, hash: sha256 });
  const context = { estate, config: defaultConfig, hash: sha256, now: snapshot.takenAt };
  const plans = planListOf(
    planRows(context, (finding) => finding.account === account),
    sha256,
  );
  return { estate, findings, plans, ...accountDetails({ estate, account, findings, plans }) };
}

const snapshot = demoSnapshot();
const [account = ''] = snapshot.accounts.map(({ id }) => id);

describe('the details of an account', () => {
  it('come back from the bucket as they went in', () => {
    const { details } = detailed(snapshot, account);
    expect(details.strands.length).toBeGreaterThan(10);
    expect(details.plans.length).toBeGreaterThan(3);
    expect(accountDetailsSchema.parse(JSON.parse(JSON.stringify(details)))).toEqual(details);
  });

  it('have the chain and the plan that the whole report has of a finding', () => {
    const { estate, findings, plans, details } = detailed(snapshot, account);
    const own = findings.filter((finding) => finding.account === account);
    const input = { audit: audit(estate, { config: defaultConfig, hash: sha256 }), takenAt: '', version: '' };
    const whole = reportData({ ...input, partitions: new Map(), estate, plans });
    for (const { fingerprint } of own) {
      const shown = whole.findings.find((one) => one.fingerprint === fingerprint);
      expect(details.chains.find(({ of }) => of.includes(fingerprint))?.chain).toEqual(
        whole.chains[shown?.chain ?? -1],
      );
      expect(details.plans.find(({ of }) => of.includes(fingerprint))?.plan).toEqual(
        whole.plans[shown?.plan ?? -1],
      );
      expect(details.declined.find(({ of }) => of === fingerprint)?.reasons).toEqual(shown?.declined);
    }
  });

  it('stay around a megabyte whatever names there are, and count what did not fit', () => {
    const large = 'x'.repeat(3_000);
    const crowded = {
      ...snapshot,
      accounts: snapshot.accounts.map((one) => ({
        ...one,
        ...(one.regions !== undefined && {
          regions: one.regions.map((region) => ({
            ...region,
            ...(region.clusters !== undefined && {
              clusters: region.clusters.map((cluster) => ({
                ...cluster,
                podIdentityAssociations: Array.from({ length: 300 }, (_, index) => ({
                  id: `a-${index}`,
                  arn: `${cluster.arn}/a-${index}`,
                  namespace: `n-${index}`,
                  serviceAccount: `${large}${index}`,
                  roleArn: `arn:aws:iam::${one.id}:role/r-${index}`,
                })),
              })),
            }),
          })),
        }),
      })),
    } as Snapshot;
    const { details, strands } = detailed(crowded, account);
    expect(strands.length).toBeGreaterThan(300);
    expect(details.strands.length).toBeGreaterThan(0);
    expect(details.strands.length).toBeLessThan(strands.length);
    expect(JSON.stringify(details).length).toBeLessThan(1_050_000);
  });
});
