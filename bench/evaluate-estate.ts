import { createHash } from 'node:crypto';
import { audit } from '../shared/audit/audit.ts';
import { defaultConfig } from '../shared/config/config.ts';
import { buildEstate } from '../shared/estate/build-estate.ts';
import type { Snapshot } from '../shared/estate/snapshot.ts';
import { type EstateSize, generateEstate } from './estates.ts';

/** The largest of the four is the size that the aim is about. */
const SIZES: readonly EstateSize[] = [
  { roles: 1_250, clusters: 120, subjects: 12_500 },
  { roles: 2_500, clusters: 250, subjects: 25_000 },
  { roles: 5_000, clusters: 500, subjects: 50_000 },
  { roles: 10_000, clusters: 1_000, subjects: 100_000 },
];
const RUNS = 3;
/** Time may grow with the estate, and hardly faster. */
const EXPONENT_GATE = 1.1;

interface Row extends EstateSize {
  readonly megabytes: number;
  readonly parse: number;
  readonly evaluate: number;
  readonly findings: number;
}

const hash = (text: string) => createHash('sha256').update(text).digest('hex');

/** Milliseconds of CPU time, which what else runs on the machine does not lengthen as it does the wall clock. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The fastest of some runs in milliseconds. */
function fastest(run: () => unknown): number {
  const times = Array.from({ length: RUNS }, () => {
    const start = cpuTime();
    run();
    return cpuTime() - start;
  });
  return Math.min(...times);
}

function measure(size: EstateSize): Row {
  const text = JSON.stringify(generateEstate(size));
  const parse = fastest(() => JSON.parse(text));
  const snapshots: Snapshot[] = Array.from({ length: RUNS }, () => JSON.parse(text));
  let findings = 0;
  let run = 0;
  const evaluate = fastest(() => {
    const snapshot = snapshots[run++];
    if (snapshot) findings = audit(buildEstate(snapshot), { config: defaultConfig, hash }).findings.length;
  });
  return { ...size, megabytes: text.length / 1e6, parse, evaluate, findings };
}

/** Slope of the least-squares line through the logarithms of size and time. */
function growthExponent(rows: readonly Row[]): number {
  const points = rows.map(({ roles, evaluate }) => [Math.log(roles), Math.log(evaluate)] as const);
  const mean = (axis: 0 | 1) => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const covariance = points.reduce((sum, [px, py]) => sum + (px - x) * (py - y), 0);
  return covariance / points.reduce((sum, [px]) => sum + (px - x) ** 2, 0);
}

// Compiled code is what is measured, at every size.
measure({ roles: 2_500, clusters: 250, subjects: 25_000 });
const rows = SIZES.map(measure);
const exponent = growthExponent(rows);

if (process.argv.includes('--json')) {
  console.log(JSON.stringify({ rows, exponent, gate: EXPONENT_GATE }, null, 2));
} else {
  console.log('  roles  clusters  subjects     MB  JSON.parse ms  evaluate ms  ratio  findings');
  for (const row of rows) {
    const cells = [
      String(row.roles).padStart(7),
      String(row.clusters).padStart(9),
      String(row.subjects).padStart(9),
      row.megabytes.toFixed(1).padStart(6),
      row.parse.toFixed(0).padStart(14),
      row.evaluate.toFixed(0).padStart(12),
      (row.evaluate / row.parse).toFixed(1).padStart(6),
      String(row.findings).padStart(9),
    ];
    console.log(cells.join(' '));
  }
  console.log(`growth exponent ${exponent.toFixed(2)} (gate: at most ${EXPONENT_GATE})`);
}
if (exponent > EXPONENT_GATE) process.exitCode = 1;
