import type { ReportData } from '../../data.ts';
import { useNavigation } from '../navigation.ts';
import { listRoute } from '../route.ts';
import { counted, SEVERITIES, SEVERITY_WORDS } from '../words.ts';
import { SeverityMark } from './severity.tsx';

/** Open findings by severity, and beside them what is accepted and what could not be decided: neither is a pass. */
export function Posture({ data }: { readonly data: ReportData }) {
  const { to } = useNavigation();
  const { summary, coverage } = data;
  return (
    <>
      <ul class="tiles" aria-label="Open findings by severity">
        {SEVERITIES.map((severity) => {
          const count = summary.findings[severity] ?? 0;
          return (
            <li key={severity}>
              <a
                class={`tile tile-${severity}${count === 0 ? ' tile-none' : ''}`}
                href={to(listRoute({ severities: [severity], status: 'open' }))}
              >
                <span class="tile-count">{count.toLocaleString('en')}</span>
                <span class="tile-word">
                  <SeverityMark severity={severity} />
                  {SEVERITY_WORDS[severity]}
                </span>
              </a>
            </li>
          );
        })}
        <li>
          <a class="tile tile-quiet" href={to(listRoute({ status: 'waived' }))}>
            <span class="tile-count">{summary.waived.toLocaleString('en')}</span>
            <span class="tile-word">Accepted</span>
          </a>
        </li>
        <li>
          <a
            class={`tile tile-undecided${coverage.length === 0 ? ' tile-none' : ''}`}
            href={to({ ...listRoute({}), view: 'undecided' })}
          >
            <span class="tile-count">{coverage.length.toLocaleString('en')}</span>
            <span class="tile-word">Not decided</span>
          </a>
        </li>
      </ul>
      {coverage.length > 0 && (
        <p class="note">
          {counted(coverage.length, 'thing')} could not be read or decided. Nothing found there is no pass.
        </p>
      )}
    </>
  );
}
