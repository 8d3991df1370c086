import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSnapshot } from '../../shared/estate/write-snapshot.ts';
import { demoSnapshot } from '../../simulator/demo/organization.ts';
import { VERBS } from '../support/documented/runs.ts';
import { runCli } from '../support/run-cli.ts';

const cwd = mkdtempSync(join(tmpdir(), 'podtrust-wrong-'));
const write = (name: string, content: string | Buffer) => writeFileSync(join(cwd, name), content);
beforeAll(() => {
  mkdirSync(join(cwd, 'dir'));
  write('empty.json', '');
  write('bad.json', '{"a":');
  write('bad.yaml', 'a: [\n');
  write('list.json', '[]');
  write('text.json', '"text"');
  write('cut.json.gz', gzipSync('{"schemaVersion": 1}').subarray(0, 15));
  write('estate.json', writeSnapshot(demoSnapshot()));
  write('none.yaml', 'waivers:\n');
  write(
    'trust.json',
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}}',
  );
});
afterAll(() => rmSync(cwd, { recursive: true }));

const wrong = async (line: string) => runCli(line.split(' '), { cwd });
const ESTATE = '--snapshot estate.json';
const IN_FILE = '--issuer https://a.b/c -n a --service-account b';

/** How each command names a file that it reads. */
const READS: readonly string[] = [
  'audit --snapshot FILE',
  `audit ${ESTATE} --config FILE`,
  `audit ${ESTATE} --waivers FILE`,
  'access --cluster prod-shop --snapshot FILE',
  `explain --trust-policy FILE ${IN_FILE}`,
  'explain --cluster prod-shop -n shop --service-account payments --snapshot FILE',
  'who-can x --snapshot FILE',
  'list roles --snapshot FILE',
  'plan --snapshot FILE',
  'bindings --snapshot FILE',
  'report --format csv --snapshot FILE',
  'migrate pod-identity --snapshot FILE',
  'compare trust.json FILE',
  'lint trust.json --snapshot FILE',
  'lint trust.json --waivers FILE',
  'approve FILE',
  'replay FILE',
  'waivers check FILE',
  'waivers push FILE --table t',
  'config check FILE',
  'probe --token FILE --offline',
];

describe('a file that cannot be read is told by its name, its cause and what to do', () => {
  const missing = READS.map((line) => line.replace('FILE', 'missing.json'));
  it.each([...missing, 'lint missing.json'])('podtrust %s', async (line) => {
    const { code, out, err } = await wrong(line);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(
      /^podtrust: [\w ]+ "missing\.json" cannot be read: there is no such file or folder\. Check the path\.\n$/,
    );
  });

  // A folder of events, and a folder for lint, are searched.
  const folders = READS.filter((line) => !line.startsWith('replay')).map((line) =>
    line.replace('FILE', 'dir'),
  );
  it.each(folders)('podtrust %s', async (line) => {
    const { code, err } = await wrong(line);
    expect(code).toBe(2);
    expect(err).toContain('"dir" cannot be read: it is a folder.');
  });
});

describe('a file that is no document is told with its place', () => {
  it.each<[string, RegExp]>([
    ['audit --snapshot empty.json', /"empty\.json": The snapshot is not valid JSON.*podtrust collect/],
    ['audit --snapshot bad.json', /"bad\.json": The snapshot is not valid JSON.*podtrust collect/],
    ['audit --snapshot list.json', /"list\.json": This is not a podtrust snapshot.*podtrust collect/],
    ['audit --snapshot text.json', /"text\.json": This is not a podtrust snapshot/],
    ['audit --snapshot cut.json.gz', /"cut\.json\.gz" looks gzipped but cannot be unpacked/],
    [
      `audit ${ESTATE} --config bad.json`,
      /"bad\.json": .*it is no JSON: value expected \(line 1, column 6\)/,
    ],
    [`audit ${ESTATE} --config list.json`, /"list\.json": The configuration is not valid/],
    [`audit ${ESTATE} --waivers bad.yaml`, /"bad\.yaml":2:1: .*it is no YAML.*waivers check bad\.yaml/],
    [`audit ${ESTATE} --waivers list.json`, /"list\.json":1:1: .*a map with the list "waivers"/],
    [`audit ${ESTATE} --waivers none.yaml`, /"none\.yaml":1:1: waivers: it has to be a list of waivers/],
    ['compare trust.json bad.json', /"bad\.json" would be refused by IAM: line 1, column 6/],
    ['compare trust.json empty.json', /"empty\.json" would be refused by IAM: line 1, column 1.*it is empty/],
    ['compare trust.json list.json', /"list\.json" would be refused by IAM.*a JSON object, not a list/],
    ['approve bad.json', /"bad\.json": it is no JSON\. Give a file of `podtrust plan/],
    ['approve list.json', /"list\.json": .*Give a file of `podtrust plan/],
    ['replay bad.json', /"bad\.json": line 1 is no JSON\. Give one event/],
    ['replay empty.json', /there is no event in empty\.json/],
    ['replay dir', /there is no event in dir/],
    ['replay text.json', /nothing in text\.json is an event of CloudTrail: .*Give EventBridge envelopes/],
    ['replay estate.json', /nothing in estate\.json is an event of CloudTrail/],
    ['waivers check bad.yaml', /^bad\.yaml:2:1: the document: it is no YAML/],
    ['config check bad.json', /^bad\.json:1:6: the document: it is no JSON/],
    ['config check empty.json', /^empty\.json:1:1: the document: it is no JSON/],
  ])('podtrust %s', async (line, words) => {
    const { code, out, err } = await wrong(line);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(words);
  });

  it.each(['bad.json', 'bad.yaml'])('podtrust lint %s names line and column', async (file) => {
    const { code, out } = await wrong(`lint ${file}`);
    expect(code).toBe(2);
    expect(out).toMatch(
      new RegExp(`^${file.replace('.', '\\.')}:\\d+:\\d+ UNREADABLE\\n {2}It is not .* Correct it`),
    );
  });
});

