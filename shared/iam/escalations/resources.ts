/** The resource types that graded actions work on: what a pattern must overlap to mean anything, and where names begin. */
export interface ResourceType {
  readonly service: string;
  /** Start of the ARN's resource part, `role/`. */
  readonly prefix: string;
  /** True when the resource must be in the caller's own account. */
  readonly own: boolean;
  /** In messages: `any role`. */
  readonly noun: string;
}

function type(service: string, prefix: string, noun: string, own = true): ResourceType {
  return { service, prefix, noun, own };
}

export const RESOURCE_TYPES = {
  role: type('iam', 'role/', 'role'),
  foreignRole: type('iam', 'role/', 'role', false),
  user: type('iam', 'user/', 'user'),
  group: type('iam', 'group/', 'group'),
  policy: type('iam', 'policy/', 'policy'),
  samlProvider: type('iam', 'saml-provider/', 'SAML provider'),
  oidcProvider: type('iam', 'oidc-provider/', 'OIDC provider'),
  permissionSet: type('sso', '', 'permission set', false),
  function: type('lambda', 'function:', 'function'),
  instance: type('ec2', 'instance/', 'instance'),
  task: type('ecs', 'task/', 'task'),
  project: type('codebuild', 'project/', 'build project'),
  stack: type('cloudformation', 'stack/', 'stack'),
  notebook: type('sagemaker', 'notebook-instance/', 'notebook'),
  endpoint: type('glue', 'devEndpoint/', 'development endpoint'),
  pipeline: type('datapipeline', 'pipeline/', 'pipeline'),
  cluster: type('eks', 'cluster/', 'cluster'),
  accessEntry: type('eks', 'access-entry/', 'access entry'),
} as const satisfies Record<string, ResourceType>;

/** Where the role lives, as far as known: `*` for what is not. */
export interface Home {
  readonly partition: string;
  readonly account: string;
}

/** The widest pattern of a type: `arn:aws:iam::111122223333:role/*`. */
export function everythingOf(resource: ResourceType, home: Home): string {
  const account = resource.own ? home.account : '*';
  const region = resource.service === 'iam' ? '' : '*';
  return `arn:${home.partition}:${resource.service}:${region}:${account}:${resource.prefix}*`;
}
