import type { Trend, TrendPoint } from '../../data.ts';
import { SEVERITIES, SEVERITY_WORDS } from '../words.ts';
import { Scrollable } from './scrollable.tsx';

const WIDTH = 560;
const HALF = 90;
const LABELS = 18;

/** What was opened (up, by severity) and resolved (down) in each day or hour: a drawing, and the numbers as a table. */
export function TrendChart({ trend }: { readonly trend: Trend }) {
  const { points, unit } = trend;
  const up = Math.max(1, ...points.map(openedIn));
  const down = Math.max(1, ...points.map(({ resolved }) => resolved));
  const scale = HALF / Math.max(up, down);
  const step = WIDTH / points.length;
  const above = Math.round(up * scale);
  const height = above + Math.round(down * scale) + LABELS + 8;
  const opened = points.reduce((sum, point) => sum + openedIn(point), 0);
  const resolved = points.reduce((sum, point) => sum + point.resolved, 0);
  return (
    <>
      <p>
        {opened.toLocaleString('en')} new or reopened and {resolved.toLocaleString('en')} resolved,{' '}
        {words(points[0], unit)} to {words(points.at(-1), unit)} UTC
      </p>
      <svg
        class="trend"
        viewBox={`0 0 ${WIDTH} ${height}`}
        role="img"
        aria-label={`Findings opened and resolved in each ${unit}; the table below has the numbers`}
      >
        {points.map((point, index) => (
          <Bar key={point.at} point={point} x={index * step} width={step} base={above + 4} scale={scale} />
        ))}
        <path class="trend-axis" d={`M0 ${above + 4}h${WIDTH}`} />
        <text x="0" y={height - 4}>
          {words(points[0], unit)}
        </text>
        {points.length > 1 && (
          <text x={WIDTH} y={height - 4} text-anchor="end">
            {words(points.at(-1), unit)}
          </text>
        )}
      </svg>
      <ul class="legend">
        <li>
          <svg width="12" height="12" aria-hidden="true" class="swatch-opened">
            <path d="M0 0h12v12H0z" />
          </svg>{' '}
          new or reopened, in the colours of severities
        </li>
        <li>
          <svg width="12" height="12" aria-hidden="true" class="swatch-resolved">
            <path d="M0 0h12v12H0z" />
          </svg>{' '}
          resolved, downwards
        </li>
      </ul>
      <details>
        <summary>Numbers</summary>
        <Numbers points={points} unit={unit} />
      </details>
    </>
  );
}

function openedIn({ opened }: TrendPoint): number {
  return SEVERITIES.reduce((sum, severity) => sum + opened[severity], 0);
}

function words(point: TrendPoint | undefined, unit: Trend['unit']): string {
  if (point === undefined) return '';
  return unit === 'day' ? point.at.slice(0, 10) : `${point.at.slice(0, 10)} ${point.at.slice(11, 16)}`;
}

interface BarProps {
  readonly point: TrendPoint;
  readonly x: number;
  readonly width: number;
  /** Where the line between up and down is. */
  readonly base: number;
  /** Height of one finding. */
  readonly scale: number;
}

function Bar({ point, x, width, base, scale }: BarProps) {
  const gap = Math.min(6, width * 0.2);
  const wide = Math.min(56, width - gap);
  const left = x + (width - wide) / 2;
  let top = base;
  return (
    <g>
      {[...SEVERITIES].reverse().map((severity) => {
        const height = point.opened[severity] * scale;
        top -= height;
        return height === 0 ? null : (
          <rect key={severity} class={`fill-${severity}`} x={left} y={top} width={wide} height={height} />
        );
      })}
      {point.resolved > 0 && (
        <rect class="fill-resolved" x={left} y={base} width={wide} height={point.resolved * scale} />
      )}
    </g>
  );
}

function Numbers({ points, unit }: Trend) {
  return (
    <Scrollable label="Table of findings opened and resolved">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">{unit === 'day' ? 'Day' : 'Hour'} (UTC)</th>
            {SEVERITIES.map((severity) => (
              <th key={severity} scope="col">
                {SEVERITY_WORDS[severity]}
              </th>
            ))}
            <th scope="col">Resolved</th>
            <th scope="col">Accepted</th>
          </tr>
        </thead>
        <tbody>
          {points.map((point) => (
            <tr key={point.at}>
              <th scope="row">{words(point, unit)}</th>
              {SEVERITIES.map((severity) => (
                <td key={severity}>{point.opened[severity]}</td>
              ))}
              <td>{point.resolved}</td>
              <td>{point.waived}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scrollable>
  );
}
