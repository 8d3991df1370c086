import { diffLines } from 'diff';
import type { Change } from '../../changes/change.ts';

/** One line of a change: kept, taken out, or put in. */
export interface Line {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

/** How a change is headed: a sign as in a diff, and what it changes. */
export interface Heading {
  readonly sign: '+' | '-' | '~';
  readonly words: string;
}

const NAMES: Readonly<Record<Change['kind'], string>> = {
  'oidc-provider': 'OIDC provider',
  'trust-policy': 'trust policy',
  'pod-identity-association': 'Pod Identity association',
  addon: 'add-on',
  'access-entry': 'access entry',
  'access-policy': 'access policy',
  'aws-auth': 'aws-auth',
  'authentication-mode': 'authentication mode',
  'service-account-annotation': 'ServiceAccount annotation',
};

/** What a change changes, in one line. */
export function headingOf({ kind, target, before, after }: Change): Heading {
  const { account, ...rest } = target;
  const parts = 'arn' in rest ? [rest.arn] : Object.entries(rest).map(([name, value]) => `${name} ${value}`);
  return {
    sign: before === null ? '+' : after === null ? '-' : '~',
    words: `${NAMES[kind]} ${parts.join(', ')} (account ${account})`,
  };
}

/** A change line by line: policy documents and ConfigMaps as text, everything else as JSON. */
export function linesOf(change: Change): Line[] {
  return diffLines(...textsOf(change)).flatMap(({ value, added, removed }) =>
    value
      .replace(/\n$/, '')
      .split('\n')
      .map((text) => ({ sign: added ? '+' : removed ? '-' : ' ', text }) as const),
  );
}

function textsOf(change: Change): [string, string] {
  if (change.kind !== 'trust-policy') return [textOf(change.before), textOf(change.after)];
  const texts: [string, string] = [change.before ?? '', change.after ?? ''];
  // A document in one line shows nothing line by line.
  const laidOut = texts.some((text) => text !== '' && !text.trim().includes('\n'));
  return laidOut ? [pretty(texts[0]), pretty(texts[1])] : [ended(texts[0]), ended(texts[1])];
}

function pretty(text: string): string {
  try {
    return text === '' ? '' : `${JSON.stringify(JSON.parse(text), null, 2)}\n`;
  } catch {
    return ended(text);
  }
}

function ended(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

function textOf(state: Change['before']): string {
  if (state === null) return '';
  if (typeof state === 'string') return ended(state);
  if ('data' in state)
    return Object.entries(state.data)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, text]) => `${key}: |\n${indented(text)}`)
      .join('');
  return `${JSON.stringify(state, null, 2)}\n`;
}

function indented(text: string): string {
  return ended(text).replace(/^(?=.)/gm, '  ');
}
