import { controlName, controlsOf } from '../compliance/describe.ts';
import type { Finding } from '../findings/finding.ts';
import type { StoredFinding } from '../findings/stored.ts';
import type { Transition } from '../findings/transition.ts';
import { limited } from './limited.ts';

/** The Security Hub that findings go to: of podtrust's own account, the only one that it may import findings as. */
export interface SecurityHubPlace {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

interface AsffResource {
  readonly Type: 'AwsIamRole' | 'AwsEksCluster' | 'Other';
  readonly Id: string;
  readonly Partition: string;
  readonly Region?: string;
  readonly Details?: { readonly Other: Record<string, string> };
}

type SeverityLabel = 'CRITICAL' | 'HIGH' | 'MEDIUM' | 'LOW' | 'INFORMATIONAL';

/** A finding in the AWS Security Finding Format, as far as podtrust fills it; never Workflow or Note: people own them. */
export interface AsffFinding {
  readonly SchemaVersion: '2018-10-08';
  readonly Id: string;
  readonly ProductArn: string;
  readonly ProductName: string;
  readonly CompanyName: string;
  readonly GeneratorId: string;
  readonly AwsAccountId: string;
  readonly FirstObservedAt: string;
  readonly LastObservedAt: string;
  readonly CreatedAt: string;
  readonly UpdatedAt: string;
  readonly Title: string;
  readonly Description: string;
  readonly FindingProviderFields: {
    readonly Severity: { readonly Label: SeverityLabel; readonly Original: string };
    readonly Types: string[];
  };
  readonly Remediation: { readonly Recommendation: { readonly Text: string } };
  readonly ProductFields: Record<string, string>;
  readonly Resources: AsffResource[];
  readonly Compliance: {
    readonly Status: 'PASSED' | 'WARNING' | 'FAILED' | 'NOT_AVAILABLE';
    readonly RelatedRequirements?: string[];
  };
  readonly RecordState: 'ACTIVE' | 'ARCHIVED';
}

const LABELS: Readonly<Record<Finding['severity'], SeverityLabel>> = {
  critical: 'CRITICAL',
  high: 'HIGH',
  medium: 'MEDIUM',
  low: 'LOW',
  info: 'INFORMATIONAL',
};

/** Security Hub user guide, "Types taxonomy for ASFF": namespace/category/classifier. */
const TYPES: Readonly<Record<Finding['kind'], string>> = {
  open: 'Software and Configuration Checks/AWS Security Best Practices/Identity Open To Others',
  broken: 'Software and Configuration Checks/AWS Security Best Practices/Identity Does Not Work',
  rot: 'Software and Configuration Checks/AWS Security Best Practices/Unused Identity',
  blind: 'Software and Configuration Checks/AWS Security Best Practices/Identity Not Judged',
};

/** Where an account imports findings of its own (Security Hub API reference, BatchImportFindings: default product). */
export function productArn({ partition, region, account }: SecurityHubPlace): string {
  return `arn:${partition}:securityhub:${region}:${account}:product/${account}/default`;
}

/**
 * The finding as it is after a transition. Its Id never changes, so that each step updates the same finding. With the
 * default product AwsAccountId has to be the account that calls; the finding's own account is in its resources.
 */
export function asffOf(transition: Transition, hub: SecurityHubPlace): AsffFinding {
  const { finding, readAt, firstSeen } = transition;
  return asffFinding(
    finding,
    { since: firstSeen ?? readAt, readAt, fields: transitionFields(transition) },
    hub,
  );
}

/** The finding as the store has it now; who changed it last is said by asffOf alone. */
export function asffOfStored(
  { finding, firstSeen, lastChanged, sequence }: StoredFinding,
  hub: SecurityHubPlace,
): AsffFinding {
  const fields = { 'podtrust/Sequence': String(sequence) };
  return asffFinding(finding, { since: firstSeen, readAt: lastChanged, fields }, hub);
}

interface Known {
  readonly since: string;
  readonly readAt: string;
  readonly fields: Fields;
}

type Fields = Readonly<Record<string, string | undefined>>;

/** One finding in the format, whatever brought it. */
export function asffFinding(
  finding: Finding,
  { since, readAt, fields }: Known,
  hub: SecurityHubPlace,
): AsffFinding {
  return {
    SchemaVersion: '2018-10-08',
    Id: limited(`podtrust/${finding.account}/${finding.fingerprint}`, 512),
    ProductArn: productArn(hub),
    ProductName: 'podtrust',
    CompanyName: 'podtrust',
    GeneratorId: limited(`podtrust/${finding.rule}`, 512),
    AwsAccountId: hub.account,
    FirstObservedAt: since,
    LastObservedAt: readAt,
    CreatedAt: since,
    UpdatedAt: readAt,
    Title: limited(finding.title, 256),
    Description: limited(finding.detail, 1_024),
    FindingProviderFields: {
      Severity: { Label: LABELS[finding.severity], Original: finding.severity },
      Types: [TYPES[finding.kind]],
    },
    Remediation: { Recommendation: { Text: limited(finding.remedy, 512) } },
    ProductFields: productFields(finding, fields),
    Resources: resourcesOf(finding, hub),
    Compliance: { Status: complianceOf(finding), ...requirementsOf(finding) },
    RecordState: finding.status === 'open' ? 'ACTIVE' : 'ARCHIVED',
  };
}

/** The controls that the rule is evidence for (Security Hub API reference, Compliance: at most 32). */
function requirementsOf({ rule }: Finding): { readonly RelatedRequirements?: string[] } {
  const RelatedRequirements = controlsOf(rule).map(controlName).slice(0, 32);
  return RelatedRequirements.length === 0 ? {} : { RelatedRequirements };
}

/**
 * What cannot be judged is neither passed nor failed. What is waived is still there, so that it passes nothing; its record
 * is archived, since an active one counts as open, and BatchImportFindings cannot suppress a finding that exists. When the
 * waiver ends the record is active again, and Security Hub makes it new (Security Hub API reference, WorkflowUpdate).
 */
function complianceOf({ status, kind }: Finding): AsffFinding['Compliance']['Status'] {
  switch (status) {
    case 'resolved':
      return 'PASSED';
    case 'waived':
      return 'WARNING';
    case 'open':
      return kind === 'blind' ? 'NOT_AVAILABLE' : 'FAILED';
  }
}

/** Every value is bounded: together far below the 240 KB of a finding. */
function productFields(finding: Finding, more: Fields): Record<string, string> {
  const fields: Fields = {
    'podtrust/Number': finding.number,
    'podtrust/Kind': finding.kind,
    'podtrust/Status': finding.status,
    'podtrust/Account': finding.account,
    'podtrust/Namespace': finding.namespace,
    'podtrust/ServiceAccount': finding.serviceAccount,
    'podtrust/Principal': finding.principal,
    'podtrust/Consequences': finding.consequences.join('; '),
    'podtrust/AcceptedBy': finding.waiver?.owner,
    'podtrust/AcceptedUntil': finding.waiver?.expires,
    'podtrust/AcceptedTicket': finding.waiver?.ticket,
    'podtrust/AcceptedReason': finding.waiver?.reason,
    ...more,
  };
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]) => (value ? [[key, limited(value, 2_048)]] : [])),
  );
}

