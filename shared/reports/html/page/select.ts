import type { ReportFinding } from '../data.ts';
import type { Filter } from './route.ts';

/** A cluster of a finding, by account and name: regions are not always known. Empty: the finding is about no cluster. */
export function clusterKey({ cluster, account, clusterAccount = account }: ReportFinding): string {
  return cluster === undefined ? '' : `${clusterAccount}/${cluster}`;
}

/** Everything of a finding that a search looks at, in lower case. */
function searchText(finding: ReportFinding): string {
  const { title, detail, rule, number, fingerprint, consequences, remedy } = finding;
  const { account, region, cluster, namespace, serviceAccount, role, principal } = finding;
  const place = [account, region, cluster, namespace, serviceAccount, role, principal];
  return [title, detail, rule, number, fingerprint, remedy, ...place, ...consequences]
    .filter((part) => part !== undefined)
    .join('\n')
    .toLowerCase();
}

/** A list of findings that is asked again and again: what a search looks at is put together once. */
export function finder(findings: readonly ReportFinding[]): (filter: Filter) => readonly ReportFinding[] {
  let texts: readonly string[] | undefined;
  return (filter) => {
    const words = filter.text
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '');
    if (words.length > 0) texts ??= findings.map(searchText);
    return findings.filter(
      (finding, index) => passes(finding, filter) && words.every((word) => texts?.[index]?.includes(word)),
    );
  };
}

function passes(finding: ReportFinding, { severities, status, rule, account, cluster }: Filter): boolean {
  return (
    (severities.length === 0 || severities.includes(finding.severity)) &&
    (status === '' || finding.status === status) &&
    (rule === '' || finding.rule === rule) &&
    (account === '' || finding.account === account) &&
    (cluster === '' || clusterKey(finding) === cluster)
  );
}
