import { OPERATOR_NAMES, type Operator, type OperatorName } from '../policy.ts';
import { quote, type Report } from './report.ts';

const NAMES: ReadonlyMap<string, OperatorName> = new Map(
  OPERATOR_NAMES.map((name) => [name.toLowerCase(), name]),
);
const SETS = new Map<string, NonNullable<Operator['set']>>([
  ['forallvalues', 'ForAllValues'],
  ['foranyvalue', 'ForAnyValue'],
]);
const IF_EXISTS = 'ifexists';

/** Operators in IAM's own spelling, read once: there are some 150 of them. */
const spelt = new Map<string, Operator>();

/** Reads an operator with its set qualifier and `IfExists`, or refuses it. Another case is accepted and remarked. */
export function readOperator(written: string, pointer: string, report: Report): Operator | null {
  const known = spelt.get(written);
  if (known !== undefined) return known;
  const parsed = parseOperator(written);
  if (parsed === null) {
    const message = `${quote(written)} is no condition operator of IAM (${nearest(written)}).`;
    report.refuse('unknown-operator', pointer, message, 'key');
    return null;
  }
  const spelling = spell(parsed);
  if (spelling === written) spelt.set(written, parsed);
  else {
    report.misread(
      'operator-case',
      pointer,
      `IAM spells this operator ${spelling}, not ${quote(written)}.`,
      'key',
    );
  }
  return parsed;
}

function parseOperator(written: string): Operator | null {
  const folded = written.toLowerCase();
  const colon = folded.indexOf(':');
  const set = colon < 0 ? undefined : SETS.get(folded.slice(0, colon));
  if (colon >= 0 && set === undefined) return null;
  const rest = folded.slice(colon + 1);
  const ifExists = rest.endsWith(IF_EXISTS);
  const name = NAMES.get(ifExists ? rest.slice(0, -IF_EXISTS.length) : rest);
  if (name === undefined || (ifExists && name === 'Null')) return null;
  return { written, name, ifExists, ...(set === undefined ? {} : { set }) };
}

function spell({ set, name, ifExists }: Operator): string {
  return `${set === undefined ? '' : `${set}:`}${name}${ifExists ? 'IfExists' : ''}`;
}

/** What may have been meant: the usual slips are a qualifier in the wrong place or an unknown one. */
function nearest(written: string): string {
  if (/^null.*ifexists$/i.test(written)) return 'Null takes no IfExists';
  if (written.includes(':')) return 'the qualifiers are ForAllValues: and ForAnyValue:';
  return 'for example StringEquals, StringLike, ArnLike, Bool or Null, with IfExists after it';
}
