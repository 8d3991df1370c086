import { ACCOUNT, type Script, type Step, trust } from '../step.ts';

const iam = (operation: string, input: Step['input'] = {}, more: Partial<Step> = {}): Step => ({
  service: 'iam',
  operation,
  input,
  ...more,
});

const READ_BUCKET = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: ['s3:GetObject', 's3:ListBucket'], Resource: '*' }],
});

/** Life of a role: creation, reading, trust edits, tags, boundary, deletion, and what is refused. */
export const roles: Script = {
  name: 'roles',
  steps: [
    iam('CreateRole', {
      RoleName: 'app',
      Path: '/team/',
      AssumeRolePolicyDocument: trust('ec2.amazonaws.com'),
      Description: 'An app',
      MaxSessionDuration: 7200,
      Tags: [{ Key: 'team', Value: 'shop' }],
    }),
    iam(
      'CreateRole',
      { RoleName: 'app', AssumeRolePolicyDocument: trust('ec2.amazonaws.com') },
      { case: 'name taken' },
    ),
    iam('GetRole', { RoleName: 'app' }),
    iam('GetRole', { RoleName: 'nobody' }, { case: 'no such role' }),
    iam('UpdateAssumeRolePolicy', { RoleName: 'app', PolicyDocument: trust('lambda.amazonaws.com') }),
    iam('GetRole', { RoleName: 'app' }, { case: 'after the trust edit' }),
    iam(
      'UpdateAssumeRolePolicy',
      { RoleName: 'nobody', PolicyDocument: trust('ec2.amazonaws.com') },
      { case: 'no such role' },
    ),
    iam('UpdateRole', { RoleName: 'app', Description: 'The app', MaxSessionDuration: 3600 }),
    iam('TagRole', { RoleName: 'app', Tags: [{ Key: 'owner', Value: 'jo' }] }),
    iam('ListRoleTags', { RoleName: 'app' }),
    iam('UntagRole', { RoleName: 'app', TagKeys: ['team'] }),
    iam('ListRoleTags', { RoleName: 'app' }, { case: 'after untagging' }),
    iam('ListRoles', { PathPrefix: '/team/' }, { case: 'by path' }),
    iam('UpdateAssumeRolePolicy', { RoleName: 'app', PolicyDocument: '{' }, { case: 'no JSON' }),
    iam(
      'UpdateAssumeRolePolicy',
      { RoleName: 'app', PolicyDocument: trust('ec2.amazonaws.com').replace('Principal', 'Principle') },
      { case: 'unknown element' },
    ),
    iam('DeleteRole', { RoleName: 'app' }),
    iam('DeleteRole', { RoleName: 'app' }, { case: 'gone already' }),
    iam('ListRoles', { PathPrefix: '/team/' }, { case: 'none left' }),
  ],
};

