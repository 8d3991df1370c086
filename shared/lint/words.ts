import { shellWord } from '../identity/shell-word.ts';
import { UNNAMED_CLUSTER } from './located-estate.ts';
import { freshIssuer, shownName, shownNames, type World } from './unresolved.ts';
import { NO_ACCOUNT } from './worlds.ts';

interface Known {
  /** Names of the values that the file leaves open. */
  readonly names: readonly string[];
  /** Names of issuers of clusters that are yet to be made. */
  readonly issuers: Iterable<string>;
  /** True when a snapshot was given beside the file. */
  readonly snapshot: boolean;
  /** True when somebody said which account the file is for. */
  readonly account: boolean;
}

/** What makes texts about a world into texts about the file. */
interface Words {
  /** An open value is said by its name, and an account only where one is known. */
  readonly said: (text: string) => string;
  /** The same of advice: from its first command on, a shell takes each name for a word. */
  readonly advised: (text: string) => string;
}

/** The words for what is told of a world. */
export function wordsOf({ values, place }: World, { names, issuers, snapshot, account }: Known): Words {
  const shown = (text: string, nameOf: (name: string) => string, noAccount: string) => {
    let result = text;
    for (const [name, value] of values) result = result.replaceAll(value, nameOf(name));
    for (const name of issuers) result = result.replaceAll(freshIssuer(name, place), nameOf(name));
    result = shownNames(result, names, nameOf);
    if (!snapshot) result = result.replaceAll('not in the snapshot', 'not in the file');
    return account ? result : result.replaceAll(NO_ACCOUNT, noAccount);
  };
  const said = (text: string) => {
    // What stands in the file as `${Name}` by mistake is not to be taken for the value of that name.
    const nameOf = (name: string) =>
      text.includes(shownName(name)) ? `(the value of ${name})` : shownName(name);
    return shown(text, nameOf, '<account>');
  };
  const advised = (text: string) => {
    const start = text.search(COMMAND);
    if (start < 0) return said(text);
    const commands = text.slice(start).replaceAll(shellWord(UNNAMED_CLUSTER), 'CLUSTER');
    return said(text.slice(0, start)) + shown(commands, wordFor, 'ACCOUNT');
  };
  return { said, advised };
}

const COMMAND = /\b(?:kubectl|podtrust|eksctl|aws) [-\w]/;

/** A name as a word to fill in, as in `kubectl -n NAMESPACE`. */
function wordFor(name: string): string {
  const word = name.replace(/\W+/g, '_').replace(/^_+|_+$/g, '');
  return word === '' ? 'VALUE' : word.toUpperCase();
}

/** A detail without the place within the policy itself: the finding has that in the file. */
export function withoutInnerPlace(detail: string): string {
  return detail.replace(/\bLine \d+, column \d+( \(\/[^)]*\))?: /, '');
}
