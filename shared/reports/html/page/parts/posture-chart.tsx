import type { Posture, PosturePoint } from '../../data.ts';
import { counted, SEVERITIES, SEVERITY_WORDS, timeWords } from '../words.ts';
import { Scrollable } from './scrollable.tsx';
import { SeverityMark } from './severity.tsx';

const WIDTH = 560;
const HEIGHT = 110;
const TOP = 14;
const LABELS = 18;
/** Bars that are drawn: of more points the newest. */
const MOST_BARS = 90;

/** How many findings were open at each point, by severity: a drawing, and the numbers as a table. */
export function PostureChart({ posture: { source, points } }: { readonly posture: Posture }) {
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined) return null;
  const bars = points.slice(-MOST_BARS);
  const doubtful = bars.some(({ doubt }) => doubt !== undefined);
  return (
    <>
      <p>
        {points.length === 1 ? (
          <>{counted(openAt(last), 'finding')} open</>
        ) : (
          <>
            From {openAt(first).toLocaleString('en')} to {counted(openAt(last), 'finding')} open
          </>
        )}
        {source === 'scans' ? (
          <>
            , counted at the end of {points.length === 1 ? 'this scan' : `each of ${points.length} scans`}.
            Nothing is known of the time before {timeWords(first.at)}.
          </>
        ) : (
          <>
            , by the history since {timeWords(first.at)}; what it does not tell of counts as it is now, all
            along.
          </>
        )}
      </p>
      <Drawing bars={bars} />
      <ul class="legend">
        {SEVERITIES.filter((severity) => bars.some(({ open }) => open[severity] > 0)).map((severity) => (
          <li key={severity}>
            <SeverityMark severity={severity} /> {SEVERITY_WORDS[severity]}
          </li>
        ))}
        {doubtful && <li>? not every account was read: findings there are as old as their last reading</li>}
      </ul>
      <details>
        <summary>Numbers</summary>
        <Numbers points={points} />
      </details>
    </>
  );
}

function openAt({ open }: PosturePoint): number {
  return SEVERITIES.reduce((sum, severity) => sum + open[severity], 0);
}

function Drawing({ bars }: { readonly bars: readonly PosturePoint[] }) {
  const most = Math.max(1, ...bars.map(openAt));
  const step = WIDTH / bars.length;
  const wide = Math.min(40, step - Math.min(6, step * 0.2));
  const base = TOP + HEIGHT;
  return (
    <svg
      class="trend"
      viewBox={`0 0 ${WIDTH} ${base + LABELS + 4}`}
      role="img"
      aria-label="Open findings over time, by severity; the table below has the numbers"
    >
      {bars.map((point, index) => (
        <Bar
          key={point.at}
          point={point}
          left={index * step + (step - wide) / 2}
          width={wide}
          scale={HEIGHT / most}
        />
      ))}
      <path class="trend-axis" d={`M0 ${base}h${WIDTH}`} />
      <text x="0" y={base + LABELS}>
        {timeWords(bars[0]?.at ?? '')}
      </text>
      {bars.length > 1 && (
        <text x={WIDTH} y={base + LABELS} text-anchor="end">
          {timeWords(bars.at(-1)?.at ?? '')}
        </text>
      )}
    </svg>
  );
}

interface BarProps {
  readonly point: PosturePoint;
  readonly left: number;
  readonly width: number;
  /** Height of one finding. */
  readonly scale: number;
}

function Bar({ point, left, width, scale }: BarProps) {
  let top = TOP + HEIGHT;
  return (
    <g>
      {[...SEVERITIES].reverse().map((severity) => {
        const height = point.open[severity] * scale;
        top -= height;
        return height === 0 ? null : (
          <rect key={severity} class={`fill-${severity}`} x={left} y={top} width={width} height={height} />
        );
      })}
      {point.doubt !== undefined && (
        <text x={left + width / 2} y={top - 3} text-anchor="middle">
          ?
        </text>
      )}
    </g>
  );
}

function Numbers({ points }: { readonly points: readonly PosturePoint[] }) {
  const steps = points.some(({ opened }) => opened !== undefined);
  const doubtful = points.some(({ doubt }) => doubt !== undefined);
  return (
    <Scrollable label="Table of open findings over time">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">When (UTC)</th>
            {SEVERITIES.map((severity) => (
              <th key={severity} scope="col">
                {SEVERITY_WORDS[severity]}
              </th>
            ))}
            <th scope="col">Accepted</th>
            {steps && <th scope="col">New</th>}
            {steps && <th scope="col">Resolved</th>}
            {doubtful && <th scope="col">In doubt</th>}
          </tr>
        </thead>
        <tbody>
          {[...points].reverse().map(({ at, open, waived, opened, resolved, doubt }) => (
            <tr key={at}>
              <th scope="row">{timeWords(at).replace(' UTC', '')}</th>
              {SEVERITIES.map((severity) => (
                <td key={severity}>{open[severity]}</td>
              ))}
              <td>{waived}</td>
              {steps && <td>{opened ?? <span class="muted">not known</span>}</td>}
              {steps && <td>{resolved ?? <span class="muted">not known</span>}</td>}
              {doubtful && <td>{doubt}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </Scrollable>
  );
}
