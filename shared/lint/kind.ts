import { at, type Located, memberOf, membersOf, textOf } from './located.ts';

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
  if (membersOf(document).some(({ key }) => key.toLowerCase() === 'statement')) return 'trust-policy';
  return null;
}

function isTemplate(document: Located): boolean {
  if (memberOf(document, 'AWSTemplateFormatVersion') !== undefined) return true;
  return membersOf(memberOf(document, 'Resources')).some(({ value }) =>
    /^(AWS|Custom|Alexa)::|^[^:]+::[^:]+::/.test(textOf(memberOf(value, 'Type')) ?? ''),
  );
}

function hasPlan(document: Located): boolean {
  return at(document, 'planned_values') !== undefined || at(document, 'resource_changes') !== undefined;
}
