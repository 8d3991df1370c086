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

/** Makes texts about a world into texts about the file: an open value by its name, and an account only where one is known. */
export function wordsOf(
  { values, place }: World,
  { names, issuers, snapshot, account }: Known,
): (text: string) => string {
  return (text) => {
    // What stands in the file as `${Name}` by mistake is not to be taken for the value of that name.
    const nameOf = (name: string) =>
      text.includes(shownName(name)) ? `(the value of ${name})` : shownName(name);
    let shown = text;
    for (const [name, value] of values) shown = shown.replaceAll(value, nameOf(name));
    for (const name of issuers) shown = shown.replaceAll(freshIssuer(name, place), nameOf(name));
    shown = shownNames(shown, names, nameOf);
    if (!snapshot) shown = shown.replaceAll('not in the snapshot', 'not in the file');
    return account ? shown : shown.replaceAll(NO_ACCOUNT, '<account>');
  };
}

/** A detail without the place within the policy itself: the finding has that in the file. */
export function withoutInnerPlace(detail: string): string {
  return detail.replace(/\bLine \d+, column \d+( \(\/[^)]*\))?: /, '');
}
