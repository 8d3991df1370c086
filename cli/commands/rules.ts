import type { Command } from 'commander';
import { rules } from '../../shared/rules/index.ts';
import { outputOption } from '../options.ts';
import { json } from '../output/json.ts';
import { plain } from '../output/plain.ts';
import { styleFor } from '../output/style.ts';
import { table } from '../output/table.ts';
import type { Cli } from '../program.ts';
import { ruleNamed } from '../rule-names.ts';

/** `podtrust rules [NAME]`: the catalogue, or one rule in full. */
export function addRules(program: Command, cli: Cli): void {
  program
    .command('rules')
    .description('list the rules, or explain one')
    .argument('[rule]', 'name or PT-number')
    .addOption(outputOption('table', 'json'))
    .addHelpText('after', EXAMPLES)
    .action((wanted: string | undefined, _options, command: Command) => {
      const shown = wanted === undefined ? rules : [ruleNamed(wanted)];
      const { output } = command.optsWithGlobals<{ output: string }>();
      if (output === 'json') {
        cli.io.out(
          json(
            shown.map(({ number, name, kind, fix, title, why, remedy, references }) => ({
              number,
              name,
              kind,
              fix,
              title,
              why,
              remedy,
              references,
            })),
          ),
        );
      } else if (wanted === undefined) {
        cli.io.out(catalogue(cli));
      } else {
        for (const rule of shown) cli.io.out(page(rule, cli));
      }
    });
}

function catalogue(cli: Cli): string {
  const columns = [
    { head: 'NUMBER', width: 'fit' },
    { head: 'RULE', width: 'fit' },
    { head: 'KIND', width: 'fit' },
    { head: 'FIX', width: 'fit' },
    { head: 'TITLE', width: 100 },
  ] as const;
  return table(
    cli.io,
    columns,
    rules.map((rule) => [rule.number, rule.name, rule.kind, rule.fix, plain(rule.title)]),
  );
}

function page(rule: (typeof rules)[number], cli: Cli): string {
  const style = styleFor(cli.io);
  return [
    `${style.bold(rule.name)} ${style.dim(`${rule.number} ${rule.kind}, fix ${rule.fix}`)}`,
    rule.title,
    '',
    rule.why,
    '',
    `${style.bold('Fix')}: ${rule.remedy}`,
    ...rule.references.map((reference) => style.dim(reference)),
    '',
  ].join('\n');
}

const EXAMPLES = `
Examples:
  $ podtrust rules
  $ podtrust rules no-literal-wildcard

Exit codes: 0 printed, 2 no such rule.
`;
