import {
  copyFileSync,
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { writeSnapshot } from '../../../shared/estate/write-snapshot.ts';
import { demoSnapshot } from '../../../simulator/demo/organization.ts';
import { testIssuer } from '../tokens.ts';

/** The time at which everything happens. */
export const NOW = new Date('2026-11-22T12:00:00Z');

/** Repairs with an approval, and a table over a trail's files. */
const CONFIG = {
  fixes: { mode: 'approve', canaryFirst: false, patienceSeconds: 5 },
  evidence: { trail: { database: 'logs', table: 'cloudtrail', output: 's3://results/podtrust/' } },
};

/** A kubeconfig of one context. */
const KUBECONFIG = {
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:9' } }],
  users: [{ name: 'u', user: { token: 't' } }],
  contexts: [{ name: 'here', context: { cluster: 'c', user: 'u' } }],
  'current-context': 'here',
};

const source = new URL('../../../', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, source), 'utf8');

/** A folder with every file that an example names. */
export interface Stage {
  readonly folder: string;
  readonly write: (name: string, text: string | Buffer) => void;
  /** A copy of the folder for one command: podtrust writes files beside and renames them, but for a database. */
  readonly copy: () => string;
  readonly remove: () => void;
}

/** Lays out the stage in the system's folder for temporary files. */
export async function layOut(): Promise<Stage> {
  const root = mkdtempSync(join(tmpdir(), 'podtrust-documented-'));
  const folder = join(root, 'stage');
  mkdirSync(folder);
  const write = (name: string, text: string | Buffer) => {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  const estate = writeSnapshot(demoSnapshot());
  write('estate.json', estate);
  write('estate.json.gz', gzipSync(estate));
  const trust = read('test/fixtures/lint/trust-policy.json');
  for (const name of ['trust.json', 'trust-policy.json', 'role.json', 'old.json', 'before.json'])
    write(name, trust);
  for (const name of ['new.json', 'after.json']) write(name, trust.replace('shop:*', 'shop:checkout'));
  write('infra/template.yaml', read('test/fixtures/lint/template.yaml'));
  write('cdk.out/app.template.json', read('test/fixtures/lint/cdk.template.json'));
  write('k8s/manifests.yaml', read('test/fixtures/lint/manifests.yaml'));
  write('plan-of-terraform.json', read('test/fixtures/lint/plan.json'));
  write('podtrust.config.json', JSON.stringify(CONFIG));
  write('deploy/podtrust.config.json', '{}');
  write(
    'podtrust.waivers.yaml',
    'waivers:\n  - rule: no-mixed-trust\n    owner: a\n    reason: b\n    ticket: c\n    expires: 2027-03-31\n',
  );
  cpSync(new URL('events', source), join(folder, 'events'), { recursive: true });
  write('event.json', read('events/CreateRole/success.json'));
  write('cloudtrail-logs/event.json', read('events/CreateRole/success.json'));
  const issuer = await testIssuer(NOW);
  write('kubeconfig', JSON.stringify(KUBECONFIG));
  write('token.txt', await issuer.sign());
  write('jwks.json', issuer.jwks);
  write('ca.pem', '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n');
  return {
    folder,
    write,
    copy: () => {
      const made = mkdtempSync(join(root, 'run-'));
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        const [from, to] = [join(folder, entry.name), join(made, entry.name)];
        if (entry.isDirectory()) symlinkSync(from, to);
        else if (entry.name.includes('.db')) copyFileSync(from, to);
        else linkSync(from, to);
      }
      return made;
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
