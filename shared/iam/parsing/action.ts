import type { PatternElement, PolicyKind } from '../policy.ts';
import type { Member } from './members.ts';
import { quote, type Report } from './report.ts';
import { itemPointer, itemsOf, readTexts } from './strings.ts';

/** What a role's trust policy may speak of (IAM user guide, Roles; STS: actions). */
const TRUST_ACTIONS: ReadonlySet<string> = new Set([
  'sts:assumerole',
  'sts:assumerolewithsaml',
  'sts:assumerolewithwebidentity',
  'sts:tagsession',
  'sts:setsourceidentity',
  'sts:setcontext',
]);

/** Those of them that nearly every trust policy names, as IAM spells them: nothing in them needs a look. */
const USUAL: ReadonlySet<unknown> = new Set([
  'sts:AssumeRole',
  'sts:AssumeRoleWithWebIdentity',
  'sts:TagSession',
]);

/** Reads `Action` or `NotAction`. */
export function readAction(member: Member, name: string, kind: PolicyKind, report: Report): PatternElement {
  const texts = readTexts(member, name, report);
  if (Array.isArray(member.value) && member.value.length === 0) {
    report.refuse('empty-list', member.pointer, `${name} lists no action; IAM wants at least one.`);
  }
  for (const [index, text] of itemsOf(member).entries()) {
    if (typeof text !== 'string' || USUAL.has(text)) continue;
    const fault = faultOf(text);
    if (fault !== null) report.refuse('invalid-action', itemPointer(member, index), fault);
    else if (kind === 'trust') checkTrustAction(text, itemPointer(member, index), report);
  }
  return { negated: name === 'NotAction', pointer: member.pointer, patterns: texts };
}

const SOUND = /^(?:\*|(?:\*|[A-Za-z0-9.-]+):[^:]*)$/;

function faultOf(action: string): string | null {
  if (SOUND.test(action)) return null;
  const [vendor = '', ...rest] = action.split(':');
  if (rest.length === 0) {
    return `${quote(action)} names no service; an action is written service:Action, for example sts:AssumeRole.`;
  }
  if (rest.length > 1)
    return `${quote(action)} holds more than one colon; an action is written service:Action.`;
  if (vendor !== '*' && !/^[A-Za-z0-9.-]+$/.test(vendor))
    return `${quote(vendor)} is not the prefix of a service.`;
  return null;
}

function checkTrustAction(action: string, pointer: string, report: Report): void {
  const folded = action.toLowerCase();
  if (action === '*' || folded.startsWith('*:')) return;
  if (!folded.startsWith('sts:')) {
    const message = `A trust policy may only specify actions of STS that assume roles, not ${quote(action)}.`;
    report.refuse('foreign-action', pointer, message);
  } else if (!TRUST_ACTIONS.has(folded) && !/[*?]/.test(folded)) {
    const message = `${quote(action)} is no action that assumes a role: a misspelling, or of no effect in a trust policy.`;
    report.misread('unknown-assume-action', pointer, message);
  }
}
