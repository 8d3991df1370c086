import type { Caller } from './caller.ts';

/** What is known of the caller beyond its ARN. */
export interface CallerDetails {
  readonly accessKeyId?: string;
  /** The private DNS name that EC2 has for the instance whose id is the session name. */
  readonly privateDnsName?: string;
}

/** A name with its templates filled in; those whose value is not known stay, and are listed. */
export interface Rendered {
  readonly text: string;
  readonly open: readonly string[];
}

const INSTANCE = /^i-(\w{8}|\w{17})$/;

/** The templates that the authenticator knows; others stay in the name as they are written. */
export const TEMPLATES = [
  '{{EC2PrivateDNSName}}',
  '{{AccountID}}',
  '{{SessionName}}',
  '{{SessionNameRaw}}',
  '{{AccessKeyID}}',
] as const;

/**
 * Fills in templates in the order of the authenticator's server. Answers the reason where it refuses the caller: the
 * private DNS name of a session that is not an instance's.
 */
export function render(
  template: string,
  caller: Caller,
  details: CallerDetails,
): Rendered | { readonly refused: string } {
  const { account, sessionName } = caller;
  if (
    template.includes('{{EC2PrivateDNSName}}') &&
    sessionName !== undefined &&
    !INSTANCE.test(sessionName)
  ) {
    return { refused: 'SessionName did not contain an instance id' };
  }
  const values: Readonly<Record<(typeof TEMPLATES)[number], string | undefined>> = {
    '{{EC2PrivateDNSName}}': sessionName === undefined ? undefined : details.privateDnsName,
    '{{AccountID}}': account,
    '{{SessionName}}': sessionName?.replaceAll('@', '-'),
    '{{SessionNameRaw}}': sessionName,
    '{{AccessKeyID}}': details.accessKeyId,
  };
  let text = template;
  const open: string[] = [];
  for (const name of TEMPLATES) {
    const value = values[name];
    if (value !== undefined) {
      text = text.replaceAll(name, () => value);
    } else if (text.includes(name)) {
      open.push(name);
    }
  }
  return { text, open };
}
