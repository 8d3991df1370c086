/** Condition keys that a request may carry with several values (IAM user guide, Reference: global condition keys; STS). */
const MULTI_VALUED: ReadonlySet<string> = new Set([
  'aws:calledvia',
  'aws:principalorgpaths',
  'aws:principalservicenameslist',
  'aws:resourceorgpaths',
  'aws:sourceorgpaths',
  'aws:tagkeys',
  'aws:vpceorgpaths',
  'sts:transitivetagkeys',
]);

/** The SAML keys that have one value; attributes of the `saml:` family otherwise hold lists. */
const SINGLE_SAML: ReadonlySet<string> = new Set([
  'saml:aud',
  'saml:doc',
  'saml:iss',
  'saml:namequalifier',
  'saml:sub',
  'saml:sub_type',
]);

/** True when requests may carry the lower-cased key with more than one value. */
export function isMultiValued(key: string): boolean {
  if (key.startsWith('saml:')) return !SINGLE_SAML.has(key);
  return MULTI_VALUED.has(key) || key.endsWith(':amr');
}
