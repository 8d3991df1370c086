import { linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LintReport, lintSchema } from '../../shared/lint/report.ts';
import { sarifErrors } from '../support/published-schemas.ts';
import { runCli } from '../support/run-cli.ts';

const TRUST = readFileSync(new URL('../fixtures/lint/trust-policy.json', import.meta.url), 'utf8');
const LENIENT = TRUST.replace('shop:*', 'shop:checkout').replace('StringEquals', 'StringEqualsIfExists');

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'podtrust-[files]-'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

function write(name: string, text = TRUST): void {
  mkdirSync(dirname(join(cwd, name)), { recursive: true });
  writeFileSync(join(cwd, name), text);
}

function link(to: string, name: string): void {
  mkdirSync(dirname(join(cwd, name)), { recursive: true });
  symlinkSync(to, join(cwd, name));
}

const read = (name: string) => readFileSync(join(cwd, name), 'utf8');

async function report(...argv: string[]): Promise<{ readonly code: number; readonly report: LintReport }> {
  const { code, out } = await runCli(['lint', ...argv, '--format', 'json', '--require-coverage'], { cwd });
  return { code, report: lintSchema.parse(JSON.parse(out)) };
}

/** Files with the finding of the policy. */
const found = ({ findings }: LintReport) => findings.map(({ file }) => file);
const missed = ({ undecided }: LintReport) =>
  undecided.filter(({ rule }) => rule === undefined).map(({ file, reason }) => `${file}: ${reason}`);

describe('the files that lint looks at', () => {
  it.each<[string, () => void, string[], string[]]>([
    [
      'a file that a link points to',
      () => {
        write('bad.json');
        link('../bad.json', 'only/role.json');
      },
      ['only'],
      ['only/role.json'],
    ],
    [
      'a file that only its own name tells, or only the name of the link',
      () => {
        write('bad.json');
        write('plain');
        link('../bad.json', 'only/role');
        link('../plain', 'only/plain.json');
      },
      ['only'],
      ['only/plain.json', 'only/role'],
    ],
    [
      'a folder that a link points to, and links in it',
      () => {
        write('elsewhere/bad.json');
        write('further/other.yaml', TRUST);
        link('../further', 'elsewhere/more');
        link('../elsewhere', 'only/linked');
      },
      ['only'],
      ['only/linked/bad.json', 'only/linked/more/other.yaml'],
    ],
    [
      'a file by its own name, where it has one, and once',
      () => {
        write('only/z.json');
        link('z.json', 'only/a.json');
        link('.', 'only/circle');
        link('..', 'only/sub/up');
      },
      ['only'],
      ['only/z.json'],
    ],
    [
      'a file of another argument by its own name',
      () => {
        write('b/bad.json');
        link('../b/bad.json', 'a/link.json');
      },
      ['a', 'b'],
      ['b/bad.json'],
    ],
    [
      'a file by the name that the command line gives it',
      () => {
        write('b/bad.json');
        link('../b/bad.json', 'a/link.json');
      },
      ['a/link.json', 'b'],
      ['a/link.json'],
    ],
    [
      'what links lead to below a pattern',
      () => {
        write('elsewhere/bad.json');
        link('../elsewhere', 'only/linked');
        link('..', 'elsewhere/circle');
        write('elsewhere/other.yaml');
      },
      ['only/**/*.json'],
      ['only/linked/bad.json'],
    ],
    [
      'what links lead to below a pattern that begins here',
      () => {
        write('elsewhere/deep/bad.json');
        link('../../elsewhere', 'only/here/linked');
      },
      ['./only/**/deep/*.json'],
      ['only/here/linked/deep/bad.json'],
    ],
    [
      'no more than what a pattern without two stars fits',
      () => {
        write('elsewhere/bad.json');
        write('only/bad.json');
        link('../elsewhere', 'only/linked');
      },
      ['only/*.json'],
      ['only/bad.json'],
    ],
    ['what somebody vendored', () => write('vendor/x/bad.json'), ['.'], ['vendor/x/bad.json']],
    [
      'a folder that is left out elsewhere, where it is named',
      () => write('node_modules/x/bad.json'),
      ['node_modules'],
      ['node_modules/x/bad.json'],
    ],
  ])('are %s', async (_name, make, argv, files) => {
    make();
    const { code, report: all } = await report(...argv);
    expect({ code, found: found(all), missed: missed(all) }).toEqual({ code: 1, found: files, missed: [] });
  });

  it.each<[string, () => void, string[], string[]]>([
    [
      'a link to what is not there',
      () => {
        write('only/sound.json', LENIENT);
        link('gone.json', 'only/a.json');
        link('nowhere', 'only/b');
      },
      ['only'],
      [
        'only/a.json: Nothing of it was judged: it is a link to what is not there.',
        'only/b: Nothing of it was judged: it is a link to what is not there.',
      ],
    ],
    [
      'such a link below a pattern',
      () => {
        write('only/sound.json', LENIENT);
        link('gone.json', 'only/a.json');
      },
      ['only/*.json'],
      ['only/a.json: Nothing of it was judged: it is a link to what is not there.'],
    ],
    [
      'a folder with nothing in it that lint knows',
      () => {
        write('only/package.json', '{"name": "x"}');
        write('other/sound.json', LENIENT);
      },
      ['only', 'other'],
      ['only: Nothing in it was judged: no file is one that lint knows.'],
    ],
    [
      'a pattern that fits nothing that lint knows',
      () => write('package.json', '{"name": "x"}'),
      ['*.json'],
      ['*.json: Nothing in it was judged: no file is one that lint knows.'],
    ],
    [
      'a folder of nothing but what is left out',
      () => write('only/node_modules/bad.json'),
      ['only'],
      ['only: Nothing in it was judged: no file is one that lint knows.'],
    ],
  ])('leave undecided %s', async (_name, make, argv, expected) => {
    make();
    const { code, report: all } = await report(...argv);
    expect({
      code,
      found: found(all).filter((file) => !file.includes('sound')),
      missed: missed(all),
    }).toEqual({
      code: 3,
      found: [],
      missed: expected,
    });
    const { out } = await runCli(['lint', ...argv, '--format', 'sarif'], { cwd });
    expect(sarifErrors(JSON.parse(out))).toEqual([]);
  });

  it('are found below links by a pattern that is a whole path, too', async () => {
    write('elsewhere/bad.json');
    link('../elsewhere', 'only/linked');
    const pattern = `${cwd.replaceAll('[', '?').replaceAll(']', '?')}/only/**/*.json`;
    expect(found((await report(pattern)).report)).toEqual(['only/linked/bad.json']);
  });

  it('have one name among several links to them, whatever is found first', async () => {
    write('elsewhere/bad.json');
    for (const name of ['only/z.json', 'only/a.json', 'only/m/b.json'])
      link(join(cwd, 'elsewhere/bad.json'), name);
    expect(found((await report('only')).report)).toEqual(['only/a.json']);
  });

  it('are said to be none where none was judged, and folders that were not searched are named', async () => {
    for (const folder of ['node_modules', '.git', '.terraform', '.venv']) write(`${folder}/bad.json`);
    write('package.json', '{"name": "x"}');
    const { out } = await runCli(['lint', '.'], { cwd });
    expect(out).toContain(
      'nothing was judged, 1 that lint does not know skipped, not searched: .git/, .terraform/, .venv/, node_modules/; 1 undecided.',
    );
    const byPattern = await report('**/*.json');
    expect(byPattern.report.summary.skipped).toEqual(['node_modules/', 'package.json']);
  });

  it('may be none for a hook, which is given whatever changed', async () => {
    write('package.json', '{"name": "x"}');
    const { code } = await runCli(['lint', '--skip-unknown', '--require-coverage', 'package.json'], { cwd });
    expect(code).toBe(0);
  });
});

