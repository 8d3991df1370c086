import { CIS_EKS, MITRE_ATTACK, NIST_800_53, type Silent } from './controls.ts';
import { MAPPING } from './mapping.ts';

/** One control, as reports name it. */
export interface Control {
  readonly catalogue: 'CIS Amazon EKS Benchmark v1.5.0' | 'NIST SP 800-53 Rev. 5' | 'MITRE ATT&CK';
  readonly id: string;
  readonly subject: string;
}

/** The controls that a rule is evidence for, in the order of their catalogues; none where it is for none, or not known. */
export function controlsOf(rule: string): Control[] {
  const controls = MAPPING[rule];
  if (controls === undefined || 'none' in controls) return [];
  const [cis, nist, attack] = [told(controls.cis), told(controls.nist), told(controls.attack)];
  return [
    ...cis.map((id): Control => ({ catalogue: 'CIS Amazon EKS Benchmark v1.5.0', id, subject: CIS_EKS[id] })),
    ...nist.map((id): Control => ({ catalogue: 'NIST SP 800-53 Rev. 5', id, subject: NIST_800_53[id] })),
    ...attack.map((id): Control => ({ catalogue: 'MITRE ATT&CK', id, subject: MITRE_ATTACK[id] })),
  ];
}

const told = <Id>(of: readonly Id[] | Silent): readonly Id[] => ('none' in of ? [] : of);

/** A control in one short text, as requirement lists hold it: `NIST SP 800-53 Rev. 5 AC-6`. */
export const controlName = ({ catalogue, id }: Control): string => `${catalogue} ${id}`;

/** The controls in a sentence for a rule's page, or why there are none. */
export function controlsText(rule: string): string {
  const controls = MAPPING[rule];
  if (controls !== undefined && 'none' in controls) return `None: ${controls.none}.`;
  const byCatalogue = Map.groupBy(controlsOf(rule), ({ catalogue }) => catalogue);
  return [...byCatalogue]
    .map(
      ([catalogue, list]) =>
        `- ${catalogue}: ${list.map(({ id, subject }) => `${id} (${subject})`).join(', ')}`,
    )
    .join('\n');
}
