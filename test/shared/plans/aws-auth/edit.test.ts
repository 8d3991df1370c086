import { describe, expect, it } from 'vitest';
import { type AwsAuthEdit, editAwsAuth } from '../../../../shared/plans/aws-auth/edit.ts';

const TWO = `# who may enter
- rolearn: arn:aws:iam::111122223333:role/a # the first
  username: "a"
  groups:
  - viewers
# nodes
- rolearn: 'arn:aws:iam::111122223333:role/nodes'
  username: system:node:{{EC2PrivateDNSName}}
  groups: [system:bootstrappers, system:nodes]
`;

describe('an edit of aws-auth', () => {
  it.each<[string, string, AwsAuthEdit, string | null]>([
    [
      'takes out one row and leaves the comments of the others',
      TWO,
      { kind: 'remove-row', section: 'mapRoles', row: 0 },
      `# who may enter
# nodes
- rolearn: 'arn:aws:iam::111122223333:role/nodes'
  username: system:node:{{EC2PrivateDNSName}}
  groups: [system:bootstrappers, system:nodes]
`,
    ],
    [
      'writes a value with the quotes of the one before it',
      TWO,
      {
        kind: 'set-field',
        section: 'mapRoles',
        row: 1,
        key: 'rolearn',
        value: 'arn:aws:iam::111122223333:role/b',
      },
      TWO.replace("'arn:aws:iam::111122223333:role/nodes'", "'arn:aws:iam::111122223333:role/b'"),
    ],
    [
      'adds a group to a list in brackets',
      TWO,
      { kind: 'add-groups', section: 'mapRoles', row: 1, groups: ['eks:kube-proxy-windows'] },
      TWO.replace('system:nodes]', 'system:nodes, eks:kube-proxy-windows]'),
    ],
    [
      'adds a group to a list of lines, indented as they are',
      TWO,
      { kind: 'add-groups', section: 'mapRoles', row: 0, groups: ['editors'] },
      TWO.replace('  - viewers\n', '  - viewers\n  - editors\n'),
    ],
    [
      'renames a key',
      TWO.replace('username: "a"', 'userName: "a"'),
      { kind: 'rename-field', section: 'mapRoles', row: 0, key: 'userName', to: 'username' },
      TWO,
    ],
    [
      'adds a row at the end',
      TWO,
      {
        kind: 'add-row',
        section: 'mapRoles',
        arn: 'arn:aws:iam::111122223333:role/c',
        username: 'c',
        groups: ['g'],
      },
      `${TWO}- rolearn: arn:aws:iam::111122223333:role/c\n  username: c\n  groups:\n  - g\n`,
    ],
    [
      'quotes what YAML would read otherwise',
      '',
      {
        kind: 'add-row',
        section: 'mapRoles',
        arn: 'arn:aws:iam::111122223333:role/c',
        username: '{{SessionName}}',
        groups: ['on'],
      },
      '- rolearn: arn:aws:iam::111122223333:role/c\n  username: "{{SessionName}}"\n  groups:\n  - "on"\n',
    ],
    [
      'declines a list in brackets',
      '[{rolearn: a, username: b}]',
      { kind: 'remove-row', section: 'mapRoles', row: 0 },
      null,
    ],
    [
      'declines text that is no list',
      'rolearn: a',
      { kind: 'remove-row', section: 'mapRoles', row: 0 },
      null,
    ],
    [
      'declines text that cannot be read',
      '- a: [',
      { kind: 'remove-row', section: 'mapRoles', row: 0 },
      null,
    ],
    ['declines a row that is not there', TWO, { kind: 'remove-row', section: 'mapRoles', row: 7 }, null],
  ])('%s', (_, mapRoles, edit, expected) => {
    const mapUsers = '- userarn: arn:aws:iam::111122223333:user/u\n  username: u\n';
    const after = editAwsAuth({ mapRoles, mapUsers }, [edit]);
    expect(after?.['mapRoles'] ?? null).toBe(expected);
    if (after !== null) expect(after['mapUsers']).toBe(mapUsers);
  });

  it('takes several rows out, whichever is named first', () => {
    const rows = [0, 1].map((row): AwsAuthEdit => ({ kind: 'remove-row', section: 'mapRoles', row }));
    expect(editAwsAuth({ mapRoles: TWO }, rows)).toEqual({ mapRoles: '# who may enter\n# nodes\n' });
  });

  it('gives a misspelt section its name', () => {
    expect(editAwsAuth({ maproles: TWO }, [{ kind: 'rename-key', key: 'maproles', to: 'mapRoles' }])).toEqual(
      {
        mapRoles: TWO,
      },
    );
  });
});