describe('--fix', () => {
  it('writes what a link points to, where the link is named, and leaves the link', async () => {
    write('target/lenient.json', LENIENT);
    link('target/lenient.json', 'link.json');
    const { out } = await runCli(['lint', 'link.json', '--fix'], { cwd });
    expect(out).toContain('1 fixed');
    expect(read('target/lenient.json')).toBe(read('link.json'));
    expect(read('link.json')).not.toContain('IfExists');
  });

  it('writes nothing to which only a link leads from a folder', async () => {
    write('elsewhere/lenient.json', LENIENT);
    link('../elsewhere', 'only/linked');
    const { err } = await runCli(['lint', 'only', '--fix'], { cwd });
    expect(err).toContain('only/linked/lenient.json: nothing fixed: a link led there');
    expect(read('elsewhere/lenient.json')).toBe(LENIENT);
  });
});

describe('--out', () => {
  it.each<[string, () => void, string[], string]>([
    ['what it judges', () => undefined, ['trust.json'], 'trust.json'],
    ['what it judges, by another spelling', () => undefined, ['trust.json'], './trust.json'],
    ['what it judges, by a link', () => link('trust.json', 'link.json'), ['trust.json'], 'link.json'],
    [
      'what it judges, by a second name',
      () => linkSync(join(cwd, 'trust.json'), join(cwd, 'second.json')),
      ['trust.json'],
      'second.json',
    ],
    ['what it found in a folder', () => undefined, ['.'], 'trust.json'],
    ['what it cannot read', () => write('trust.json', '{"Statement": [,'), ['.'], 'trust.json'],
    [
      'what was named, whatever it is',
      () => write('package.json', '{"name": "x"}'),
      ['trust.json', 'package.json'],
      'package.json',
    ],
  ])('does not write over %s', async (_name, make, argv, out) => {
    write('trust.json');
    make();
    const before = read(out);
    const { code, err } = await runCli(['lint', ...argv, '--fix', '--format', 'json', '--out', out], { cwd });
    expect({ code, after: read(out) }).toEqual({ code: 2, after: before });
    expect(err).toContain(`--out "${out}" would be written over a file that is judged`);
  });

  it('writes over an older report in the folder that is judged', async () => {
    write('trust.json');
    for (let time = 0; time < 2; time++) {
      const { code } = await runCli(['lint', '.', '--format', 'json', '--out', 'report.json'], { cwd });
      expect(code).toBe(1);
    }
    expect(lintSchema.parse(JSON.parse(read('report.json'))).summary.skipped).toEqual(['report.json']);
  });
});
