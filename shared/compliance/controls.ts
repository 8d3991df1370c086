/**
 * Controls that rules are evidence for. Identifiers and subjects of: CIS Amazon EKS Benchmark v1.5.0, NIST SP 800-53
 * Revision 5, MITRE ATT&CK for Enterprise (Cloud and Containers). The subjects are in words of our own.
 */

export const CIS_EKS = {
  '2.1.1': 'audit logs of the control plane are on',
  '4.1.1': 'cluster-admin only where it is required',
  '4.1.5': 'default ServiceAccounts are not used',
  '4.1.7': 'the group system:masters is avoided',
  '5.2.1': 'workloads have ServiceAccounts of their own with AWS identities',
  '5.5.1': 'people enter through IAM',
} as const;

export const NIST_800_53 = {
  'AC-2': 'account management',
  'AC-2(3)': 'disable accounts that are not used',
  'AC-3': 'access enforcement',
  'AC-4': 'information flow enforcement',
  'AC-5': 'separation of duties',
  'AC-6': 'least privilege',
  'AC-6(5)': 'privileged accounts',
  'AC-6(9)': 'log use of privileged functions',
  'AU-2': 'event logging',
  'AU-12': 'audit record generation',
  'CA-7': 'continuous monitoring',
  'CM-3': 'configuration change control',
  'CM-6': 'configuration settings',
  'IA-2': 'identification and authentication of users',
  'IA-4': 'identifier management',
  'IA-5': 'authenticator management',
  'IA-8': 'identification and authentication of those outside the organization',
  'IA-9': 'service identification and authentication',
  'SI-4': 'system monitoring',
} as const;

export const MITRE_ATTACK = {
  'T1078.004': 'Valid Accounts: Cloud Accounts',
  'T1098.003': 'Account Manipulation: Additional Cloud Roles',
  'T1098.006': 'Account Manipulation: Additional Container Cluster Roles',
  T1199: 'Trusted Relationship',
  'T1484.002': 'Domain or Tenant Policy Modification: Trust Modification',
  T1528: 'Steal Application Access Token',
  'T1548.005': 'Abuse Elevation Control Mechanism: Temporary Elevated Cloud Access',
  'T1550.001': 'Use Alternate Authentication Material: Application Access Token',
  'T1552.001': 'Unsecured Credentials: Credentials In Files',
  'T1552.005': 'Unsecured Credentials: Cloud Instance Metadata API',
  'T1562.008': 'Impair Defenses: Disable or Modify Cloud Logs',
} as const;

type CisControl = keyof typeof CIS_EKS;
type NistControl = keyof typeof NIST_800_53;
type Technique = keyof typeof MITRE_ATTACK;

/** Why a rule is evidence for no control of a catalogue, or of none at all. */
export interface Silent {
  readonly none: string;
}

/** What a rule is evidence for in each catalogue, or why it is evidence for nothing there. */
export type Controls =
  | {
      readonly cis: readonly CisControl[] | Silent;
      readonly nist: readonly NistControl[] | Silent;
      readonly attack: readonly Technique[] | Silent;
    }
  | Silent;
