import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';
import { rules } from '../../shared/rules/index.ts';
import type { Cli } from '../program.ts';

/** `podtrust complete SHELL`: completion scripts for bash, zsh, fish and PowerShell, made from the command tree. */
export function addCompletion(program: Command, _cli: Cli): void {
  const completion = tab(program);
  for (const verb of ['audit', 'rules']) {
    const option = completion.commands.get(verb)?.options.get('rule');
    if (option === undefined) continue;
    option.handler = (complete) => {
      for (const rule of rules) complete(rule.name, rule.title);
    };
  }
}
