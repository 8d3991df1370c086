import { parseArn } from '../../iam/arn.ts';
import { partitionOfRegion } from '../partitions.ts';
import { UnsafeTargetError } from './errors.ts';

interface Place {
  readonly account: string;
  readonly region: string;
  readonly cluster: string;
}

const ACCOUNT = /^\d{12}$/;
const REGION = /^[a-z]{2,5}(?:-[a-z]+)+-\d{1,2}$/;
/** EKS API reference, CreateCluster: name. */
const CLUSTER = /^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$/;
const ADDON = /^[a-z0-9][a-z0-9-]{0,99}$/;
/** IAM API reference: path and name of a role; paths may hold any printable character, of which wildcards are none here. */
const ROLE = /^role\/(?:[!-)+->@-~]{1,510}\/)?[\w+=,.@-]{1,64}$/;
const PROVIDER = /^oidc-provider\/[\w.~%:/-]{1,255}$/;

function checked(value: string, pattern: RegExp, what: string): string {
  if (!pattern.test(value)) throw new UnsafeTargetError(`the ${what} ${JSON.stringify(value)}`);
  return value;
}

/** ARNs of what belongs to a cluster, in its region's partition. Throws UnsafeTargetError for names that are none. */
export function clusterArns({ account, region, cluster }: Place): {
  readonly cluster: string;
  /** Any association, add-on or access entry of it: their ARNs end in an id. */
  readonly associations: string;
  readonly entries: string;
  readonly addon: (name: string) => string;
} {
  checked(account, ACCOUNT, 'account');
  checked(region, REGION, 'region');
  checked(cluster, CLUSTER, 'cluster');
  const base = `arn:${partitionOfRegion(region).name}:eks:${region}:${account}`;
  return {
    cluster: `${base}:cluster/${cluster}`,
    associations: `${base}:podidentityassociation/${cluster}/*`,
    entries: `${base}:access-entry/${cluster}/*`,
    addon: (name) => `${base}:addon/${cluster}/${checked(name, ADDON, 'add-on')}/*`,
  };
}

/** A role's ARN, its name and its path, if it is one of the account. Throws UnsafeTargetError. */
export function roleOf(arn: string, account: string): { readonly arn: string; readonly name: string } {
  ofAccount(arn, account, ROLE, 'role');
  return { arn, name: arn.slice(arn.lastIndexOf('/') + 1) };
}

/** An OIDC provider's ARN, if it is one of the account. Throws UnsafeTargetError. */
export function providerOf(arn: string, account: string): string {
  return ofAccount(arn, account, PROVIDER, 'OIDC provider');
}

function ofAccount(arn: string, account: string, resource: RegExp, what: string): string {
  checked(account, ACCOUNT, 'account');
  const parts = parseArn(arn);
  const good =
    parts !== null &&
    /^aws(?:-[a-z]+)*$/.test(parts.partition) &&
    parts.service === 'iam' &&
    parts.region === '' &&
    parts.account === account &&
    resource.test(parts.resource) &&
    !parts.resource.includes('${');
  if (!good) throw new UnsafeTargetError(`the ${what} ${JSON.stringify(arn)} of account ${account}`);
  return arn;
}

const PRINCIPAL =
  /^arn:aws(?:-[a-z]+)*:iam::\d{12}:(?:root|(?:role|user)\/(?:[!-)+->@-~]{1,510}\/)?[\w+=,.@-]{1,64})$/;
const ACCESS_POLICY = /^arn:aws(?:-[a-z]+)*:eks::aws:cluster-access-policy\/\w{1,128}$/;

/** The principal of an access entry, of any account. Throws UnsafeTargetError. */
export function principalOf(arn: string): string {
  if (arn.includes('${')) throw new UnsafeTargetError(`the principal ${JSON.stringify(arn)}`);
  return checked(arn, PRINCIPAL, 'principal');
}

/** An access policy of EKS. Throws UnsafeTargetError. */
export function accessPolicyArn(arn: string): string {
  return checked(arn, ACCESS_POLICY, 'access policy');
}
