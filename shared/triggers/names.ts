import { parseArn } from '../iam/arn.ts';
import { decodedText, type Fields, fields, inner, objects, text } from './fields.ts';

/** Names in records, checked against what AWS allows: nothing else travels on. */

/** IAM API reference, CreateRole, RoleName. */
const ROLE_NAME = /^[\w+=,.@-]{1,64}$/;

/** EKS API reference, CreateCluster, name. */
const CLUSTER_NAME = /^[0-9A-Za-z][\w-]{0,99}$/;

/** `eu-west-1`, `us-gov-west-1`, `eusc-de-east-1`. */
const REGION = /^[a-z]{2,8}(?:-[a-z]{1,12}){1,3}-\d{1,2}$/;

const IAM_PRINCIPAL = /^(?:role|user|federated-user|assumed-role)\/[\w+=,.@/:-]{1,600}$|^root$/;
const ROLE = /^role\/(?:[\x21-\x2e\x30-\x7e]+\/)*([\w+=,.@-]{1,64})$/;
const POLICY = /^(?:policy|cluster-access-policy)\/[\x21-\x7e]{1,640}$/;

/** Longest ARN that IAM gives. */
const LONGEST_ARN = 2048;

/** The name of a role that a call was about: as asked, as answered, or as CloudTrail lists it. */
export function roleNameIn(record: Fields): string | undefined {
  const asked = decodedText(fields(record['requestParameters']), 'roleName', 1024);
  const answered = text(inner(fields(record['responseElements']), 'role'), 'roleName', 1024);
  const listed = resourceArns(record).map((arn) => ROLE.exec(parseArn(arn)?.resource ?? '')?.[1]);
  return [asked, answered, ...listed].find((name) => name !== undefined && ROLE_NAME.test(name));
}

/** A role's ARN under a key, or undefined for anything else. */
export function roleArnIn(of: Fields, key: string): string | undefined {
  return arnIn(of, key, (service, resource) => service === 'iam' && ROLE.test(resource));
}

/** The ARN of a role, user or account under a key. */
export function principalArnIn(of: Fields, key: string): string | undefined {
  return arnIn(
    of,
    key,
    (service, resource) => (service === 'iam' || service === 'sts') && IAM_PRINCIPAL.test(resource),
  );
}

/** The ARN of an IAM managed policy or an EKS access policy under a key. */
export function policyArnIn(of: Fields, key: string): string | undefined {
  return arnIn(
    of,
    key,
    (service, resource) => (service === 'iam' || service === 'eks') && POLICY.test(resource),
  );
}

function arnIn(
  of: Fields,
  key: string,
  fits: (service: string, resource: string) => boolean,
): string | undefined {
  const value = decodedText(of, key, LONGEST_ARN);
  const arn = value === undefined ? null : parseArn(value);
  return arn !== null && /^aws[a-z-]{0,20}$/.test(arn.partition) && fits(arn.service, arn.resource)
    ? value
    : undefined;
}

/** Account and name of a role by its ARN. */
export function roleOfArn(roleArn: string): { account: string; roleName: string } | undefined {
  const arn = parseArn(roleArn);
  const roleName = ROLE.exec(arn?.resource ?? '')?.[1];
  if (arn === null || roleName === undefined || !/^\d{12}$/.test(arn.account)) return undefined;
  return { account: arn.account, roleName };
}

/** The region of an event when it is a region's name. */
export function isRegion(name: string): boolean {
  return REGION.test(name);
}

/** Whether EKS can have a cluster of that name. */
export function isClusterName(name: string): boolean {
  return CLUSTER_NAME.test(name);
}

/** ARNs that CloudTrail lists beside the call. */
export function resourceArns(record: Fields): readonly string[] {
  return objects(record['resources'])
    .map((resource) => text(resource, 'ARN', LONGEST_ARN))
    .filter((arn) => arn !== undefined);
}
