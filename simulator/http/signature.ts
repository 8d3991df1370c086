/** Who signed a request, and for which region. */
export interface Signature {
  readonly accessKeyId: string;
  readonly region: string;
}

const CREDENTIAL = /Credential=([\w-]{1,128})\/\d{8}\/([a-z0-9-]{1,64})\//;

/**
 * Reads the Authorization header's credential scope; null for an unsigned request. The signature itself is not checked:
 * the simulator knows no secret keys. Source: IAM user guide, "Elements of an AWS API request signature".
 */
export function signatureOf(authorization: string | undefined): Signature | null {
  const [, accessKeyId, region] = CREDENTIAL.exec(authorization ?? '') ?? [];
  return accessKeyId === undefined || region === undefined ? null : { accessKeyId, region };
}
