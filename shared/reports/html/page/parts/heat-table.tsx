import type { ReportData } from '../../data.ts';
import type { HeatCell, HeatColumn, HeatMap } from '../heat-map.ts';
import { useNavigation } from '../navigation.ts';
import { listRoute } from '../route.ts';
import { counted } from '../words.ts';
import { shortened } from './place.tsx';
import { Scrollable } from './scrollable.tsx';
import { SeverityMark } from './severity.tsx';

interface HeatProps {
  readonly map: HeatMap;
  readonly data: ReportData;
}

/**
 * How many open findings of which rule in which cluster, how bad the worst is, and what was not decided there; each number
 * leads to what it counts.
 */
export function HeatTable({ map: { columns, rows }, data }: HeatProps) {
  const { to } = useNavigation();
  if (rows.length === 0)
    return (
      <p>
        No finding is open, and no check was left undecided
        {data.coverage.length > 0 ? ', but some reads are missing, which is no pass.' : '.'}
      </p>
    );
  const anyUndecided = data.undecided.length > 0;
  return (
    <>
      <p class="muted heat-key">
        A number: open findings, in the form of the worst.{' '}
        {anyUndecided && (
          <>
            <span class="cell cell-undecided cell-sample">?</span> and a number: checks that were not decided,
            which is no pass.{' '}
          </>
        )}
        Empty: nothing is open{anyUndecided && ', and nothing undecided'}. Clusters and rules without either
        are left out.
      </p>
      <Scrollable label="Table of rules and clusters">
        <table class="heat">
          <thead>
            <tr>
              <th scope="col">Rule</th>
              {columns.map(({ key, label }) => (
                <th key={key ?? label} scope="col">
                  <bdi>{shortened(label, 24)}</bdi>
                </th>
              ))}
              {anyUndecided && <th scope="col">Not decided</th>}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ rule, cells, undecided }) => (
              <tr key={rule}>
                <th scope="row">
                  <a href={to(listRoute({ rule, status: 'open' }))}>
                    <span class="muted">{data.rules[rule]?.number}</span> {rule}
                  </a>
                </th>
                {cells.map((cell, index) => (
                  <Cell key={`${index}`} cell={cell} rule={rule} column={columns[index]} />
                ))}
                {anyUndecided && (
                  <td>{undecided > 0 && <Undecided count={undecided} rule={rule} where="everywhere" />}</td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </Scrollable>
    </>
  );
}

interface UndecidedProps {
  readonly count: number;
  readonly rule: string;
  readonly where: string;
}

function Undecided({ count, rule, where }: UndecidedProps) {
  const { to } = useNavigation();
  return (
    <a
      class="cell cell-undecided"
      aria-label={`${counted(count, 'check')} of ${rule} not decided, ${where}`}
      href={to({ ...listRoute({ rule }), view: 'undecided' })}
    >
      ? {count.toLocaleString('en')}
    </a>
  );
}

interface CellProps {
  readonly cell: HeatCell;
  readonly rule: string;
  readonly column: HeatColumn | undefined;
}

function Cell({ cell, rule, column }: CellProps) {
  const where = column?.label ?? '';
  return (
    <td>
      <div class="cells">
        <Found cell={cell} rule={rule} column={column} />
        {cell.undecided > 0 && <Undecided count={cell.undecided} rule={rule} where={where} />}
      </div>
    </td>
  );
}

function Found({ cell: { count, worst }, rule, column }: CellProps) {
  const { to } = useNavigation();
  if (worst === null) return null;
  const words = `${counted(count, `${worst} finding`)} of ${rule}, ${column?.label ?? ''}`;
  const inside = (
    <>
      <SeverityMark severity={worst} />
      {count}
    </>
  );
  const key = column?.key ?? null;
  return key === null ? (
    <span class={`cell cell-${worst}`} role="img" aria-label={words}>
      {inside}
    </span>
  ) : (
    <a
      class={`cell cell-${worst}`}
      aria-label={words}
      href={to(listRoute({ rule, cluster: key, status: 'open' }))}
    >
      {inside}
    </a>
  );
}
