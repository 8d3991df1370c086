import * as z from 'zod';
import { SNAPSHOT_VERSION, snapshotSchema } from '../../shared/estate/snapshot.ts';

/** The JSON Schema of a snapshot file, as published. */
export function snapshotJsonSchema(): object {
  return { title: 'podtrust snapshot', ...z.toJSONSchema(snapshotSchema) };
}

/** docs/snapshot.md: what a snapshot holds, field by field, from the schema that reads and writes it. */
export function snapshotGuide(): string {
  return [INTRODUCTION, ...sections('', z.toJSONSchema(snapshotSchema))].join('\n\n').concat('\n');
}

const INTRODUCTION = `# The snapshot

A snapshot is everything that podtrust read, in one JSON file: \`podtrust collect --out estate.json\` writes one, and every
command takes one with \`--snapshot FILE\` instead of reading AWS. \`.json.gz\` is written and read too. This page and
[snapshot.schema.json](snapshot.schema.json) are generated from the schema that checks each file.

- **Version.** \`schemaVersion\` is ${SNAPSHOT_VERSION}. Any other version is refused by name; new optional fields do not change it, and unknown fields
  are refused, since a misspelt list would read as one that was not read.
- **Absent and empty.** An absent optional list was *not read*: whatever depends on it is unknown. An empty list was read,
  and there is nothing in it. A list can be there and incomplete all the same: then \`coverage\` has a gap for its read.
- **Coverage.** Each failed read is a gap that names the call, its place and the reason. A place that a gap leaves out means
  all of them: a gap without \`region\` speaks for every region. \`subject\` names the one thing that could not be described.
- **Text stays text.** Policies are kept as IAM returned them, URL-decoded, valid or not.
- **No secrets.** podtrust asks for none, and masks whatever looks like a credential (access keys, session tokens, JSON Web
  Tokens, private keys, values labelled as passwords) as \`[masked]\` wherever it stands: in names, tags, documents and the
  messages of errors.
- **Same content, same bytes.** Lists are sorted by ARN, id or name, keys alphabetically; only \`takenAt\` tells two
  snapshots of an unchanged estate apart.`;

interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly additionalProperties?: unknown;
}

/** One section per object, depth first: its fields as a table, then the objects inside it. */
function sections(path: string, schema: object): string[] {
  const object = objectIn(schema);
  if (object?.properties === undefined) return [];
  const fields = Object.entries(object.properties);
  const rows = fields.map(
    ([name, field]) =>
      `| \`${name}\` | ${typeOf(field)} | ${object.required?.includes(name) ? 'yes' : ''} | ${(field.description ?? '').replaceAll('|', '\\|')} |`,
  );
  const table = ['| field | type | always there | meaning |', '|---|---|---|---|', ...rows].join('\n');
  return [
    `## ${path === '' ? 'The file' : `\`${path}\``}`,
    table,
    ...fields.flatMap(([name, field]) =>
      sections(`${path}${path === '' ? '' : '.'}${name}${field.type === 'array' ? '[]' : ''}`, field),
    ),
  ];
}

const objectIn = (schema: JsonSchema): JsonSchema | undefined =>
  schema.type === 'array' ? schema.items : schema;

function typeOf(schema: JsonSchema): string {
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (schema.type === 'array')
    return `list of ${schema.items === undefined ? 'anything' : plural(typeOf(schema.items))}`;
  if (schema.type === 'object') return schema.properties === undefined ? 'object of texts' : 'object';
  if (schema.type === 'string') return schema.format === 'date-time' ? 'time' : 'text';
  return schema.type ?? 'anything';
}

const plural = (type: string): string => (type.startsWith('`') ? type : `${type}s`);
