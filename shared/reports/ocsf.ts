import { controlName, controlsOf } from '../compliance/describe.ts';
import type { Coverage, Finding, Severity } from '../findings/finding.ts';
import { ruleNamed } from '../rules/index.ts';
import { acceptance } from '../waivers/acceptance.ts';
import { neutral, neutralJson } from './neutral.ts';
import type { ReportInput } from './report.ts';

/** Version of the Open Cybersecurity Schema Framework that the events follow. */
const VERSION = '1.5.0';

/** https://schema.ocsf.io/1.5.0/classes/compliance_finding, attribute severity_id. */
const SEVERITY: Readonly<Record<Severity, { readonly id: number; readonly caption: string }>> = {
  critical: { id: 5, caption: 'Critical' },
  high: { id: 4, caption: 'High' },
  medium: { id: 3, caption: 'Medium' },
  low: { id: 2, caption: 'Low' },
  info: { id: 1, caption: 'Informational' },
};

/** The life of a finding, attribute status_id. */
const STATUS: Readonly<Record<Finding['status'], { readonly id: number; readonly caption: string }>> = {
  open: { id: 1, caption: 'New' },
  waived: { id: 3, caption: 'Suppressed' },
  resolved: { id: 4, caption: 'Resolved' },
};

/**
 * Findings as events of the class Compliance Finding (2003) with the profile `cloud`, in one JSON array; what was not
 * decided is there too, with the compliance status Unknown, so that nobody counts its absence as a pass.
 */
export function ocsfReport(input: ReportInput): string {
  const { findings, coverage } = input.audit;
  return neutralJson([
    ...findings.map((finding) => findingEvent(finding, input)),
    ...coverage.map((gap) => undecidedEvent(gap, input)),
  ]);
}

function findingEvent(finding: Finding, input: ReportInput) {
  const { severity, status, account, region, waiver } = finding;
  const rule = ruleNamed(finding.rule);
  return {
    ...common(input, {
      ...(account === undefined ? {} : { account }),
      ...(region === undefined ? {} : { region }),
    }),
    severity_id: SEVERITY[severity].id,
    severity: SEVERITY[severity].caption,
    status_id: STATUS[status].id,
    status: STATUS[status].caption,
    ...(waiver !== undefined && { comment: neutral(acceptance(waiver)) }),
    message: neutral(finding.detail),
    finding_info: {
      uid: finding.fingerprint,
      title: neutral(finding.title),
      desc: neutral(finding.detail),
      types: [finding.kind],
    },
    compliance: {
      control: `${finding.number} ${finding.rule}`,
      ...standing(finding),
      ...requirementsOf(finding),
    },
    resources: resourcesOf(finding, input),
    remediation: {
      desc: neutral(finding.remedy),
      ...(rule === undefined ? {} : { references: [...rule.references] }),
    },
    unmapped: {
      kind: finding.kind,
      consequences: finding.consequences.map(neutral),
      ...(waiver !== undefined && { waiver: neutralValues(waiver) }),
    },
  };
}

const neutralValues = (waiver: NonNullable<Finding['waiver']>): Record<string, string> =>
  Object.fromEntries(Object.entries(waiver).map(([name, value]) => [name, neutral(value)]));

/** Attributes compliance.standards and compliance.requirements: the controls that the rule is evidence for. */
function requirementsOf({ rule }: Finding): { standards?: string[]; requirements?: string[] } {
  const controls = controlsOf(rule);
  if (controls.length === 0) return {};
  return {
    standards: [...new Set(controls.map(({ catalogue }) => catalogue))],
    requirements: controls.map(controlName),
  };
}

/** Attribute compliance.status_id: what cannot be judged is Unknown, what is waived a Warning. */
function standing({ status, kind }: Finding): { status_id: number; status: string } {
  if (status === 'resolved') return { status_id: 1, status: 'Pass' };
  if (status === 'waived') return { status_id: 2, status: 'Warning' };
  return kind === 'blind' ? { status_id: 0, status: 'Unknown' } : { status_id: 3, status: 'Fail' };
}

function undecidedEvent({ rule, subject, read, reason }: Coverage, input: ReportInput) {
  const account = /\b\d{12}\b/.exec(subject)?.[0];
  const text = neutral(`${subject}: ${read}: ${reason}`);
  return {
    ...common(input, account === undefined ? {} : { account }),
    severity_id: 0,
    severity: 'Unknown',
    status_id: 1,
    status: 'New',
    message: text,
    finding_info: {
      uid: neutral(`undecided/${rule ?? 'read'}/${subject}/${read}`),
      title: rule === undefined ? 'A read failed' : `${rule} could not be decided`,
      desc: text,
    },
    compliance: {
      control: rule ?? neutral(read),
      status_id: 0,
      status: 'Unknown',
      status_detail: neutral(reason),
    },
    resources: [{ name: neutral(subject) }],
  };
}

function common(input: ReportInput, { account, region }: { account?: string; region?: string }) {
  return {
    activity_id: 1,
    activity_name: 'Create',
    category_uid: 2,
    category_name: 'Findings',
    class_uid: 2003,
    class_name: 'Compliance Finding',
    type_uid: 200301,
    type_name: 'Compliance Finding: Create',
    time: Date.parse(input.takenAt),
    cloud: {
      provider: 'AWS',
      ...(account === undefined ? {} : { account: { uid: account, type: 'AWS Account', type_id: 10 } }),
      ...(region === undefined ? {} : { region: neutral(region) }),
    },
    metadata: {
      version: VERSION,
      profiles: ['cloud'],
      product: { name: 'podtrust', vendor_name: 'podtrust', version: input.version },
    },
  };
}

/** The role, the cluster and the ServiceAccount, each as its own; else the principal, else the account. */
function resourcesOf(finding: Finding, { partitions }: ReportInput) {
  const { account, region, cluster, namespace, serviceAccount, role, principal } = finding;
  const partition = partitions.get(account);
  const at = {
    ...(partition === undefined ? {} : { cloud_partition: partition }),
    ...(region === undefined ? {} : { region: neutral(region) }),
  };
  const resources = [
    ...(role === undefined ? [] : [{ uid: neutral(role), type: 'AWS::IAM::Role', ...at }]),
    ...(cluster === undefined ? [] : [{ name: neutral(cluster), type: 'AWS::EKS::Cluster', ...at }]),
    ...(serviceAccount === undefined
      ? []
      : [
          {
            name: neutral(serviceAccount),
            namespace: neutral(namespace ?? ''),
            type: 'ServiceAccount',
            ...at,
          },
        ]),
    ...(principal === undefined ? [] : [{ uid: neutral(principal), type: 'Principal', ...at }]),
  ];
  return resources.length > 0 ? resources : [{ uid: account, type: 'AWS::::Account', ...at }];
}
