import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { audit } from '../../../shared/audit/audit.ts';
import { defaultConfig } from '../../../shared/config/config.ts';
import { buildEstate } from '../../../shared/estate/build-estate.ts';
import type { Finding } from '../../../shared/findings/finding.ts';
import { sha256 } from '../../../shared/lambda/hash.ts';
import type { LintOptions } from '../../../shared/lint/lint.ts';
import { demoSnapshot } from '../../../simulator/demo/organization.ts';
import { linted } from '../../support/lint.ts';
import { asManifests, asPlan, asTemplate } from '../../support/written-as.ts';

const snapshot = demoSnapshot();
/** What was compared, over all files. */
const told: string[] = [];
const judged = audit(buildEstate(snapshot), { config: defaultConfig, hash: sha256 });
const places = snapshot.accounts.flatMap((account) =>
  (account.regions ?? [])
    .filter(({ clusters }) => (clusters ?? []).length > 0)
    .map((region) => ({ account, region })),
);

const placeOf = ({ rule, account, region, cluster, namespace, serviceAccount, role, principal }: Place) =>
  JSON.stringify([rule, account, region, cluster, namespace, serviceAccount, role, principal]);
type Place = Pick<
  Finding,
  'rule' | 'account' | 'region' | 'cluster' | 'namespace' | 'serviceAccount' | 'role' | 'principal'
>;

/** The findings of a file with the demo organization for context, as places of the audit. */
function foundIn(text: string, change: Partial<LintOptions>): string[] {
  const { failures } = linted(text, { snapshot, ...change });
  const found = failures.map(({ failure: { rule, where } }) => placeOf({ rule: rule.name, ...where })).sort();
  told.push(...found);
  return found;
}

/** What the audit finds of the roles of an account, and of associations and entries of a region. */
function audited(about: (finding: Finding) => boolean): string[] {
  return judged.findings
    .filter((finding) => finding.kind !== 'blind' && about(finding))
    .map(placeOf)
    .sort();
}

describe.each(places)(
  'the account $account.name in $region.name, with the rest of the organization for context',
  ({ account, region }) => {
    const place = { account: account.id, region: region.name };
    const clusters = new Set((region.clusters ?? []).map(({ name }) => name));
    const roles = new Set((account.roles ?? []).map(({ arn }) => arn));
    it.each([
      ['CloudFormation template', () => JSON.stringify(asTemplate(account, region.name), null, 2)],
      ['Terraform plan', () => JSON.stringify(asPlan(account, region.name), null, 2)],
    ])('a %s of it gives exactly what the audit finds there', (_kind, text) => {
      const found = foundIn(text(), { place });
      const all = audited(() => true);
      expect(found.filter((one) => !all.includes(one))).toEqual([]);
      const expected = audited(
        (one) =>
          one.role !== undefined &&
          roles.has(one.role) &&
          (one.namespace === undefined || clusters.has(one.cluster ?? '')),
      );
      expect(expected.filter((one) => !found.includes(one))).toEqual([]);
    });
  },
);

describe.each(
  places.flatMap(({ account, region }) =>
    (region.clusters ?? []).map((cluster) => ({ account, region, cluster })),
  ),
)('the manifests of $cluster.name', ({ account, region, cluster }) => {
  it('give exactly what the audit finds of its ServiceAccounts and aws-auth', () => {
    const text = asManifests(cluster)
      .map((one) => stringify(one))
      .join('---\n');
    const found = foundIn(text, {
      cluster: { account: account.id, region: region.name, name: cluster.name },
    });
    const all = audited(() => true);
    expect(found.filter((one) => !all.includes(one))).toEqual([]);
    const names = new Set(
      (cluster.kubernetes?.serviceAccounts ?? []).map(({ namespace, name }) => `${namespace}/${name}`),
    );
    const expected = audited(
      (one) =>
        one.cluster === cluster.name &&
        one.account === account.id &&
        names.has(`${one.namespace}/${one.serviceAccount}`),
    );
    expect(expected.filter((one) => !found.includes(one))).toEqual([]);
  });
});

it('these are not empty comparisons', () => {
  expect(told.length).toBeGreaterThan(150);
  expect(new Set(told.map((one) => JSON.parse(one)[0])).size).toBeGreaterThan(25);
});
