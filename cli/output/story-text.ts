import { describeActor } from '../../shared/findings/cause.ts';
import type { Severity } from '../../shared/findings/finding.ts';
import type { Transition } from '../../shared/findings/transition.ts';
import type { Io } from '../io.ts';
import { plain } from './plain.ts';
import { type Style, styleFor } from './style.ts';

const MARKS: Readonly<Record<Transition['change'], string>> = {
  new: '+',
  changed: '~',
  resolved: '✓',
  reopened: '+',
  waived: '·',
};

/** One step of a finding's life, in a few lines: what, where, after which change, and what that did. */
export function transitionText(transition: Transition, io: Io): string {
  const style = styleFor(io);
  const { change, finding, causes, effect, lastChange } = transition;
  const [newest] = causes;
  const known = newest ?? (lastChange?.outcome === 'found' ? lastChange.change : undefined);
  const head = `${MARKS[change]} ${change} [${finding.severity}] ${plain(finding.title)}`;
  const lines = [
    coloured(head, transition, style),
    `  ${plain(finding.detail)}`,
    ...(known === undefined
      ? []
      : [
          style.dim(
            `  ${newest === undefined ? 'last change' : 'after'} ${plain(known.eventName)} by ${plain(describeActor(known.actor))}${known.sourceAddress === undefined ? '' : ` from ${plain(known.sourceAddress)}`}`,
          ),
        ]),
    ...(effect?.gained === undefined ? [] : [`  gets in now: ${plain(effect.gained)}`]),
    ...(effect?.lost === undefined ? [] : [`  does not any more: ${plain(effect.lost)}`]),
  ];
  return lines.map((line) => `    ${line}\n`).join('');
}

function coloured(text: string, { change, finding }: Transition, style: Style): string {
  if (change === 'resolved') return style.green(text);
  return LOUD.has(finding.severity) ? style.red(text) : text;
}

const LOUD: ReadonlySet<Severity> = new Set(['critical', 'high']);

/** `13 that were there before: 2 high, 11 low`. */
export function standingText(standing: readonly Transition[]): string {
  const counts = new Map<Severity, number>();
  for (const { finding } of standing) counts.set(finding.severity, (counts.get(finding.severity) ?? 0) + 1);
  const parts = [...counts].map(([severity, count]) => `${count} ${severity}`);
  return `    ${standing.length} that no event is behind: ${parts.join(', ')}\n`;
}
