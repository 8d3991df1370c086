/** What a text that cannot be parsed shows of itself. */

const CONCERNED =
  /\bStatement\b|\bAWS::|\bassume_?role_?policy|\bplanned_values\b|\bformat_version\b|\beksctl\.io\/|\beks\.amazonaws\.com\/|\baws-auth\b|\bkind["']?\s*:\s*["']?(ServiceAccount|ConfigMap|ClusterConfig)\b/i;

/** True for a text with words of what lint judges: what cannot be read of it is missed. */
export function mayConcern(text: string): boolean {
  return CONCERNED.test(text);
}

/** Double braces that are no template of Helm's: what the authenticator and CloudFormation put in the place of a name. */
const NO_TEMPLATE =
  /\{\{(EC2PrivateDNSName|SessionName|SessionNameRaw|AccountID|AccessKeyID|resolve:[^{}]*)\}\}/g;

/** True for a template of Helm, Jinja and the like, which is neither JSON nor YAML before it is rendered. */
export function isUnrendered(text: string): boolean {
  return /\{\{|\{%/.test(text.replaceAll(NO_TEMPLATE, ''));
}
