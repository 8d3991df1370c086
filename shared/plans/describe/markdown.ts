import type { Plan } from '../../changes/plan.ts';
import { neutral } from '../../reports/neutral.ts';
import { headingOf, linesOf } from './lines.ts';
import { NO_FINDING, sectionsOf } from './sections.ts';

/** A plan as Markdown, for a pull request or a ticket; whatever strangers wrote is escaped or fenced. */
export function planMarkdown(plan: Plan, digest: string): string {
  const changes = plan.changes.flatMap((change) => {
    const { sign, words } = headingOf(change);
    const lines = linesOf(change).map((line) => `${line.sign}${line.text}`);
    return [
      `### ${sign === '~' ? 'Change' : sign === '+' ? 'Create' : 'Delete'} ${escaped(words)}`,
      '',
      ...fenced(lines, 'diff'),
      '',
    ];
  });
  const sections = sectionsOf(plan).flatMap(({ title, lines }) => [
    `### ${title}`,
    '',
    ...lines.map((text) => `- ${text.split('\n').map(escaped).join('\n  - ')}`),
    '',
  ]);
  const snippets = plan.snippets.flatMap(({ title, target, text, form }) => [
    `### ${escaped(`${title}: ${target}`)}`,
    '',
    ...fenced(text.trimEnd().split('\n'), LANGUAGES[form]),
    '',
  ]);
  return [
    `## ${escaped(plan.title)}`,
    '',
    `Answers ${plan.answers.map(({ rule, fingerprint }) => `${rule} \`${fingerprint}\``).join(', ') || NO_FINDING}. Risk: ${plan.risk.level}. Digest: \`${digest}\`.`,
    '',
    ...changes,
    ...sections,
    ...snippets,
  ].join('\n');
}

const LANGUAGES: Readonly<Record<Plan['snippets'][number]['form'], string>> = {
  terraform: 'hcl',
  cloudformation: 'yaml',
  eksctl: 'yaml',
  policy: 'json',
  kubectl: 'sh',
  helm: 'yaml',
};

/** A code block whose fence is longer than any in its text. */
function fenced(lines: readonly string[], language: string): string[] {
  const safe = lines.map(neutral);
  const longest = Math.max(2, ...safe.flatMap((line) => (line.match(/`+/g) ?? []).map((run) => run.length)));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}${language}`, ...safe, fence];
}

/** Text in which nothing is markup, and nothing hides. */
function escaped(text: string): string {
  return neutral(text).replace(/[\\`*_{}[\]<>()#+!|~&@]/g, (character) =>
    character === '<' ? '&lt;' : character === '&' ? '&amp;' : `\\${character}`,
  );
}
