import { useMemo } from 'preact/hooks';
import type { ReportData } from '../../data.ts';
import { heatMap } from '../heat-map.ts';
import { useNavigation } from '../navigation.ts';
import { HeatTable } from '../parts/heat-table.tsx';
import { PlaceLine } from '../parts/place.tsx';
import { Posture } from '../parts/posture.tsx';
import { PostureChart } from '../parts/posture-chart.tsx';
import { SeverityBadge } from '../parts/severity.tsx';
import { TrendChart } from '../parts/trend-chart.tsx';
import { listRoute, NO_FILTER } from '../route.ts';
import { counted, timeWords } from '../words.ts';

const WORST = 10;

/** The whole at a glance: how many of which severity, what to look at first, what changed, and where it is. */
export function OverviewView({ data }: { readonly data: ReportData }) {
  const { to } = useNavigation();
  const { summary, takenAt, findings, trend, posture } = data;
  const map = useMemo(() => heatMap(data), [data]);
  const worst = findings.filter(({ status }) => status === 'open').slice(0, WORST);
  return (
    <>
      <section aria-labelledby="overview-title">
        <h1 id="overview-title">
          AWS identity of {counted(summary.clusters, 'EKS cluster')} in {counted(summary.accounts, 'account')}
        </h1>
        <p class="lead">
          {counted(summary.roles, 'role')}, read {timeWords(takenAt)}
        </p>
        <Posture data={data} />
      </section>
      <div class="columns">
        <section aria-labelledby="worst-title" class="card">
          <h2 id="worst-title">Look at first</h2>
          {worst.length === 0 ? (
            <p>
              No finding is open
              {data.coverage.length > 0 ? ', which is no pass for what was not decided.' : '.'}
            </p>
          ) : (
            <ol class="plain worst">
              {worst.map((finding) => (
                <li key={finding.fingerprint}>
                  <SeverityBadge severity={finding.severity} />
                  <span>
                    <a href={to({ view: 'findings', finding: finding.fingerprint, filter: NO_FILTER })}>
                      {finding.title}
                    </a>
                    <span class="row-place">
                      <PlaceLine finding={finding} />
                    </span>
                  </span>
                </li>
              ))}
            </ol>
          )}
          <p>
            <a href={to(listRoute({ status: 'open' }))}>All open findings</a>
          </p>
        </section>
        <section aria-labelledby="trend-title" class="card">
          <h2 id="trend-title">Over time</h2>
          {trend === null && posture === null && (
            <p class="muted">
              Nothing is known of earlier times: this report was made without a history (
              <code>podtrust report --history FILE</code>).
            </p>
          )}
          {posture !== null && (
            <>
              <h3>Open findings</h3>
              <PostureChart posture={posture} />
            </>
          )}
          {trend !== null && (
            <>
              <h3>Opened and resolved</h3>
              <TrendChart trend={trend} />
            </>
          )}
        </section>
      </div>
      <section aria-labelledby="heat-title" class="card">
        <h2 id="heat-title">Rules and clusters</h2>
        <HeatTable map={map} data={data} />
      </section>
    </>
  );
}