function transitionFields({ id, change, sequence, audit, causes }: Transition): Fields {
  const [newest] = causes;
  return {
    'podtrust/Change': change,
    'podtrust/TransitionId': id,
    'podtrust/Sequence': String(sequence),
    'podtrust/Audit': audit,
    'podtrust/Event': newest?.eventId,
    'podtrust/EventName': newest?.eventName,
    'podtrust/EventTime': newest?.time,
    'podtrust/Actor': newest?.actor.arn ?? newest?.actor.service,
    'podtrust/ActorSession': newest?.actor.session,
    'podtrust/SourceAddress': newest?.sourceAddress,
  };
}

/** The role and the cluster, each as its own; what is neither is named as well as it can be. */
function resourcesOf(finding: Finding, hub: SecurityHubPlace): AsffResource[] {
  const { account, region, cluster, role, principal, namespace, serviceAccount } = finding;
  const Partition = partitionOf(role ?? principal) ?? hub.partition;
  const at = { Partition, ...(region && { Region: limited(region, 16) }) };
  const resources: AsffResource[] = [];
  if (role) resources.push({ Type: 'AwsIamRole', Id: limited(role, 512), Partition });
  if (cluster && region) {
    const arn = `arn:${Partition}:eks:${region}:${account}:cluster/${cluster}`;
    resources.push({ Type: 'AwsEksCluster', Id: limited(arn, 512), ...at });
    if (namespace && serviceAccount) {
      const Id = limited(`${arn}/serviceaccount/${namespace}/${serviceAccount}`, 512);
      const Other = { Namespace: limited(namespace, 1_000), ServiceAccount: limited(serviceAccount, 1_000) };
      resources.push({ Type: 'Other', Id, ...at, Details: { Other } });
    }
  }
  if (resources.length > 0) return resources;
  return [{ Type: 'Other', Id: limited(principal || `AWS::::Account:${account}`, 512), ...at }];
}

function partitionOf(arn: string | undefined): string | undefined {
  return /^arn:(aws(?:-[a-z]+)*):/.exec(arn ?? '')?.[1];
}
