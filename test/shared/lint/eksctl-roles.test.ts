import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../../shared/estate/snapshot.ts';
import { linted } from '../../support/lint.ts';

const ADMIN = 'arn:aws:iam::aws:policy/AdministratorAccess';
const document = (action: string, resource = '*') =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: action, Resource: resource }],
  });

const head = `apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: shop, region: eu-west-1}
`;
const serviceAccount = (rest: string) =>
  `${head}iam:\n  serviceAccounts:\n    - {metadata: {name: cart, namespace: web}, ${rest}}\n`;
const association = (rest: string) =>
  `${head}iam:\n  podIdentityAssociations:\n    - {namespace: web, serviceAccountName: cart, ${rest}}\n`;
const addon = (rest: string) => `${head}addons:\n  - {name: vpc-cni, ${rest}}\n`;
const ofAddon = (rest: string) =>
  addon(`podIdentityAssociations: [{namespace: kube-system, serviceAccountName: aws-node, ${rest}}]`);

/** Findings and undecided of the rule about permissions, each with the text that its place begins with. */
function permissions(text: string, snapshot: Snapshot | null = null) {
  const { findings, undecided } = linted(text, { snapshot });
  const lines = text.split('\n');
  const at = ({ line, column }: { line: number; column: number }) =>
    /^\w+/.exec(lines[line - 1]?.slice(column - 1) ?? '')?.[0];
  return {
    found: findings.filter(({ rule }) => rule === 'no-admin-pod-role').map(at),
    open: undecided.filter(({ rule }) => rule === 'no-admin-pod-role').map(at),
    others: findings.map(({ rule }) => rule).filter((rule) => rule !== 'no-admin-pod-role'),
  };
}

