import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';
import { rules } from '../../shared/rules/index.ts';
import type { Cli } from '../program.ts';

/** `podtrust complete SHELL`: completion scripts for bash, zsh, fish and PowerShell, made from the command tree. */
export function addCompletion(program: Command, _cli: Cli): void {
  const completion = tab(program);
  program.commands
    .find((command) => command.name() === 'complete')
    ?.description('print a script that completes commands in your shell')
    .addHelpText('after', EXAMPLES);
  for (const { options } of completion.commands.values()) {
    const option = options.get('rule');
    if (option === undefined) continue;
    option.handler = (complete) => {
      for (const rule of rules) complete(rule.name, rule.title);
    };
  }
}

const EXAMPLES = `
Examples:
  $ source <(podtrust complete zsh)      or bash; for good: add the line to ~/.zshrc or ~/.bashrc
  $ podtrust complete fish | source

Exit codes: 0 printed, 2 no such shell.
`;