/** Managed and inline policies on a role. */
export const policies: Script = {
  name: 'policies',
  steps: [
    iam('CreateRole', { RoleName: 'worker', AssumeRolePolicyDocument: trust('ec2.amazonaws.com') }),
    iam(
      'CreatePolicy',
      { PolicyName: 'read-bucket', PolicyDocument: READ_BUCKET },
      { keep: { policy: 'Policy.Arn' } },
    ),
    iam('CreatePolicy', { PolicyName: 'read-bucket', PolicyDocument: READ_BUCKET }, { case: 'name taken' }),
    iam('AttachRolePolicy', { RoleName: 'worker', PolicyArn: '{policy}' }),
    iam('AttachRolePolicy', { RoleName: 'worker', PolicyArn: '{policy}' }, { case: 'attached already' }),
    iam('ListAttachedRolePolicies', { RoleName: 'worker' }),
    iam('GetPolicy', { PolicyArn: '{policy}' }),
    iam('GetPolicyVersion', { PolicyArn: '{policy}', VersionId: 'v1' }),
    iam('PutRolePolicy', { RoleName: 'worker', PolicyName: 'inline', PolicyDocument: READ_BUCKET }),
    iam('PutRolePolicy', { RoleName: 'worker', PolicyName: 'bad', PolicyDocument: '[' }, { case: 'no JSON' }),
    iam('GetRolePolicy', { RoleName: 'worker', PolicyName: 'inline' }),
    iam('GetRolePolicy', { RoleName: 'worker', PolicyName: 'none' }, { case: 'no such policy' }),
    iam('ListRolePolicies', { RoleName: 'worker' }),
    iam('DeleteRole', { RoleName: 'worker' }, { case: 'policies attached' }),
    iam('CreatePolicyVersion', { PolicyArn: '{policy}', PolicyDocument: READ_BUCKET, SetAsDefault: true }),
    iam('ListPolicyVersions', { PolicyArn: '{policy}' }),
    iam('DeletePolicyVersion', { PolicyArn: '{policy}', VersionId: 'v2' }, { case: 'the default version' }),
    iam('DeletePolicyVersion', { PolicyArn: '{policy}', VersionId: 'v1' }),
    iam('PutRolePermissionsBoundary', { RoleName: 'worker', PermissionsBoundary: '{policy}' }),
    iam('GetRole', { RoleName: 'worker' }, { case: 'with a boundary' }),
    iam('DeleteRolePermissionsBoundary', { RoleName: 'worker' }),
    iam('DetachRolePolicy', { RoleName: 'worker', PolicyArn: '{policy}' }),
    iam('DetachRolePolicy', { RoleName: 'worker', PolicyArn: '{policy}' }, { case: 'detached already' }),
    iam('DeleteRole', { RoleName: 'worker' }, { case: 'inline policies left' }),
    iam('DeleteRolePolicy', { RoleName: 'worker', PolicyName: 'inline' }),
    iam('DeleteRolePolicy', { RoleName: 'worker', PolicyName: 'inline' }, { case: 'gone already' }),
    iam('DeleteRole', { RoleName: 'worker' }),
    iam('DeletePolicy', { PolicyArn: '{policy}' }),
    iam('GetPolicy', { PolicyArn: '{policy}' }, { case: 'gone' }),
  ],
};

/** What IAM refuses because something else hangs on it. */
export const conflicts: Script = {
  name: 'conflicts',
  steps: [
    iam('CreateRole', { RoleName: 'held', AssumeRolePolicyDocument: trust('ec2.amazonaws.com') }),
    iam(
      'CreatePolicy',
      { PolicyName: 'holding', PolicyDocument: READ_BUCKET },
      { keep: { policy: 'Policy.Arn' } },
    ),
    iam('AttachRolePolicy', { RoleName: 'held', PolicyArn: '{policy}' }),
    iam('DeletePolicy', { PolicyArn: '{policy}' }, { case: 'attached' }),
    iam(
      'AttachRolePolicy',
      { RoleName: 'held', PolicyArn: `arn:aws:iam::${ACCOUNT}:policy/none` },
      { case: 'no such policy' },
    ),
  ],
};

const ISSUER = 'https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF';

