import type { Controls, Silent } from './controls.ts';

/** It keeps somebody out who should get in: a fault of operation, which none of the three catalogues asks about. */
const KEEPS_OUT: Controls = { none: 'it keeps somebody out; no control is about that' };
const QUOTA: Controls = { none: 'a limit of AWS that comes nearer; no control is about that' };

const CIS_OF_TRUST: Silent = { none: 'it asks that pods have identities, not who may assume a role' };
const CIS_OF_PODS: Silent = { none: 'it asks that pods have identities of their own, not how each gets one' };
const CIS_OF_ENTRIES: Silent = { none: 'it asks that people enter through IAM, not for each entry' };
const CIS_OF_LEFTOVERS: Silent = { none: 'it asks for nothing to be taken away that is not used' };
const CIS_OF_RECORDS: Silent = { none: "it asks for the logs of a cluster's control plane alone" };
const NO_TECHNIQUE: Silent = { none: 'a weakness of the configuration, and the technique of no attack' };
const NO_SIGN: Silent = { none: 'what was refused or cannot be seen is no sign of one technique' };

const OPEN_TRUST: Controls = {
  cis: CIS_OF_TRUST,
  nist: ['AC-3', 'AC-6'],
  attack: ['T1078.004', 'T1550.001'],
};
const TO_OTHERS: Controls = {
  cis: CIS_OF_TRUST,
  nist: ['AC-3', 'AC-6', 'IA-8'],
  attack: ['T1078.004', 'T1199'],
};
const LEFTOVER: Controls = { cis: CIS_OF_LEFTOVERS, nist: ['AC-2(3)', 'IA-4'], attack: ['T1078.004'] };
const CLUSTER_ADMIN: Controls = {
  cis: ['4.1.1'],
  nist: ['AC-6', 'AC-6(5)'],
  attack: ['T1078.004', 'T1098.006'],
};
const OWN_IDENTITY: Controls = { cis: ['5.2.1'], nist: ['AC-6', 'IA-9'], attack: ['T1552.005'] };

