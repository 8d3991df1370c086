/** Texts of about so many characters that cost a careless reader much. */
export function floods(size: number): readonly (readonly [what: string, text: string])[] {
  const fill = (piece: string): string => piece.repeat(Math.floor(size / piece.length));
  return [
    ['of brackets', fill('[')],
    ['of nested mappings', fill('{a: ')],
    ['of dashes', fill('- ')],
    ['of question marks', fill('? ')],
    ['of anchors', fill('&a ')],
    ['of one word', `- rolearn: ${fill('x')}`],
    ['of one quoted text', `- rolearn: "${fill('x ')}"`],
    ['of line breaks in quotes', `- rolearn: "${fill('\n')}"`],
    ['of escapes', `- rolearn: "${fill('\\u0041')}"`],
    ['of a block scalar', `- rolearn: |\n${fill('  x\n')}`],
    ['of blank lines', `${fill(' \n')}- x`],
    ['of comments', `${fill('#x\n')}- x`],
    ['of small items', fill('- x\n')],
    ['of empty flow items', `[${fill('[],')}]`],
    ['of keys in one row', `- a: b\n${fill('  a: b\n')}`],
    [
      'of different keys',
      `- a: b\n${Array.from({ length: size / 16 }, (_, at) => `  k${at}: b\n`).join('')}`,
    ],
    [
      'of groups that look joined',
      `- rolearn: arn:aws:iam::111122223333:role/a\n  groups:\n${Array.from({ length: size / 24 }, (_, at) => `  - g${at}\n    - h\n`).join('')}`,
    ],
    [
      'of duplicates of one row with many groups',
      `${'- rolearn: arn:aws:iam::111122223333:role/a\n'.repeat(size / 96)}- rolearn: arn:aws:iam::111122223333:role/a\n  groups: [${Array.from({ length: size / 20 }, (_, at) => `g${at}`).join(', ')}]\n`,
    ],
    ['of duplicate rows', fill('- rolearn: arn:aws:iam::111122223333:role/a\n')],
    ['of near misses', fill(`- rolearn: arn:aws:iam::111122223333:role/deployex${'*'.repeat(20)}\n`)],
    ['of one wildcard', `- rolearn: arn:aws:iam::111122223333:role/${fill('*a')}`],
    [
      'of templates',
      `- rolearn: arn:aws:iam::111122223333:role/deployer\n  username: "${fill('{{SessionName}}')}"`,
    ],
    [
      'of open braces in a name',
      `- rolearn: arn:aws:iam::111122223333:role/deployer\n  username: "${fill('{{')}"`,
    ],
    ['of aliases', `- &a [x, x, x, x]\n- [${fill('*a,')}]`],
    ['of merges', `- &a {b: c}\n- {${fill('<<: *a,')}}`],
    ['of doubling aliases', doubling(20)],
    ['of tags', fill('- !!str x\n')],
    ['of URI escapes in a tag', `- !${fill('%41')} x`],
    ['of digits', `- ${fill('7')}`],
    ['of underscores in a number', `- 1${fill('_')}`],
    ['of base64', `- !!binary ${fill('QUJD')}`],
    ['of base64 that is no text', `- !!binary ${fill('////')}`],
  ];
}

function doubling(levels: number): string {
  const lines = Array.from({ length: levels }, (_, at) => `- &a${at + 1} [*a${at}, *a${at}]\n`);
  return `- &a0 [x]\n${lines.join('')}`;
}
