import { decodedText, type Fields, fields } from '../fields.ts';
import { issuerOfProvider, issuerOfUrl } from '../issuers.ts';
import { resourceArns } from '../names.ts';
import { changeReaders } from './reader.ts';

/** IAM's writes of OIDC providers. No record of them was published: both spellings of the ARN's key are read. */
export const providerReaders = changeReaders(
  'iam.amazonaws.com',
  [
    'CreateOpenIDConnectProvider',
    'DeleteOpenIDConnectProvider',
    'AddClientIDToOpenIDConnectProvider',
    'RemoveClientIDFromOpenIDConnectProvider',
    'UpdateOpenIDConnectProviderThumbprint',
    'TagOpenIDConnectProvider',
    'UntagOpenIDConnectProvider',
  ],
  (frame, record, name) => {
    const issuer = issuerIn(record);
    if (issuer === undefined) return null;
    return { ...frame, kind: 'provider', change: changeOf(name), issuer };
  },
);

function changeOf(name: string): 'created' | 'deleted' | 'changed' {
  if (name === 'CreateOpenIDConnectProvider') return 'created';
  return name === 'DeleteOpenIDConnectProvider' ? 'deleted' : 'changed';
}

/** The issuer by the provider's ARN, else by the URL that a new provider was asked for. */
function issuerIn(record: Fields): string | undefined {
  const asked = fields(record['requestParameters']);
  const answered = fields(record['responseElements']);
  const arns = [asked, answered].map((of) => decodedText(of, 'openIDConnectProviderArn', 2048));
  const found = [...arns, ...resourceArns(record)]
    .map(issuerOfProvider)
    .find((issuer) => issuer !== undefined);
  return found ?? issuerOfUrl(decodedText(asked, 'url'));
}
