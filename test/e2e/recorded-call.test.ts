import { describe, expect, it } from 'vitest';
import { iamEvent } from './recorded-call.ts';

const recorded = (requestParameters: object, more: object = {}): string =>
  JSON.stringify({
    eventVersion: '1.08',
    userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::000000000000:user/jo' },
    eventTime: '2026-11-23T02:00:00Z',
    eventSource: 'iam.amazonaws.com',
    eventName: 'POST.iam',
    awsRegion: 'eu-west-1',
    sourceIPAddress: '127.0.0.1',
    requestParameters,
    eventID: 'e-1',
    readOnly: 'false',
    recipientAccountId: '000000000000',
    ...more,
  });

describe('a call that the emulator recorded', () => {
  it('becomes the event that EventBridge would deliver', () => {
    const parameters = {
      Action: 'CreateRole',
      Version: '2010-05-08',
      RoleName: 'api',
      AssumeRolePolicyDocument: '{}',
      MaxSessionDuration: '3600',
      'Tags.member.1.Key': 'team',
      'Tags.member.1.Value': 'shop',
    };
    expect(iamEvent(recorded(parameters))).toMatchObject({
      source: 'aws.iam',
      'detail-type': 'AWS API Call via CloudTrail',
      account: '000000000000',
      region: 'us-east-1',
      id: 'e-1',
      detail: {
        eventName: 'CreateRole',
        eventSource: 'iam.amazonaws.com',
        awsRegion: 'us-east-1',
        readOnly: false,
        requestParameters: {
          roleName: 'api',
          assumeRolePolicyDocument: '{}',
          maxSessionDuration: 3600,
          tags: [{ key: 'team', value: 'shop' }],
        },
      },
    });
  });

  it('with a list of texts has a list of texts', () => {
    const parameters = {
      Action: 'CreateOpenIDConnectProvider',
      Url: 'https://oidc.example.com',
      'ClientIDList.member.1': 'sts.amazonaws.com',
      'ClientIDList.member.2': 'other',
    };
    expect(iamEvent(recorded(parameters))?.detail.requestParameters).toEqual({
      url: 'https://oidc.example.com',
      clientIDList: ['sts.amazonaws.com', 'other'],
    });
  });

  it.each([
    ['a read', recorded({ Action: 'GetRole', RoleName: 'api' })],
    ['a call of another service', recorded({ Action: 'Publish' }, { eventName: 'POST.sns' })],
    ['a call without parameters', recorded({})],
  ])('is nothing when it is %s', (_, text) => {
    expect(iamEvent(text)).toBeNull();
  });
});
