import type { AttributeValue } from '@aws-sdk/client-dynamodb';

export type Item = Record<string, AttributeValue>;

/** Names and values that an expression's placeholders stand for. */
export interface Placeholders {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>> | undefined;
  readonly ExpressionAttributeValues?: Item | undefined;
}

/** Whether an expression holds for an item: AND, OR, parentheses, =, <, attribute_exists, attribute_not_exists, begins_with. */
export function holds(expression: string | undefined, item: Item | undefined, of: Placeholders): boolean {
  if (expression === undefined) return true;
  const tokens = expression.match(/[\w#:]+|[(),=<]/g) ?? [];
  let at = 0;
  const next = (): string => tokens[at++] ?? '';
  const either = (): boolean => {
    let result = both();
    while (tokens[at] === 'OR') {
      at += 1;
      const right = both();
      result = result || right;
    }
    return result;
  };
  const both = (): boolean => {
    let result = one();
    while (tokens[at] === 'AND') {
      at += 1;
      const right = one();
      result = result && right;
    }
    return result;
  };
  const inParentheses = <T>(read: () => T): T => {
    if (next() !== '(') throw new Error(`A parenthesis is missing in ${expression}.`);
    const result = read();
    if (next() !== ')') throw new Error(`A parenthesis is missing in ${expression}.`);
    return result;
  };
  const one = (): boolean => {
    if (tokens[at] === '(') return inParentheses(either);
    const first = next();
    if (first === 'attribute_exists') return inParentheses(() => operand(next(), item, of) !== undefined);
    if (first === 'attribute_not_exists') return inParentheses(() => operand(next(), item, of) === undefined);
    if (first === 'begins_with')
      return inParentheses(() => {
        const text = operand(next(), item, of)?.S;
        next();
        return text?.startsWith(operand(next(), item, of)?.S ?? '') === true;
      });
    const left = operand(first, item, of);
    const comparison = next();
    const right = operand(next(), item, of);
    if (comparison === '=') return left !== undefined && JSON.stringify(left) === JSON.stringify(right);
    if (comparison === '<') return left !== undefined && Number(left.N) < Number(right?.N);
    throw new Error(`${comparison} in ${expression} is not known here.`);
  };
  const result = either();
  if (at !== tokens.length) throw new Error(`What follows ${tokens[at]} in ${expression} is not known here.`);
  return result;
}

function operand(token: string, item: Item | undefined, of: Placeholders): AttributeValue | undefined {
  if (token.startsWith(':')) return of.ExpressionAttributeValues?.[token];
  return item?.[of.ExpressionAttributeNames?.[token] ?? token];
}

/** An item after SET (values and if_not_exists), ADD (numbers) and REMOVE. */
export function updated(expression: string, item: Item, of: Placeholders): Item {
  const after: Item = { ...item };
  const clauses = expression.split(/\b(SET|ADD|REMOVE)\b/).slice(1);
  for (let at = 0; at < clauses.length; at += 2) {
    const parts = (clauses[at + 1] ?? '').split(/,(?![^(]*\))/).map((part) => part.trim());
    for (const part of parts) {
      const [name = '', ...rest] = part.split(clauses[at] === 'ADD' ? ' ' : '=').map((text) => text.trim());
      const value = rest.join('=');
      if (clauses[at] === 'REMOVE') delete after[name];
      else if (clauses[at] === 'ADD')
        after[name] = { N: String(Number(item[name]?.N ?? 0) + Number(operand(value, item, of)?.N)) };
      else {
        const kept = /^if_not_exists\((\w+), *(:\w+)\)$/.exec(value);
        const found = kept
          ? (item[kept[1] ?? ''] ?? operand(kept[2] ?? '', item, of))
          : operand(value, item, of);
        if (found === undefined) throw new Error(`${part} of ${expression} is not known here.`);
        after[name] = found;
      }
    }
  }
  return after;
}
