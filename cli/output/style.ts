import pc from 'picocolors';
import type { Severity } from '../../shared/findings/finding.ts';
import type { Io } from '../io.ts';

type Paint = (text: string) => string;

/** Colours, or none when stdout is no terminal or NO_COLOR is set. */
export interface Style {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly green: Paint;
  readonly red: Paint;
  readonly yellow: Paint;
  readonly severity: (severity: Severity) => string;
}

/** The style for an output. */
export function styleFor(io: Io): Style {
  const c = pc.createColors(io.colours);
  const paints: Record<Severity, Paint> = {
    critical: (text) => c.bold(c.red(text)),
    high: c.red,
    medium: c.yellow,
    low: c.cyan,
    info: c.dim,
  };
  return {
    bold: c.bold,
    dim: c.dim,
    green: c.green,
    red: c.red,
    yellow: c.yellow,
    severity: (severity) => paints[severity](severity.toUpperCase()),
  };
}
