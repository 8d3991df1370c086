import { describe, expect, it } from 'vitest';
import { CIS_EKS, MITRE_ATTACK, NIST_800_53 } from '../../../shared/compliance/controls.ts';
import { controlsOf, controlsText } from '../../../shared/compliance/describe.ts';
import { MAPPING } from '../../../shared/compliance/mapping.ts';
import { pipelineRules } from '../../../shared/rules/evented/index.ts';
import { rules } from '../../../shared/rules/index.ts';

/** Why there is no control, and for which rules in which catalogue. */
const SILENCE = Map.groupBy(
  Object.entries(MAPPING).flatMap(([name, controls]) =>
    Object.entries(
      'none' in controls
        ? { 'All three': controls }
        : { CIS: controls.cis, NIST: controls.nist, MITRE: controls.attack },
    ).flatMap(([where, part]) => ('none' in part ? [{ name, why: `${where}: ${part.none}` }] : [])),
  ),
  ({ why }) => why,
);

const all = [...rules, ...pipelineRules];

describe('the mapping to controls', () => {
  it('has every rule and no other', () => {
    expect(Object.keys(MAPPING).sort()).toEqual(all.map(({ name }) => name).sort());
  });

  it.each(all.map(({ name, kind }) => [name, kind] as const))(
    '%s has controls of each catalogue, or says why it has none',
    (name, kind) => {
      const controls = MAPPING[name]!;
      const parts = 'none' in controls ? [controls] : [controls.cis, controls.nist, controls.attack];
      for (const part of parts)
        if ('none' in part) expect(part.none.length).toBeGreaterThan(20);
        else expect(part.length).toBeGreaterThan(0);
      expect('none' in controls).toBe(controlsOf(name).length === 0);
      if (kind === 'open') expect(controlsOf(name)).not.toEqual([]);
    },
  );

  it('names each control once for a rule, and lists no control that nothing is evidence for', () => {
    const used = Object.keys(MAPPING).flatMap((name) => {
      const ids = controlsOf(name).map(({ id }) => id);
      expect(new Set(ids).size, name).toBe(ids.length);
      return ids;
    });
    const listed = [CIS_EKS, NIST_800_53, MITRE_ATTACK].flatMap((catalogue) => Object.keys(catalogue));
    expect([...new Set(used)].sort()).toEqual(listed.sort());
  });

  it('gives nothing for a rule of another version, since what was found has to be told all the same', () => {
    expect(controlsOf('no-rule-of-today')).toEqual([]);
    expect(controlsText('no-rule-of-today')).toBe('');
  });

  it('is in the docs', async () => {
    const rows = all
      .toSorted((a, b) => (a.number < b.number ? -1 : 1))
      .map(({ number, name }) => {
        const of = (catalogue: string) =>
          controlsOf(name)
            .flatMap((one) => (one.catalogue.startsWith(catalogue) ? [one.id] : []))
            .join(', ') || '–';
        return `| ${number} | [${name}](rules/${name}.md) | ${of('CIS')} | ${of('NIST')} | ${of('MITRE')} |`;
      });
    const reasons = [...SILENCE]
      .map(([why, of]) => `| ${why} | ${of.map(({ name }) => name).join(', ')} |`)
      .join('\n');
    const list = (catalogue: Readonly<Record<string, string>>) =>
      Object.entries(catalogue)
        .map(([id, subject]) => `${id} ${subject}`)
        .join('; ');
    await expect(
      `# Rules and controls

Generated from \`shared/compliance/\`. A finding of a rule is evidence that a control is not met; that a rule finds nothing is
evidence for it as far as the rule looks, and no more. A rule without controls keeps somebody out who should get in, which
none of these catalogues asks about. Identifiers are those of the catalogues; the subjects are in our words.

- CIS Amazon EKS Benchmark v1.5.0: ${list(CIS_EKS)}.
- NIST SP 800-53 Revision 5: ${list(NIST_800_53)}.
- MITRE ATT&CK for Enterprise: ${list(MITRE_ATTACK)}.

\`podtrust report --format ocsf\` and \`--format asff\` carry the controls of each finding.

| number | rule | CIS EKS | NIST 800-53 | MITRE ATT&CK |
|---|---|---|---|---|
${rows.join('\n')}

## Where there is none

| why | rules |
|---|---|
${reasons}
`,
    ).toMatchFileSnapshot('../../../docs/compliance.md');
  });
});
