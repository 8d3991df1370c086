import type { ReportFinding } from '../../data.ts';
import { Mono } from './text.tsx';

/** Where a finding is, in one line: the narrowest names. */
export function PlaceLine({ finding }: { readonly finding: ReportFinding }) {
  const { account, cluster, namespace, serviceAccount, role, principal } = finding;
  const parts = [
    cluster,
    serviceAccount === undefined ? namespace : `${namespace ?? ''}/${serviceAccount}`,
    lastOf(role),
    role === principal ? undefined : lastOf(principal),
  ].filter((part) => part !== undefined && part !== '');
  return (
    <>
      {(parts.length === 0 ? [account] : parts).map((part, index) => (
        <span key={`${index} ${part}`} class="place-part">
          <bdi>{shortened(part ?? '')}</bdi>
        </span>
      ))}
    </>
  );
}

function lastOf(arn: string | undefined): string | undefined {
  return arn?.slice(arn.lastIndexOf('/') + 1);
}

/** Names in lists are cut: the whole one is beside the finding. */
export function shortened(text: string, longest = 80): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}…`;
}

const FIELDS = [
  ['account', 'Account'],
  ['region', 'Region'],
  ['cluster', 'Cluster'],
  ['clusterAccount', 'Account of the cluster'],
  ['namespace', 'Namespace'],
  ['serviceAccount', 'ServiceAccount'],
  ['role', 'Role'],
  ['principal', 'Principal'],
] as const;

/** Where a finding is, name by name. */
export function PlaceList({ finding }: { readonly finding: ReportFinding }) {
  return (
    <dl class="facts">
      {FIELDS.flatMap(([field, word]) => {
        const value = finding[field];
        if (value === undefined) return [];
        return [
          <div key={field}>
            <dt>{word}</dt>
            <dd>
              <Mono text={value} />
            </dd>
          </div>,
        ];
      })}
    </dl>
  );
}
