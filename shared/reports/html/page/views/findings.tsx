import { useEffect, useRef } from 'preact/hooks';
import type { ReportData, ReportFinding } from '../../data.ts';
import { useNavigation } from '../navigation.ts';
import { Filters } from '../parts/filters.tsx';
import { Pager } from '../parts/pager.tsx';
import { PlaceLine, shortened } from '../parts/place.tsx';
import { SeverityBadge } from '../parts/severity.tsx';
import { counted } from '../words.ts';
import { FindingDetail } from './finding.tsx';

const PER_PAGE = 50;

interface FindingsProps {
  readonly data: ReportData;
  /** Those that pass the filter. */
  readonly found: readonly ReportFinding[];
}

/** The list of findings, and beside it the one that is open. */
export function FindingsView({ data, found }: FindingsProps) {
  const { route, go, to } = useNavigation();
  const opener = useRef<string>('');
  const open = data.findings.find(({ fingerprint }) => fingerprint === route.finding);
  useEffect(() => {
    if (route.finding !== '') opener.current = route.finding;
    else if (opener.current !== '') document.getElementById(`row-${opener.current}`)?.focus();
  }, [route.finding]);
  useEffect(() => {
    const close = ({ key }: KeyboardEvent) => {
      if (key === 'Escape' && route.finding !== '') go({ finding: '' });
    };
    addEventListener('keydown', close);
    return () => removeEventListener('keydown', close);
  });
  const missing = route.finding !== '' && open === undefined;
  return (
    <div class={open === undefined ? 'findings' : 'findings with-detail'}>
      <section class="list" aria-labelledby="findings-title">
        <h1 id="findings-title">Findings</h1>
        <Filters data={data} />
        {missing && (
          <p class="note" role="alert">
            This report has no finding <code>{shortened(route.finding)}</code>.
          </p>
        )}
        <p class="count" role="status">
          {found.length === data.findings.length
            ? counted(found.length, 'finding')
            : `${found.length.toLocaleString('en')} of ${counted(data.findings.length, 'finding')}`}
          {found.length === 0 && data.coverage.length > 0 && ', which is no pass for what was not decided'}
        </p>
        <FindingList found={found} page={route.page} current={route.finding} />
        <Pager
          page={route.page}
          pages={Math.ceil(found.length / PER_PAGE)}
          turn={(page) => go({ page })}
          what="findings"
        />
      </section>
      {open !== undefined && (
        <FindingDetail key={open.fingerprint} finding={open} data={data} close={to({ finding: '' })} />
      )}
    </div>
  );
}

interface ListProps {
  readonly found: readonly ReportFinding[];
  readonly page: number;
  readonly current: string;
}

function FindingList({ found, page, current }: ListProps) {
  const { to } = useNavigation();
  const shown = found.slice((page - 1) * PER_PAGE, page * PER_PAGE);
  return (
    <ol class="rows" start={(page - 1) * PER_PAGE + 1}>
      {shown.map((finding) => (
        <li key={finding.fingerprint} class={finding.fingerprint === current ? 'row current' : 'row'}>
          <SeverityBadge severity={finding.severity} />
          <a
            id={`row-${finding.fingerprint}`}
            class="row-title"
            href={to({ view: 'findings', finding: finding.fingerprint })}
            aria-current={finding.fingerprint === current ? 'true' : undefined}
          >
            {finding.title}
          </a>
          <span class="row-place">
            <PlaceLine finding={finding} />
          </span>
          <span class="row-rule">
            {finding.status !== 'open' && (
              <span class={`state state-${finding.status}`}>{finding.status}</span>
            )}
            {finding.number}
          </span>
        </li>
      ))}
    </ol>
  );
}