describe('a name that nothing has is told with the nearest, where one is near', () => {
  it.each<[string, RegExp]>([
    [
      `audit ${ESTATE} --cluster prod-shpo`,
      /no cluster "prod-shpo" was read; nearest is "prod-shop" \(6 were read\)\./,
    ],
    [`access ${ESTATE} --cluster prod-shpo`, /nearest is "prod-shop"/],
    [`list roles ${ESTATE} --cluster prod-shpo`, /nearest is "prod-shop"/],
    [`migrate pod-identity ${ESTATE} --cluster prod-shpo`, /nearest is "prod-shop"/],
    [`lint trust.json ${ESTATE} --cluster prod-shpo`, /no cluster "prod-shpo"; nearest is "prod-shop"/],
    [`audit ${ESTATE} --role shop-feature-flgs`, /nearest is "shop-feature-flags"/],
    [`who-can wholly-unknown ${ESTATE}`, /no role "wholly-unknown" was read \(\d+ were read\)\./],
    [
      `audit ${ESTATE} --rule no-wildcard-subjct`,
      /nearest is "no-wildcard-subject" \(podtrust rules lists all\)/,
    ],
    ['rules qqqqqqqqqqqq', /there is no rule "qqqqqqqqqqqq" \(podtrust rules lists all\)/],
    ['audti', /unknown command 'audti'\n\(Did you mean audit\?\)/],
    ['fixes stopp', /Did you mean stop\?/],
    ['waivers chek', /Did you mean check\?/],
    ['audit --sverity high', /unknown option '--sverity'\n\(Did you mean --severity\?\)/],
  ])('podtrust %s', async (line, words) => {
    const { code, out, err } = await wrong(line);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(words);
  });
});

describe('a value that is none says what would be one', () => {
  it.each<[string, RegExp]>([
    ['audit --regions Europe', /"Europe" is not a region/],
    ['audit --accounts 12', /"12" is not a 12-digit account id/],
    ['audit --concurrency 0', /a whole number of at least 1/],
    ['waivers check --soon x', /a whole number of at least 1/],
    [`list rolse ${ESTATE}`, /Allowed choices are associations, roles/],
    ['lint trust.json --format xml', /Allowed choices are text, json, sarif, github/],
    [`report --format asff --hub-region Mars ${ESTATE}`, /--hub-region "Mars" is no region/],
    [`report --format asff ${ESTATE}`, /needs the region of the Security Hub: --hub-region eu-west-1/],
    ['apply trust.json --digest abc', /64 hexadecimal digits/],
    [
      'history 5d41402abc4b',
      /"5d41402abc4b" is no file, and a digest has 64 hexadecimal digits\. `podtrust history`/,
    ],
    ['approve 5d41402abc4b', /a digest has 64 hexadecimal digits/],
    ['explain', /explain needs --namespace; podtrust explain --help/],
    [
      `explain --trust-policy trust.json --issuer a.b -n a --service-account b`,
      /"a\.b" is no https:\/\/ address/,
    ],
    ['waive zzz --owner a --reason b --ticket c --expires 2027-01-01', /32 hexadecimal digits/],
    ['complete tcsh', /Allowed choices are zsh, bash, fish, powershell/],
  ])('podtrust %s', async (line, words) => {
    const { code, out, err } = await wrong(line);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(words);
  });
});

it.each(VERBS.map(({ path }) => path))(
  'podtrust %s --help has an example of it and its exit codes',
  async (path) => {
    const { code, out } = await runCli([...path.split(' '), '--help']);
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`Examples:\\n[\\s\\S]* {2}\\$ [^\\n]*podtrust ${path}`));
    expect(out).toMatch(/^Exit codes: 0 /m);
  },
);