/** Life of an OIDC provider. */
export const providers: Script = {
  name: 'OIDC providers',
  steps: [
    iam(
      'CreateOpenIDConnectProvider',
      {
        Url: ISSUER,
        ClientIDList: ['sts.amazonaws.com'],
        ThumbprintList: ['9e99a48a9960b14926bb7f3b02e22da2b0ab7280'],
        Tags: [{ Key: 'cluster', Value: 'shop' }],
      },
      { keep: { provider: 'OpenIDConnectProviderArn' } },
    ),
    iam(
      'CreateOpenIDConnectProvider',
      {
        Url: ISSUER,
        ClientIDList: ['sts.amazonaws.com'],
        ThumbprintList: ['9e99a48a9960b14926bb7f3b02e22da2b0ab7280'],
      },
      { case: 'URL taken' },
    ),
    iam('GetOpenIDConnectProvider', { OpenIDConnectProviderArn: '{provider}' }),
    iam('ListOpenIDConnectProviders'),
    iam('AddClientIDToOpenIDConnectProvider', { OpenIDConnectProviderArn: '{provider}', ClientID: 'vault' }),
    iam(
      'AddClientIDToOpenIDConnectProvider',
      { OpenIDConnectProviderArn: '{provider}', ClientID: 'vault' },
      { case: 'there already' },
    ),
    iam(
      'GetOpenIDConnectProvider',
      { OpenIDConnectProviderArn: '{provider}' },
      {
        case: 'two client ids',
        needs: ['AddClientIDToOpenIDConnectProvider'],
      },
    ),
    iam('RemoveClientIDFromOpenIDConnectProvider', {
      OpenIDConnectProviderArn: '{provider}',
      ClientID: 'sts.amazonaws.com',
    }),
    iam(
      'RemoveClientIDFromOpenIDConnectProvider',
      { OpenIDConnectProviderArn: '{provider}', ClientID: 'none' },
      { case: 'not there' },
    ),
    iam(
      'GetOpenIDConnectProvider',
      { OpenIDConnectProviderArn: '{provider}' },
      {
        case: 'one client id left',
        needs: ['RemoveClientIDFromOpenIDConnectProvider'],
      },
    ),
    iam('TagOpenIDConnectProvider', {
      OpenIDConnectProviderArn: '{provider}',
      Tags: [{ Key: 'owner', Value: 'jo' }],
    }),
    iam('ListOpenIDConnectProviderTags', { OpenIDConnectProviderArn: '{provider}' }),
    iam('UntagOpenIDConnectProvider', { OpenIDConnectProviderArn: '{provider}', TagKeys: ['cluster'] }),
    iam(
      'ListOpenIDConnectProviderTags',
      { OpenIDConnectProviderArn: '{provider}' },
      { case: 'after untagging' },
    ),
    iam('DeleteOpenIDConnectProvider', { OpenIDConnectProviderArn: '{provider}' }),
    iam('DeleteOpenIDConnectProvider', { OpenIDConnectProviderArn: '{provider}' }, { case: 'gone already' }),
    iam('GetOpenIDConnectProvider', { OpenIDConnectProviderArn: '{provider}' }, { case: 'gone' }),
    iam('ListOpenIDConnectProviders', {}, { case: 'none left' }),
    iam(
      'CreateOpenIDConnectProvider',
      { Url: 'http://example.com', ThumbprintList: ['9e99a48a9960b14926bb7f3b02e22da2b0ab7280'] },
      { case: 'not https' },
    ),
  ],
};

/** The bulk read and its pages. */
export const account: Script = {
  name: 'account',
  steps: [
    iam('CreateRole', { RoleName: 'bulk-1', AssumeRolePolicyDocument: trust('ec2.amazonaws.com') }),
    iam('CreateRole', { RoleName: 'bulk-2', AssumeRolePolicyDocument: trust('lambda.amazonaws.com') }),
    iam('PutRolePolicy', { RoleName: 'bulk-1', PolicyName: 'inline', PolicyDocument: READ_BUCKET }),
    iam('GetAccountAuthorizationDetails', { Filter: ['Role'] }),
    iam(
      'GetAccountAuthorizationDetails',
      { Filter: ['Role'], MaxItems: 1 },
      { case: 'first page', anyItems: true },
    ),
    iam('ListRoles', { MaxItems: 1 }, { case: 'first page', anyItems: true }),
    iam('GetAccountSummary'),
    iam('DeleteRolePolicy', { RoleName: 'bulk-1', PolicyName: 'inline' }),
    iam('DeleteRole', { RoleName: 'bulk-1' }),
    iam('DeleteRole', { RoleName: 'bulk-2' }),
    { service: 'sts', operation: 'GetCallerIdentity', input: {} },
  ],
};
