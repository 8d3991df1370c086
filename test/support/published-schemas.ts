import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

type Check = (document: unknown) => string[];

/** What OASIS's schema of SARIF 2.1.0 says against a document. It is draft-04, of which it uses nothing that changed but `id`. */
export const sarifErrors: Check = (() => {
  const { id: _, $schema: __, ...schema } = read('sarif-2.1.0');
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats.default(ajv);
  return checking(ajv.compile(schema));
})();

/** What the schema of OCSF 1.5.0 says against one Compliance Finding with the profile `cloud`. */
export const ocsfErrors: Check = (() => {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  return checking(ajv.compile(read('ocsf-1.5.0-compliance-finding')));
})();

/** What one of podtrust's own published schemas says against a document. */
export function publishedErrors(name: string, document: unknown): string[] {
  const text = readFileSync(new URL(`../../docs/schemas/${name}.schema.json`, import.meta.url), 'utf8');
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  return checking(ajv.compile(JSON.parse(text)))(document);
}

function read(name: string): Record<string, unknown> {
  return JSON.parse(
    readFileSync(new URL(`../fixtures/schemas/${name}.schema.json`, import.meta.url), 'utf8'),
  );
}

function checking(validate: ReturnType<Ajv['compile']>): Check {
  return (document) =>
    validate(document) ? [] : (validate.errors ?? []).map((one) => `${one.instancePath} ${one.message}`);
}
