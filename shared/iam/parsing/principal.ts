import { parseArn } from '../arn.ts';
import type { PrincipalElement, PrincipalEntry, PrincipalKind } from '../policy.ts';
import { isObject, type Member, memberOf, names, readMembers } from './members.ts';
import { kindOf, quote, type Report } from './report.ts';
import { itemPointer, itemsOf, readTexts } from './strings.ts';

const KINDS = names('AWS', 'Federated', 'Service', 'CanonicalUser');

/** Reads `Principal` or `NotPrincipal` of a trust policy. */
export function readPrincipal(member: Member, name: string, report: Report): PrincipalElement {
  const { value, pointer } = member;
  const negated = name === 'NotPrincipal';
  if (value === '*') {
    return { negated, pointer, everyone: true, entries: [{ kind: 'AWS', value, pointer }] };
  }
  if (!isObject(value)) {
    const message = `${name} must be "*" or an object such as {"Federated": "arn:…"}, not ${
      typeof value === 'string' ? quote(value) : kindOf(value)
    }.`;
    report.refuse('wrong-type', pointer, message);
    return { negated, pointer, everyone: false, entries: [] };
  }
  const entries: PrincipalEntry[] = [];
  const members = readMembers(value, pointer, KINDS, report, unknownKind);
  for (const kind of Object.keys(members.values)) {
    const values = memberOf(members, kind);
    if (isKind(kind) && values !== undefined) readEntries(kind, values, report, entries);
  }
  if (entries.length === 0 && report.remarks.length === 0) {
    const message = `${name} names nobody.`;
    if (Object.keys(value).length === 0) report.refuse('empty-principal', pointer, message);
    else report.misread('empty-principal', pointer, message);
  }
  const everyone = entries.some((entry) => entry.kind === 'AWS' && entry.value === '*');
  return { negated, pointer, everyone, entries };
}

function unknownKind(key: string): string {
  return `${quote(key)} is no kind of principal; IAM knows AWS, Federated, Service and CanonicalUser.`;
}

function isKind(name: string): name is PrincipalKind {
  return name === 'AWS' || name === 'Federated' || name === 'Service' || name === 'CanonicalUser';
}

function readEntries(kind: PrincipalKind, member: Member, report: Report, entries: PrincipalEntry[]): void {
  if (typeof member.value === 'number') {
    const message = `An account id must be a string in quotes; as a number it loses its leading zeros.`;
    report.refuse('wrong-type', member.pointer, message);
    return;
  }
  readTexts(member, `Principal ${kind}`, report);
  for (const [index, value] of itemsOf(member).entries()) {
    if (typeof value !== 'string') continue;
    const pointer = itemPointer(member, index);
    const fault = faultOf(kind, value);
    if (fault !== null) report.refuse('invalid-principal', pointer, fault);
    entries.push({ kind, value, pointer });
  }
}

/** Why IAM would not take a principal, or null (IAM user guide, Reference: Principal). */
function faultOf(kind: PrincipalKind, value: string): string | null {
  if (value === '*') return null;
  if (value.trim() !== value)
    return `${quote(value)} has white space around it, which is no part of any principal.`;
  switch (kind) {
    case 'AWS':
      return awsFault(value);
    case 'Federated':
      return federatedFault(value);
    case 'Service':
      return serviceFault(value);
    case 'CanonicalUser':
      return null;
  }
}

const ACCOUNT = /^\d{12}$/;
const UNIQUE_ID = /^A[A-Z0-9]{2}A[A-Z0-9]{12,124}$/;
const IAM_RESOURCE = /^(?:root|user\/.+|role\/.+)$/s;
const STS_RESOURCE = /^(?:assumed-role\/[^/]+\/.+|federated-user\/.+|self)$/s;

function awsFault(value: string): string | null {
  if (ACCOUNT.test(value) || UNIQUE_ID.test(value)) return null;
  const arn = parseArn(value);
  if (arn === null) {
    return `${quote(value)} is neither an account id of 12 digits, nor the ARN of an account, user, role or session, nor "*".`;
  }
  if (/[*?]/.test(value)) return `IAM takes no wildcard in a principal's ARN: ${quote(value)}.`;
  if (arn.account !== '' && !ACCOUNT.test(arn.account)) {
    return `${quote(arn.account)} in ${quote(value)} is no account id of 12 digits.`;
  }
  const known = arn.service === 'iam' ? IAM_RESOURCE : STS_RESOURCE;
  if ((arn.service === 'iam' || arn.service === 'sts') && arn.region === '' && known.test(arn.resource))
    return null;
  return `${quote(value)} is no account, user, role or session: nothing else can be an AWS principal.`;
}

/** What is certainly a provider's ARN; the parts of anything else are looked at one by one. */
const PROVIDER_ARN = /^arn:[^:*?]+:iam::\d{12}:(?:oidc-provider|saml-provider)\/[^*?]+$/;
const PROVIDER_RESOURCE = /^(?:oidc-provider|saml-provider)\/.+$/s;
const HOST = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i;
/** Hosts of EKS issuers, single and dual stack, and the usual slip of region and `eks`. */
const EKS_HOST = /^(?:oidc\.eks\.|oidc-eks\.|oidc\.[a-z0-9-]+\.eks\.)/i;

function federatedFault(value: string): string | null {
  if (PROVIDER_ARN.test(value)) return null;
  if (/^https?:\/\//i.test(value)) {
    return `${quote(value)} is the provider's URL; IAM wants its ARN, arn:…:iam::ACCOUNT:oidc-provider/HOST/PATH.`;
  }
  const arn = parseArn(value);
  if (arn === null) {
    if (HOST.test(value) && !EKS_HOST.test(value)) return null;
    return `${quote(value)} is no ARN of an identity provider (arn:…:iam::ACCOUNT:oidc-provider/HOST/PATH).`;
  }
  if (/[*?]/.test(value)) return `IAM takes no wildcard in a provider's ARN: ${quote(value)}.`;
  if (
    arn.service === 'iam' &&
    arn.region === '' &&
    ACCOUNT.test(arn.account) &&
    PROVIDER_RESOURCE.test(arn.resource)
  ) {
    return null;
  }
  return `${quote(value)} is no ARN of an identity provider (arn:…:iam::ACCOUNT:oidc-provider/HOST/PATH).`;
}

function serviceFault(value: string): string | null {
  if (HOST.test(value)) return null;
  return `${quote(value)} is no service principal; they look like pods.eks.amazonaws.com.`;
}
