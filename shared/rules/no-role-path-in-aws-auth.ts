import type { ClusterView, Estate, Missing } from '../estate/estate.ts';
import { createEntry, deleteEntry } from '../identity/access/commands.ts';
import { canonicalArn, isSingleSignOn, parsePrincipal } from '../identity/access/principal.ts';
import { standingOf } from '../identity/access/standing.ts';
import { accessOf, type Way } from '../identity/access/ways.ts';
import { declined } from '../plans/draft.ts';
import { draftEntryAnew } from '../plans/drafts/access-entry.ts';
import { draftAwsAuth } from '../plans/drafts/aws-auth.ts';
import { arnKey } from '../plans/drafts/invalid-aws-auth.ts';
import { defineRule } from './define-rule.ts';
import { hasApiServer } from './doors/api-server.ts';
import { standingOfWay, type WayIn, wayWhere } from './doors/ways-in.ts';
import { awsAuth, kubernetes, readCluster, teamRole } from './examples/access.ts';
import { estateExample } from './examples/estate.ts';
import { ACCESS_ENTRIES, AWS_AUTH } from './references.ts';
import type { Scope } from './scope.ts';
import { fail, pass, unknown } from './verdict.ts';

/** Roles that aws-auth names with their path, or an access entry without it. */
export default defineRule({
  number: 'PT-412',
  name: 'no-role-path-in-aws-auth',
  kind: 'broken',
  fix: 'guarded',
  title: 'A mapping has the path of a role where it must not, or lacks it where it must',
  why: 'STS names the sessions of a role without its path. aws-auth is searched by that name, so that a row with the path is never found; an access entry takes the whole ARN.',
  remedy: 'In aws-auth leave the path out; in an access entry put it in.',
  references: [AWS_AUTH, ACCESS_ENTRIES],
  examples: () => {
    const written = (name: string) => {
      const mapRoles = `- rolearn: arn:aws:iam::111122223333:role/${name}\n  username: team\n  groups: [viewers]\n`;
      return {
        parts: {
          clusters: [
            readCluster({
              authenticationMode: 'API_AND_CONFIG_MAP' as const,
              kubernetes: kubernetes({ awsAuth: awsAuth({ mapRoles }) }),
            }),
          ],
          roles: [teamRole({ arn: 'arn:aws:iam::111122223333:role/eng/team' })],
        },
        mapRoles,
      };
    };
    const [bad, good] = [written('eng/team'), written('team')];
    return {
      fails: estateExample('The row has the path of the role', bad.parts, { mapRoles: bad.mapRoles }),
      passes: estateExample('The row leaves it out', good.parts, { mapRoles: good.mapRoles }),
    };
  },
  needs: ['accessEntries', 'kubernetes:awsAuth'],
  subjects: mappingsOfRoles,
  where: wayWhere,
  check: (wayIn, { estate }) => {
    const { way } = wayIn;
    if (way.who?.kind !== 'role' || way.principal === null) return pass;
    const byEntry = way.surface === 'access-entry';
    const meant = byEntry ? wholeArn(wayIn, estate) : withoutPath(wayIn, estate);
    if (meant === null) return pass;
    return typeof meant === 'string' ? fail({ byEntry, written: way.principal, meant }) : unknown(meant);
  },
  severity: () => 'medium',
  message: ({ byEntry, written, meant }, { cluster: { cluster } }) =>
    byEntry
      ? `The access entry of ${cluster.name} is for ${written}; the role of this name is ${meant}.`
      : `aws-auth of ${cluster.name} maps ${written}, which no caller is called: sessions of the role are ${meant}.`,
  identity: () => [],
  repair: ({ byEntry, written, meant }, { cluster }: WayIn) => ({
    text: byEntry
      ? `Create the entry for the whole ARN: ${createEntry(cluster, meant)} && ${deleteEntry(cluster, written)}`
      : `Write ${meant} in aws-auth instead of ${written}.${singleSignOn(written)}`,
  }),
  plan: ({ byEntry, written, meant }, { cluster, way }: WayIn, _, repair) => {
    const wish = `the mapping of ${written} in cluster ${cluster.cluster.name}, which names no caller`;
    if (byEntry)
      return way.entry === undefined
        ? declined(repair.text)
        : draftEntryAnew({
            cluster,
            entry: way.entry,
            principal: meant,
            title: repair.text,
            wish,
            approval: [],
          });
    if (way.row === undefined) return declined(repair.text);
    const { section, index } = way.row;
    const edit = {
      kind: 'set-field',
      section,
      row: index,
      key: arnKey(cluster, section, index),
      value: meant,
    } as const;
    return draftAwsAuth(cluster, [edit], { title: repair.text, wish, else: repair.text });
  },
});

/** Rows and entries of roles, where the cluster looks at them: a row with a path counts for nothing by itself. */
function mappingsOfRoles({ clusters }: Scope): WayIn[] {
  const looksAt = ({ surface, state, purpose }: Way) =>
    (surface === 'access-entry' && (state === 'open' || state === 'unknown') && purpose !== 'eks') ||
    (surface === 'aws-auth' && state !== 'ignored');
  return clusters.filter(hasApiServer).flatMap((cluster) =>
    accessOf(cluster)
      .ways.filter(looksAt)
      .map((way) => ({ cluster, way })),
  );
}

/** The ARN of the role that an entry was meant for: one of the same name, with another path. Null when it is right. */
function wholeArn(wayIn: WayIn, estate: Estate): string | Missing | null {
  const standing = standingOfWay(wayIn, estate);
  if (standing?.kind === 'unread') return standing.missing;
  return standing?.kind === 'elsewhere' ? standing.arn : null;
}

/** The ARN that a row needs, where it has a path and nothing else lets the role in. */
function withoutPath({ way, cluster }: WayIn, estate: Estate): string | null {
  if (way.who?.kind !== 'role' || way.who.path === '/') return null;
  const meant = canonicalArn(way.who);
  const { partition, account, name } = way.who;
  const gone =
    standingOf({ kind: 'session', arn: meant, partition, account, name, session: '' }, estate).kind ===
    'absent';
  return gone || isMapped(meant, cluster) ? null : meant;
}

/** True when another row, or an entry, lets the role in: the row with the path is then merely of no use. */
function isMapped(meant: string, cluster: ClusterView): boolean {
  return accessOf(cluster).ways.some(
    ({ who, state }) =>
      who !== null && state === 'open' && canonicalArn(who).toLowerCase() === meant.toLowerCase(),
  );
}

function singleSignOn(arn: string): string {
  const principal = parsePrincipal(arn);
  return principal !== null && isSingleSignOn(principal)
    ? ' Roles of IAM Identity Center have the path aws-reserved/sso.amazonaws.com/, and a new suffix when they are made again.'
    : '';
}
