const ROLE = 'arn:aws:iam::111122223333:role/pods/payments-api';
const PROVIDER =
  'arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/0A1B2C3D4E5F60718293A4B5C6D7E8F9';

/** How EKS names the session of an association. */
export const POD_SESSION = 'eks-shop-api-7d9c5b-b81f0fef-97e9-47da-97a2-948c5bbcd1b3';

interface Parts {
  readonly session?: string;
  /** Null: the session is of no web identity. */
  readonly provider?: string | null;
  readonly role?: string;
  readonly detail?: object;
}

/** A call that a pod of the ServiceAccount payments/api was refused, as EventBridge delivers its record. */
export function refusedCallEvent({
  session = 'botocore-session-1700000000',
  provider = PROVIDER,
  role = ROLE,
  detail = {},
}: Parts = {}) {
  const name = role.slice(role.lastIndexOf('/') + 1);
  const caller = `arn:aws:sts::111122223333:assumed-role/${name}/${session}`;
  return {
    version: '0',
    id: '5d0f2c41-3a52-4a51-8a43-3d7b0d7f3a10',
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.ec2',
    account: '111122223333',
    time: '2026-11-20T10:14:07Z',
    region: 'eu-west-1',
    resources: [],
    detail: {
      eventVersion: '1.09',
      userIdentity: {
        type: 'AssumedRole',
        principalId: `AROAEXAMPLEROLEID0001:${session}`,
        arn: caller,
        accountId: '111122223333',
        accessKeyId: 'ASIAEXAMPLEEXAMPLE34',
        sessionContext: {
          sessionIssuer: {
            type: 'Role',
            principalId: 'AROAEXAMPLEROLEID0001',
            arn: role,
            accountId: '111122223333',
            userName: name,
          },
          webIdFederationData: provider === null ? {} : { federatedProvider: provider, attributes: {} },
          attributes: { creationDate: '2026-11-20T09:55:00Z', mfaAuthenticated: 'false' },
        },
      },
      eventTime: '2026-11-20T10:14:05Z',
      eventSource: 'ec2.amazonaws.com',
      eventName: 'DescribeInstances',
      awsRegion: 'eu-west-1',
      sourceIPAddress: '198.51.100.7',
      userAgent: 'Boto3/1.40.0',
      errorCode: 'Client.UnauthorizedOperation',
      errorMessage: `You are not authorized to perform this operation. User: ${caller} is not authorized to perform: ec2:DescribeInstances because no identity-based policy allows the ec2:DescribeInstances action`,
      requestParameters: { instancesSet: {}, filterSet: {} },
      responseElements: null,
      requestID: '7b6f7a42-96c2-4a4e-8a9f-1f6f3fb3d7b0',
      eventID: '0f9b2c8e-55d4-4b62-8f0c-3c7c7d1e9a01',
      readOnly: true,
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: '111122223333',
      eventCategory: 'Management',
      ...detail,
    },
  };
}
