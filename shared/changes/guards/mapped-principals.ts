import { parseAwsAuth } from '../../kubernetes/aws-auth/parse-aws-auth.ts';
import { SECTIONS } from '../../kubernetes/aws-auth/parsed.ts';
import { type ChangeOf, canonicalJson } from '../change.ts';

type Data = Readonly<Record<string, string>>;

/**
 * The ARNs, in lower case as the authenticator compares them, whose rows of aws-auth a change writes: those that come, go,
 * or say something else. Of a section that cannot be read, every ARN in its text counts as a row of its own.
 */
export function mappedPrincipals({ before, after }: ChangeOf<'aws-auth'>): readonly string[] {
  const [was, is] = [rowsIn(before?.data ?? {}), rowsIn(after?.data ?? {})];
  return [...new Set([...was.keys(), ...is.keys()])].filter((arn) => was.get(arn) !== is.get(arn));
}

/** What is said of each ARN, as one text. */
function rowsIn(data: Data): ReadonlyMap<string, string> {
  const { rows, sections } = parseAwsAuth(data);
  const lost = SECTIONS.filter((section) => sections[section] === 'lost').flatMap((section) =>
    [...(data[section] ?? '').matchAll(/arn:[^\s"',\]}]+/gi)].map(([arn]) => ({
      arn,
      said: `lost ${section}`,
    })),
  );
  const known = rows.map(({ arn, section, username, groups }) => ({
    arn,
    said: canonicalJson([section, username, groups]),
  }));
  return new Map(
    [...Map.groupBy([...known, ...lost], ({ arn }) => arn.toLowerCase())].map(([arn, all]) => [
      arn,
      all.map(({ said }) => said).join('\n'),
    ]),
  );
}
