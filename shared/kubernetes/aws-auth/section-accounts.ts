import type { AwsAuthAccount } from './parsed.ts';
import type { AwsAuthProblem } from './problem.ts';
import { composeDocument, type YamlNode } from './yaml/node.ts';
import { type Mark, YamlError } from './yaml/reader.ts';
import { resolveScalar } from './yaml/resolve.ts';
import { type Budget, follow, newBudget, spend, unfollow } from './yaml/value.ts';

export interface SectionAccounts {
  readonly accounts: readonly AwsAuthAccount[];
  readonly problems: readonly AwsAuthProblem[];
  readonly ignored: Mark | undefined;
}

/**
 * Reads mapAccounts, which goes from YAML straight into a list of strings: a number counts as it is written (a zero in
 * front stays), null as the empty string, lists and mappings among the items are left out. Throws YamlError where
 * nothing of it counts.
 */
export function readAccounts(text: string): SectionAccounts {
  const { root, ignored } = composeDocument(text);
  const problems: AwsAuthProblem[] = [];
  if (root === undefined) {
    return { accounts: [], problems, ignored };
  }
  const budget = newBudget();
  spend(budget, root.at);
  spend(budget, root.at);
  if (root.kind !== 'sequence') {
    problems.push(...notAList(root));
    return { accounts: [], problems, ignored };
  }
  return { accounts: readItems(root.items, budget, problems), problems, ignored };
}

function notAList(root: YamlNode): AwsAuthProblem[] {
  const place = { section: 'mapAccounts', line: root.at.line + 1, column: root.at.column + 1 } as const;
  if (root.kind === 'scalar' && resolveScalar(root).kind === 'null') {
    return [];
  }
  const found = root.kind === 'scalar' ? `the text ${JSON.stringify(root.text.slice(0, 60))}` : 'a mapping';
  return [{ kind: 'not-a-list', effect: 'section-lost', found, ...place }];
}

function readItems(items: readonly YamlNode[], budget: Budget, problems: AwsAuthProblem[]): AwsAuthAccount[] {
  const accounts: AwsAuthAccount[] = [];
  for (const [index, item] of items.entries()) {
    const place = { section: 'mapAccounts', line: item.at.line + 1, column: item.at.column + 1 } as const;
    try {
      const account = readItem(item, budget);
      if (account === undefined) {
        const found = item.kind === 'mapping' ? 'a mapping' : 'a list';
        problems.push({ kind: 'not-an-account', effect: 'row-lost', found, row: index, ...place });
      } else {
        accounts.push({ account, index, ...place });
      }
    } catch (error) {
      if (!(error instanceof YamlError)) {
        throw error;
      }
      // Those before it count already; those after it are lost.
      problems.push({
        kind: 'unreadable',
        effect: 'section-lost',
        reason: error.message,
        row: index,
        ...place,
      });
      break;
    }
  }
  return accounts;
}

function readItem(item: YamlNode, budget: Budget): string | undefined {
  spend(budget, item.at);
  const alias = item.kind === 'alias' ? item : undefined;
  if (alias !== undefined) {
    follow(budget, alias);
  }
  unfollow(budget, alias);
  const node = item.kind === 'alias' ? item.target : item;
  if (node.kind !== 'scalar') {
    return undefined;
  }
  const resolved = resolveScalar(node);
  switch (resolved.kind) {
    case 'null':
      return '';
    case 'string':
      return resolved.text;
    default:
      return node.text;
  }
}
