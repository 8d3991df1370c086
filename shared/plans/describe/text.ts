import type { Plan } from '../../changes/plan.ts';
import { headingOf, type Line, linesOf } from './lines.ts';
import { NO_FINDING, sectionsOf } from './sections.ts';

/** How a plan looks in a terminal; the identity for one without colours. */
export interface Paints {
  readonly title: (text: string) => string;
  readonly added: (text: string) => string;
  readonly removed: (text: string) => string;
}

const NO_PAINTS: Paints = { title: same, added: same, removed: same };

function same(text: string): string {
  return text;
}

/** A plan as a diff that a reviewer reads. Names in it come from strangers: whoever prints it makes them safe by `safe`. */
export function planText(
  plan: Plan,
  digest: string,
  safe: (text: string) => string,
  paints: Paints = NO_PAINTS,
): string {
  const changes = plan.changes.flatMap((change) => {
    const { sign, words } = headingOf(change);
    return [
      `  ${sign} ${safe(words)}`,
      ...linesOf(change).map((line) => `      ${painted(line, safe, paints)}`),
      '',
    ];
  });
  const sections = sectionsOf(plan).flatMap(({ title, lines }) => [
    paints.title(title),
    ...lines.flatMap((text) => text.split('\n').map((line) => `  ${safe(line)}`)),
    '',
  ]);
  const snippets = plan.snippets.flatMap(({ title, target, text }) => [
    paints.title(safe(`${title}: ${target}`)),
    ...text
      .trimEnd()
      .split('\n')
      .map((line) => `  ${safe(line)}`),
    '',
  ]);
  return [
    paints.title(safe(plan.title)),
    `  answers ${plan.answers.map(({ rule, fingerprint }) => `${rule} ${fingerprint}`).join(', ') || NO_FINDING}`,
    `  risk    ${plan.risk.level}`,
    `  digest  ${digest}`,
    '',
    ...changes,
    ...sections,
    ...snippets,
  ].join('\n');
}

function painted({ sign, text }: Line, safe: (text: string) => string, { added, removed }: Paints): string {
  const line = `${sign} ${safe(text)}`.trimEnd();
  return sign === '+' ? added(line) : sign === '-' ? removed(line) : line;
}