/** Rule to controls: every rule is here, with what it is evidence for or with why it is for none. */
export const MAPPING: Readonly<Record<string, Controls>> = {
  'use-iam-oidc-provider': KEEPS_OUT,
  'use-sts-audience': KEEPS_OUT,
  'no-extra-audience': { cis: CIS_OF_TRUST, nist: ['AC-6', 'IA-9'], attack: ['T1528', 'T1550.001'] },
  'no-orphan-provider': { cis: CIS_OF_TRUST, nist: ['AC-2(3)', 'IA-4'], attack: ['T1199'] },
  'no-foreign-issuer': TO_OTHERS,
  'no-provider-quota-pressure': QUOTA,

  'no-invalid-trust-policy': { cis: CIS_OF_TRUST, nist: ['CM-6'], attack: NO_TECHNIQUE },
  'no-unknown-provider': KEEPS_OUT,
  'no-stale-issuer': KEEPS_OUT,
  'no-mismatched-condition-key': KEEPS_OUT,
  'no-literal-wildcard': KEEPS_OUT,
  'no-malformed-subject': KEEPS_OUT,
  'no-wrong-audience': KEEPS_OUT,
  'no-wrong-assume-action': KEEPS_OUT,
  'no-unsatisfiable-trust': KEEPS_OUT,
  'no-missing-subject': OPEN_TRUST,
  'no-wildcard-subject': OPEN_TRUST,
  'no-fail-open-condition': OPEN_TRUST,
  'use-audience-condition': OPEN_TRUST,
  'no-public-trust': {
    cis: CIS_OF_TRUST,
    nist: ['AC-3', 'AC-6', 'IA-8'],
    attack: ['T1078.004', 'T1199', 'T1548.005'],
  },
  'no-negated-trust': {
    cis: CIS_OF_TRUST,
    nist: ['AC-3', 'AC-6', 'IA-8'],
    attack: ['T1078.004', 'T1199', 'T1548.005'],
  },
  'no-cross-cluster-subject': { cis: CIS_OF_TRUST, nist: ['AC-4', 'AC-5', 'AC-6'], attack: ['T1078.004'] },
  'no-mixed-trust': { cis: CIS_OF_TRUST, nist: ['AC-5', 'AC-6'], attack: ['T1078.004', 'T1548.005'] },
  'no-degraded-principal': LEFTOVER,
  'no-trust-quota-pressure': QUOTA,
  'no-denying-control-policy': KEEPS_OUT,

  'no-invalid-role-annotation': KEEPS_OUT,
  'no-missing-annotated-role': KEEPS_OUT,
  'no-untrusted-service-account': KEEPS_OUT,
  'use-role-annotation': OWN_IDENTITY,
  'no-unused-trust': LEFTOVER,
  'no-uninjected-pod': KEEPS_OUT,
  'no-shadowed-credentials': { cis: ['5.2.1'], nist: ['IA-5', 'IA-9'], attack: ['T1552.001'] },
  'no-double-binding': { cis: CIS_OF_PODS, nist: ['CM-6'], attack: NO_TECHNIQUE },
  'no-default-service-account-role': { cis: ['4.1.5', '5.2.1'], nist: ['AC-6', 'IA-9'], attack: ['T1528'] },
  'no-proxied-credentials': KEEPS_OUT,
  'use-identity-webhook': KEEPS_OUT,
  'no-invalid-token-expiration': { cis: CIS_OF_PODS, nist: ['IA-5'], attack: NO_TECHNIQUE },
  'no-node-role-fallback': OWN_IDENTITY,

  'use-pod-identity-agent': KEEPS_OUT,
  'no-missing-association-role': KEEPS_OUT,
  'no-untrusted-association': KEEPS_OUT,
  'no-tagless-tag-condition': KEEPS_OUT,
  'no-untrusted-self-assumption': KEEPS_OUT,
  'no-broken-target-role': KEEPS_OUT,
  'use-pod-identity-association': KEEPS_OUT,
  'no-ghost-association': LEFTOVER,
  'no-unsupported-compute': KEEPS_OUT,
  'no-missing-node-permission': KEEPS_OUT,
  'use-scoped-pod-identity-trust': OPEN_TRUST,
  'use-external-id': { cis: CIS_OF_TRUST, nist: ['AC-3', 'IA-8'], attack: ['T1199', 'T1548.005'] },
  'no-orphan-pod-identity-role': LEFTOVER,
  'no-addon-identity-conflict': { cis: CIS_OF_PODS, nist: ['CM-6'], attack: NO_TECHNIQUE },
  'no-association-quota-pressure': QUOTA,

  'use-access-entries': { cis: ['5.5.1'], nist: ['AC-2', 'CM-3'], attack: NO_TECHNIQUE },
  'no-hidden-creator-admin': {
    cis: ['4.1.1', '4.1.7'],
    nist: ['AC-2', 'AC-6(5)'],
    attack: ['T1078.004', 'T1098.006'],
  },
  'no-ghost-access-entry': LEFTOVER,
  'no-tombstoned-access-entry': { cis: CIS_OF_ENTRIES, nist: ['IA-4'], attack: NO_TECHNIQUE },
  'no-broad-cluster-admin': CLUSTER_ADMIN,
  'no-foreign-access-principal': {
    cis: CIS_OF_ENTRIES,
    nist: ['AC-3', 'IA-8'],
    attack: ['T1199', 'T1098.006'],
  },
  'no-wrong-entry-type': KEEPS_OUT,
  'no-powerless-access-entry': KEEPS_OUT,
  'no-unbound-group': KEEPS_OUT,
  'no-pod-cluster-admin': { cis: ['4.1.1'], nist: ['AC-5', 'AC-6(5)'], attack: ['T1078.004', 'T1098.006'] },
  'no-invalid-aws-auth': { cis: ['5.5.1'], nist: ['CM-6'], attack: NO_TECHNIQUE },
  'no-role-path-in-aws-auth': KEEPS_OUT,
  'no-ignored-mapping': { cis: CIS_OF_ENTRIES, nist: ['CM-6'], attack: NO_TECHNIQUE },
  'no-missing-windows-group': KEEPS_OUT,
  'no-root-mapping': { cis: CIS_OF_ENTRIES, nist: ['AC-6(5)', 'IA-2'], attack: ['T1078.004'] },
  'no-duplicate-aws-auth-mapping': { cis: CIS_OF_ENTRIES, nist: ['CM-6'], attack: NO_TECHNIQUE },
  'no-missing-node-mapping': KEEPS_OUT,
  'no-ghost-aws-auth-principal': LEFTOVER,
  'no-masters-in-aws-auth': {
    cis: ['4.1.1', '4.1.7'],
    nist: ['AC-6(5)', 'AC-6(9)'],
    attack: ['T1098.006'],
  },
  'no-creator-in-aws-auth': { cis: ['4.1.7'], nist: ['CM-6'], attack: NO_TECHNIQUE },
  'no-account-mapping': { cis: ['5.5.1'], nist: ['AC-3', 'AC-6', 'IA-2'], attack: ['T1078.004', 'T1199'] },
  'no-access-drift': { cis: CIS_OF_ENTRIES, nist: ['AC-2', 'CM-3'], attack: NO_TECHNIQUE },

  'no-admin-pod-role': {
    cis: ['5.2.1'],
    nist: ['AC-6', 'AC-6(5)'],
    attack: ['T1078.004', 'T1098.003', 'T1548.005'],
  },
  'no-missing-permission': KEEPS_OUT,
  'no-denied-web-identity': { cis: CIS_OF_RECORDS, nist: ['SI-4'], attack: ['T1550.001'] },
  'no-denied-pod-identity': { cis: CIS_OF_RECORDS, nist: ['SI-4'], attack: NO_SIGN },
  'no-widened-trust': {
    cis: CIS_OF_TRUST,
    nist: ['AC-3', 'CM-3', 'SI-4'],
    attack: ['T1098.003', 'T1484.002'],
  },
  'no-unknown-session-issuer': {
    cis: CIS_OF_RECORDS,
    nist: ['IA-8', 'SI-4'],
    attack: ['T1199', 'T1550.001'],
  },
  'use-management-trail': { cis: CIS_OF_RECORDS, nist: ['AU-2', 'AU-12'], attack: ['T1562.008'] },
  'use-control-plane-logs': { cis: ['2.1.1'], nist: ['AU-2', 'AU-12'], attack: ['T1562.008'] },
  'use-kubernetes-access': { cis: CIS_OF_RECORDS, nist: ['CA-7'], attack: NO_SIGN },
  'no-missing-binding': { cis: CIS_OF_PODS, nist: ['CM-6'], attack: NO_TECHNIQUE },
  'no-undeclared-binding': { cis: CIS_OF_PODS, nist: ['AC-2', 'CM-3'], attack: ['T1098.003'] },
  'no-unjudged-change': { cis: CIS_OF_RECORDS, nist: ['CA-7', 'SI-4'], attack: NO_SIGN },
};
