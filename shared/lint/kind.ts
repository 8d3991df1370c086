import { at, type Located, memberOf, membersOf, textOf, textsOf } from './located.ts';

/** What a document is. */
export type DocumentKind = 'trust-policy' | 'cloudformation' | 'terraform-plan' | 'eksctl' | 'kubernetes';

/** Recognizes a document by what is in it; null for what lint does not know. */
export function kindOf(document: Located): DocumentKind | null {
  const apiVersion = textOf(memberOf(document, 'apiVersion'));
  if (apiVersion?.startsWith('eksctl.io/') === true) return 'eksctl';
  if (apiVersion !== undefined && memberOf(document, 'kind') !== undefined) return 'kubernetes';
  if (isTemplate(document)) return 'cloudformation';
  if (textOf(memberOf(document, 'format_version')) !== undefined && hasPlan(document))
    return 'terraform-plan';
  return isTrustPolicy(document) ? 'trust-policy' : null;
}

function isTemplate(document: Located): boolean {
  if (memberOf(document, 'AWSTemplateFormatVersion') !== undefined) return true;
  return membersOf(memberOf(document, 'Resources')).some(
    ({ key, value }) =>
      key.startsWith('Fn::') ||
      /^(AWS|Custom|Alexa)::|^[^:]+::[^:]+::/.test(textOf(memberOf(value, 'Type')) ?? ''),
  );
}

function hasPlan(document: Located): boolean {
  const state = at(document, 'values', 'root_module');
  return [memberOf(document, 'planned_values'), memberOf(document, 'resource_changes'), state].some(
    (part) => part !== undefined,
  );
}

/** True for a policy, but for one of permissions, of an organization or of another resource than a role. */
function isTrustPolicy(document: Located): boolean {
  const statements = membersOf(document).find(({ key }) => key.toLowerCase() === 'statement')?.value;
  if (statements === undefined) return false;
  const items = statements.kind === 'list' ? statements.items : [statements];
  return items.length === 0 || !items.every(isOfAnotherPolicy);
}

/** Trust policies are about actions of STS, and name principals instead of resources: both is a slip in one. */
function isOfAnotherPolicy(statement: Located): boolean {
  const named = new Map(membersOf(statement).map(({ key, value }) => [key.toLowerCase(), value]));
  const actions = textsOf(named.get('action') ?? named.get('notaction'));
  if (actions.length > 0 && !actions.some((action) => /^(sts:|\*)/i.test(action))) return true;
  if (!named.has('resource') && !named.has('notresource')) return false;
  const isTrust = named.has('principal') && actions.some((action) => /^sts:/i.test(action));
  return !isTrust || textOf(named.get('effect')) === 'Deny';
}
