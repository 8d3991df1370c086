import { controlsText } from '../compliance/describe.ts';
import type { Example, Rule } from './define-rule.ts';
import type { PipelineRule } from './evented/pipeline-rule.ts';

const KIND_WORDS = {
  broken: 'something that should work does not',
  open: 'something works for more identities than intended',
  rot: 'a leftover that will become one of them',
  blind: 'podtrust cannot see',
} as const;

const FIX_WORDS = {
  guarded: 'guarded: a repair is proposed, and applied only with proof and approval',
  manual: 'manual: instructions only',
  delegated: 'delegated: the repair of the rule that the diagnosis names',
} as const;

/** The page of a rule, `docs/rules/<name>.md`: written from the rule itself, so that it cannot drift. */
export function ruleDoc(rule: Rule): string {
  const { fails, passes } = rule.examples();
  const parts = [
    `# ${rule.name}`,
    `**${rule.title}** (${rule.number})`,
    `- Kind: ${rule.kind}, ${KIND_WORDS[rule.kind]}\n- Fix: ${FIX_WORDS[rule.fix]}${rule.fix === 'guarded' ? ` ([its plan](../fixes/${rule.name}.md))` : ''}`,
    '## Why',
    rule.why,
    '## What to do',
    rule.remedy,
    '## Examples',
    ...exampleDoc('Fails', fails),
    ...exampleDoc('Passes', passes),
    '## Controls',
    controlsText(rule.name),
    '## References',
    rule.references.map((address) => `- <${address}>`).join('\n'),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** The page of a rule that only the pipeline judges. */
export function pipelineRuleDoc(rule: PipelineRule): string {
  const parts = [
    `# ${rule.name}`,
    `**${rule.title}** (${rule.number})`,
    `- Kind: ${rule.kind}, ${KIND_WORDS[rule.kind]}\n- Fix: ${FIX_WORDS[rule.fix]}\n- Judged by the event pipeline alone: one snapshot does not decide it`,
    '## Why',
    rule.why,
    '## What to do',
    rule.remedy,
    '## Verdicts',
    rule.verdicts,
    '## Controls',
    controlsText(rule.name),
    '## References',
    rule.references.map((address) => `- <${address}>`).join('\n'),
  ];
  return `${parts.join('\n\n')}\n`;
}

function exampleDoc(verdict: string, { title, show }: Example): string[] {
  return [`${verdict}: ${title}.`, `\`\`\`json\n${show}\n\`\`\``];
}

/** The list of all rules, `docs/rules/README.md`. */
export function ruleIndex(rules: readonly (Rule | PipelineRule)[]): string {
  const rows = rules.map(
    ({ number, name, kind, fix, title }) =>
      `| ${number} | [${name}](${name}.md) | ${kind} | ${fix} | ${title} |`,
  );
  return `# Rules\n\nGenerated from \`shared/rules/\`. Numbers are given once and never reused.\n\n| number | rule | kind | fix | fails when |\n|---|---|---|---|---|\n${rows.join('\n')}\n`;
}
