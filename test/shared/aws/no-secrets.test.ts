import { expect, it } from 'vitest';
import { collect } from '../../../shared/aws/collect.ts';
import { MASK } from '../../../shared/estate/redact.ts';
import { writeSnapshot } from '../../../shared/estate/write-snapshot.ts';
import { stubAccount } from '../../support/stub-account.ts';
import { type StubCall, stubClients, wireError } from '../../support/stub-aws.ts';

const now = () => new Date('2026-11-22T12:00:00Z');

/** Each made of a part that must not be found again. */
const SECRETS = {
  keyId: 'AKIAIOSFODNN7EXAMPLE',
  temporaryKeyId: 'ASIAQWERTYUIOP123456',
  secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  sessionToken: `IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJ${'aB3+xY/9Qz'.repeat(12)}==`,
  jwt: 'eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiJzeXN0ZW06c2VydmljZWFjY291bnQ6YTpiIn0.c2lnbmF0dXJl-_x',
  clusterToken: 'k8s-aws-v1.aHR0cHM6Ly9zdHMuYW1hem9uYXdzLmNvbS8_QWN0aW9uPUdldENhbGxlcklkZW50aXR5',
};
const ALL = Object.values(SECRETS).join(' , ');

const leaked = (text: string): string[] =>
  Object.entries(SECRETS).flatMap(([name, secret]) => (text.includes(secret.slice(0, 40)) ? [name] : []));

/** Adds every secret to every text of an answer in which any text can stand: names, tags, descriptions, documents. */
function poisoned(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return FREE.test(key) ? `${value} ${ALL}` : value;
  if (Array.isArray(value)) return value.map((item) => poisoned(item, key));
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, poisoned(item, name)]));
}

const FREE =
  /^(?:Value|Key|team|env|tags|Description|username|kubernetesGroups|ClientIDList|externalId|selectors|namespace|labels|tier|addonVersion|status|version|issuerUrl|PolicyName|amiType|types)$/;

it('keeps no credential that stands in a name, a tag or a document', async () => {
  const documents = /Document$/;
  const answer = (call: StubCall): object => {
    const plain = stubAccount(call);
    const encoded = JSON.stringify(plain, (key, value) =>
      documents.test(key)
        ? encodeURIComponent(`{"Version":"2012-10-17","Id":"${ALL}","Statement":[]}`)
        : value,
    );
    return poisoned(JSON.parse(encoded)) as object;
  };
  const text = writeSnapshot(await collect({ clients: stubClients(answer), now }));
  expect(
    leaked(JSON.stringify(answer({ ...CALL, operation: 'DescribePodIdentityAssociation' }))),
  ).not.toEqual([]);
  expect(text.split(MASK).length).toBeGreaterThan(100);
  expect(leaked(text)).toEqual([]);
});

it('keeps no credential that stands in the message of an error', async () => {
  const everythingFails = (call: StubCall) => {
    if (call.operation === 'GetCallerIdentity' || call.operation === 'ListClusters') return stubAccount(call);
    return wireError(call.service, 403, 'AccessDenied', `refused ${ALL} for ${ALL}`);
  };
  const snapshot = await collect({ clients: stubClients(everythingFails), now });
  expect(snapshot.coverage.length).toBeGreaterThan(10);
  expect(leaked(JSON.stringify(snapshot))).toEqual([]);
  expect(snapshot.coverage[0]?.reason).toContain(MASK);
});

it('keeps no credential that stands in the message of the error that ends the collection', async () => {
  const refused = (call: StubCall) =>
    wireError(call.service, 403, 'InvalidClientTokenId', `not valid: ${ALL}`);
  const error = await collect({ clients: stubClients(refused), now }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: 'RefusedCredentialsError' });
  expect(leaked((error as Error).message)).toEqual([]);
});

const CALL: StubCall = { service: 'eks', operation: '', input: {}, account: null, region: 'eu-west-1' };