describe('a role that eksctl makes', () => {
  it.each<[string, string, string]>([
    [
      'a ServiceAccount with a managed policy',
      serviceAccount(`attachPolicyARNs: ['${ADMIN}']`),
      'attachPolicyARNs',
    ],
    ['a ServiceAccount with a document', serviceAccount(`attachPolicy: ${document('*')}`), 'attachPolicy'],
    [
      'a ServiceAccount whose role alone is made',
      serviceAccount(`roleOnly: true, roleName: cart, attachPolicyARNs: ['${ADMIN}']`),
      'attachPolicyARNs',
    ],
    [
      'an association with a managed policy',
      association(`permissionPolicyARNs: ['${ADMIN}']`),
      'permissionPolicyARNs',
    ],
    [
      'an association with a document',
      association(`permissionPolicy: ${document('iam:*')}`),
      'permissionPolicy',
    ],
    ['an add-on with a managed policy', addon(`attachPolicyARNs: ['${ADMIN}']`), 'attachPolicyARNs'],
    ['an add-on with a document', addon(`attachPolicy: ${document('*')}`), 'attachPolicy'],
    ['an association of an add-on', ofAddon(`permissionPolicyARNs: ['${ADMIN}']`), 'permissionPolicyARNs'],
    [
      'one that eksctl gives policies of its own, too',
      serviceAccount(`wellKnownPolicies: {autoScaler: true}, attachPolicyARNs: ['${ADMIN}']`),
      'wellKnownPolicies',
    ],
    [
      'one that can make itself administrator',
      serviceAccount(`attachPolicy: ${document('iam:PutRolePolicy')}`),
      'attachPolicy',
    ],
    [
      'one in a namespace that is filled in later',
      serviceAccount(`attachPolicyARNs: ['${ADMIN}']`).replace('namespace: web', 'namespace: "${NAMESPACE}"'),
      'attachPolicyARNs',
    ],
  ])('is told to be administrator: %s', (_name, text, place) => {
    expect(permissions(text)).toEqual({ found: [place], open: [], others: [] });
  });

  it.each<[string, string, string]>([
    [
      'policies of eksctl itself',
      serviceAccount('wellKnownPolicies: {autoScaler: true}'),
      'wellKnownPolicies',
    ],
    [
      'policies of eksctl itself for an association',
      association('wellKnownPolicies: {certManager: true}'),
      'wellKnownPolicies',
    ],
    [
      'a policy that only AWS has',
      addon("attachPolicyARNs: ['arn:aws:iam::111122223333:policy/cni']"),
      'attachPolicyARNs',
    ],
    [
      'a document that grants little',
      serviceAccount(`attachPolicy: ${document('s3:GetObject')}`),
      'attachPolicy',
    ],
    [
      'a boundary that only AWS has',
      serviceAccount(
        `attachPolicyARNs: ['${ADMIN}'], permissionsBoundary: 'arn:aws:iam::111122223333:policy/edge'`,
      ),
      'attachPolicyARNs',
    ],
    [
      'a boundary of an association',
      association(
        `permissionPolicyARNs: ['${ADMIN}'], permissionsBoundaryARN: 'arn:aws:iam::111122223333:policy/edge'`,
      ),
      'permissionPolicyARNs',
    ],
    [
      'a path to more that is one in an account only that nobody told',
      serviceAccount(`attachPolicy: ${document('iam:PutRolePolicy', 'arn:aws:iam::111122223333:role/*')}`),
      'attachPolicy',
    ],
    [
      'a policy that is filled in later',
      serviceAccount("attachPolicyARNs: ['${POLICY}']"),
      'attachPolicyARNs',
    ],
  ])('is undecided with %s', (_name, text, place) => {
    expect(permissions(text)).toEqual({ found: [], open: [place], others: [] });
  });

  it.each<[string, string]>([
    ['a ServiceAccount', serviceAccount("attachRoleARN: 'arn:aws:iam::111122223333:role/cart'")],
    ['an association', association("roleARN: 'arn:aws:iam::111122223333:role/cart'")],
    ['an add-on', addon("serviceAccountRoleARN: 'arn:aws:iam::111122223333:role/cni'")],
    ['an association of an add-on', ofAddon("roleARN: 'arn:aws:iam::111122223333:role/cni'")],
    ['an add-on that needs none', addon('version: latest')],
  ])('is none where the config gives the role: %s', (_name, text) => {
    expect(permissions(text)).toEqual({ found: [], open: [], others: [] });
  });

  it.each<[string, string]>([
    ['an add-on', addon('useDefaultPodIdentityAssociations: true')],
    ['all of them', `${addon('version: latest')}addonsConfig: {autoApplyPodIdentityAssociations: true}\n`],
  ])('is undecided where EKS recommends the policies of %s', (_name, text) => {
    const words = /the file does not tell the policies that \w+PodIdentityAssociations asks for/;
    expect(linted(text).undecided.map(({ reason }) => reason)).toContainEqual(expect.stringMatching(words));
    const off = linted(text.replace(': true', ': false'));
    expect(off.undecided.filter(({ reason }) => words.test(reason))).toEqual([]);
  });

  it('is judged by the policies of a snapshot, and by nothing but its permissions', () => {
    const arn = 'arn:aws:iam::111122223333:policy/all';
    const snapshot: Snapshot = {
      schemaVersion: 1,
      takenAt: '2026-11-22T09:00:00Z',
      accounts: [
        {
          id: '111122223333',
          partition: 'aws',
          roles: [],
          oidcProviders: [],
          policies: [{ arn, document: document('*') }],
          regions: [{ name: 'eu-west-1', clusters: [] }],
        },
      ],
      coverage: [],
    };
    const text = `${serviceAccount(`attachPolicyARNs: ['${arn}']`)}  podIdentityAssociations:
    - {namespace: web, serviceAccountName: report, permissionPolicyARNs: ['${arn}']}
`;
    const { findings } = linted(text, { snapshot, place: { account: '111122223333' } });
    expect(findings.map(({ rule }) => rule)).toEqual(['no-admin-pod-role', 'no-admin-pod-role']);
  });
});
