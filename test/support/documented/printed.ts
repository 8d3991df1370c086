import type { CliResult } from '../run-cli.ts';

/** What a run printed, and what of the files that it was to write is there. */
export interface Printed extends CliResult {
  /** Whether there is what `--out` names; undefined without `--out`. */
  readonly written?: boolean | undefined;
}

/** What is wrong with what a call printed, beside its exit code; the library for completion prints by itself. */
export function wrongWith(argv: readonly string[], { code, out, err, written }: Printed): string[] {
  const wrong: string[] = [];
  if (/unexpected error/.test(err)) wrong.push(err);
  if (code === 2)
    return out === '' && err.startsWith('podtrust: ') ? wrong : [...wrong, 'no mistake is told'];
  const declined =
    (code === 3 && err.startsWith('podtrust: no plan: ')) || /\b0 of \d+ findings can be planned/.test(out);
  if (written === false && !declined) wrong.push('nothing was written');
  if (out === '' && written === undefined && argv[0] !== 'complete' && !declined)
    wrong.push('nothing is printed');
  if (out !== '' && written === undefined) {
    const form = flagValue(argv, '--output', '-o') ?? flagValue(argv, '--format', '-f');
    if (JSON_FORMS.has(form ?? '') && !isJson(out)) wrong.push(`no JSON: ${out.slice(0, 100)}`);
    if (form === 'ndjson' && !out.trimEnd().split('\n').every(isJson)) wrong.push('a line is no JSON');
  }
  return wrong;
}

const JSON_FORMS: ReadonlySet<string> = new Set(['json', 'sarif', 'ocsf', 'asff']);

/** The value of a flag. */
export function flagValue(argv: readonly string[], ...names: readonly string[]): string | undefined {
  const at = argv.findIndex((word) => names.includes(word));
  return at < 0 ? undefined : argv[at + 1];
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
