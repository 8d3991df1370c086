import type { ReportData, ReportFinding } from '../../data.ts';
import { allPaths } from '../graph/paths.ts';
import { FindingBody } from '../parts/finding-body.tsx';
import { PathTable } from '../parts/paths.tsx';
import { counted } from '../words.ts';
import { FindingTags } from './finding.tsx';
import { OverviewView } from './overview.tsx';
import { CoverageTable } from './undecided.tsx';

/** Findings that are printed with all their parts; of more, the rest as one line each. */
const MOST_WHOLE = 300;
const MOST_PATHS = 1000;

interface PrintedProps {
  readonly data: ReportData;
  /** Those that pass the filter: what is printed is what was asked for. */
  readonly findings: readonly ReportFinding[];
}

/** The report on paper: posture, every finding with its parts, what was not decided, and who gets to what. */
export function PrintedReport({ data, findings }: PrintedProps) {
  const rest = findings.slice(MOST_WHOLE);
  const paths = data.graph === null ? [] : allPaths(data.graph);
  return (
    <>
      <OverviewView data={data} />
      <section>
        <h2>Findings</h2>
        <p>
          {findings.length === data.findings.length
            ? counted(findings.length, 'finding')
            : `${counted(findings.length, 'finding')} of ${data.findings.length}, by the filter of the page`}
          {rest.length > 0 && `; the first ${MOST_WHOLE} in full, the others in a line each`}.
        </p>
        {findings.slice(0, MOST_WHOLE).map((finding) => (
          <article key={finding.fingerprint} class="printed-finding">
            <h3>{finding.title}</h3>
            <FindingTags finding={finding} />
            <FindingBody finding={finding} data={data} level={4} />
          </article>
        ))}
        {rest.length > 0 && (
          <ul>
            {rest.map(({ fingerprint, severity, number, title, account, cluster, role }) => (
              <li key={fingerprint}>
                {severity}, {number}: {title} (
                {[account, cluster, role].filter((one) => one !== undefined).join(', ')})
              </li>
            ))}
          </ul>
        )}
      </section>
      {data.coverage.length > 0 && (
        <section>
          <h2>Not decided</h2>
          <CoverageTable lines={data.coverage} />
        </section>
      )}
      {paths.length > 0 && (
        <section>
          <h2>Who gets to what</h2>
          {paths.length > MOST_PATHS && (
            <p>
              The first {MOST_PATHS} of {paths.length} paths.
            </p>
          )}
          <PathTable paths={paths.slice(0, MOST_PATHS)} />
        </section>
      )}
    </>
  );
}
