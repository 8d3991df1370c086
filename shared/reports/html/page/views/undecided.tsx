import { useState } from 'preact/hooks';
import type { ReportData } from '../../data.ts';
import { Pager } from '../parts/pager.tsx';
import { Scrollable } from '../parts/scrollable.tsx';
import { Long, Mono } from '../parts/text.tsx';
import { counted } from '../words.ts';

const PER_PAGE = 100;

/** What could not be read or decided: none of it is a pass. */
export function UndecidedView({ data }: { readonly data: ReportData }) {
  const [page, setPage] = useState(1);
  const { coverage } = data;
  const shown = coverage.slice((page - 1) * PER_PAGE, page * PER_PAGE);
  return (
    <section aria-labelledby="undecided-title">
      <h1 id="undecided-title">Not decided</h1>
      {coverage.length === 0 ? (
        <p class="lead">Every read that the rules ask for was made, and every check was decided.</p>
      ) : (
        <p class="lead">
          {counted(coverage.length, 'thing')} could not be read or decided. Where nothing was found for them,
          that is no pass.
        </p>
      )}
      {coverage.length > 0 && <CoverageTable lines={shown} />}
      <Pager
        page={page}
        pages={Math.ceil(coverage.length / PER_PAGE)}
        turn={setPage}
        what="things not decided"
      />
    </section>
  );
}

/** Lines of coverage as a table. */
export function CoverageTable({ lines }: { readonly lines: ReportData['coverage'] }) {
  return (
    <Scrollable label="Table of what was not decided">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">Where</th>
            <th scope="col">Missing read</th>
            <th scope="col">Why</th>
            <th scope="col">Rule</th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ subject, read, reason, rule }, index) => (
            <tr key={`${index}`}>
              <td>
                <Long text={subject} />
              </td>
              <td>
                <Mono text={read} />
              </td>
              <td>
                <Long text={reason} />
              </td>
              <td>
                {rule === undefined ? <span class="muted">the read itself</span> : <Mono text={rule} />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scrollable>
  );
}
