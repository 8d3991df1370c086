import { useEffect, useState } from 'preact/hooks';
import type { ReportData } from '../../data.ts';
import { useNavigation } from '../navigation.ts';
import { Pager } from '../parts/pager.tsx';
import { shortened } from '../parts/place.tsx';
import { Scrollable } from '../parts/scrollable.tsx';
import { Long, Mono } from '../parts/text.tsx';
import { listRoute } from '../route.ts';
import { counted } from '../words.ts';

const PER_PAGE = 100;

/** What could not be read or decided: none of it is a pass. */
export function UndecidedView({ data }: { readonly data: ReportData }) {
  const { route } = useNavigation();
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
      <Checks data={data} rule={route.filter.rule} />
    </section>
  );
}

/** Checks that were not decided, by rule and place; of one rule, where a reader came for it. */
function Checks({ data, rule }: { readonly data: ReportData; readonly rule: string }) {
  const { to } = useNavigation();
  const [page, setPage] = useState(1);
  useEffect(() => setPage(1), [rule]);
  const checks = data.undecided.filter((one) => rule === '' || one.rule === rule || one.rule === '*');
  if (data.undecided.length === 0) return null;
  return (
    <section aria-labelledby="checks-title">
      <h2 id="checks-title">Checks that were not decided</h2>
      {rule !== '' && (
        <p>
          Of <code>{shortened(rule)}</code>.{' '}
          <a href={to({ ...listRoute({}), view: 'undecided' })}>Of all rules</a>
        </p>
      )}
      <CheckTable checks={checks.slice((page - 1) * PER_PAGE, page * PER_PAGE)} data={data} />
      <Pager
        page={page}
        pages={Math.ceil(checks.length / PER_PAGE)}
        turn={setPage}
        what="rows of checks not decided"
      />
    </section>
  );
}

function CheckTable({
  checks,
  data,
}: {
  readonly checks: ReportData['undecided'];
  readonly data: ReportData;
}) {
  return (
    <Scrollable label="Table of checks that were not decided">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">Rule</th>
            <th scope="col">Account</th>
            <th scope="col">Cluster</th>
            <th scope="col">Checks</th>
          </tr>
        </thead>
        <tbody>
          {checks.map(({ rule, account, cluster, count, whole }, index) => (
            <tr key={`${index}`}>
              <td>
                {rule === '*' ? (
                  'Every rule'
                ) : (
                  <>
                    <span class="muted">{data.rules[rule]?.number}</span> <Mono text={rule} />
                  </>
                )}
              </td>
              <td>{account === '' ? <span class="muted">several</span> : <Mono text={account} />}</td>
              <td>{cluster !== undefined && <Long text={cluster} />}</td>
              <td>{whole === true ? 'all: what it looks at was not read' : count.toLocaleString('en')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scrollable>
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
