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

/** How many open findings of which rule in which cluster, and how bad the worst is; each number leads to its findings. */
export function HeatTable({ map: { columns, rows }, data }: HeatProps) {
  const { to } = useNavigation();
  if (rows.length === 0) return <p>No finding is open, and no rule was left undecided.</p>;
  const anyUndecided = rows.some(({ undecided }) => undecided > 0);
  return (
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
                <td>
                  {undecided > 0 && (
                    <a class="cell cell-undecided" href={to({ ...listRoute({}), view: 'undecided' })}>
                      ? {undecided}
                    </a>
                  )}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      <p class="muted">An empty cell: no open finding. That is no pass where something was not decided.</p>
    </Scrollable>
  );
}

interface CellProps {
  readonly cell: HeatCell;
  readonly rule: string;
  readonly column: HeatColumn | undefined;
}

function Cell({ cell: { count, worst }, rule, column }: CellProps) {
  const { to } = useNavigation();
  if (worst === null) return <td />;
  const words = `${counted(count, `${worst} finding`)} of ${rule}, ${column?.label ?? ''}`;
  const inside = (
    <>
      <SeverityMark severity={worst} />
      {count}
    </>
  );
  const key = column?.key ?? null;
  return (
    <td>
      {key === null ? (
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
      )}
    </td>
  );
}
