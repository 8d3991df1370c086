import { at, itemsOf, type Located, memberOf, textOf } from '../located.ts';

/** The name of an attribute, with the blocks that it is in. */
type AttributePath = readonly (string | number)[];

/** A resource as a plan leaves it (Terraform, "JSON Output Format", planned_values). An attribute that is absent is known after apply. */
export interface PlannedResource {
  readonly at: number;
  readonly address: string;
  /** Address of the module, empty for the root. */
  readonly module: string;
  readonly type: string;
  readonly name: string;
  readonly values: Located;
  /** What an attribute refers to in the configuration. */
  readonly references: (path: AttributePath) => readonly string[];
}

/** Modules nest; more levels than this are not looked into. */
const DEEPEST = 30;

/**
 * Every managed resource of a plan, modules included; of a state, too, which the same command prints. A plan that lacks its
 * planned values, since it failed or somebody left them out, is read from its changes.
 */
export function plannedResources(plan: Located): PlannedResource[] {
  const configuration = at(plan, 'configuration', 'root_module');
  const root = at(plan, 'planned_values', 'root_module') ?? at(plan, 'values', 'root_module');
  if (root !== undefined) return inModule(root, '', configuration, DEEPEST);
  return itemsOf(memberOf(plan, 'resource_changes')).flatMap(changed);
}

function changed(node: Located): PlannedResource[] {
  const after = at(node, 'change', 'after');
  if (node.kind !== 'map' || after?.kind !== 'map') return [];
  const values = { key: 'values', keyAt: after.at, value: after };
  const module = textOf(memberOf(node, 'module_address')) ?? '';
  return resourceOf({ ...node, members: [...node.members, values] }, module, new Map());
}

function inModule(
  module: Located,
  address: string,
  configuration: Located | undefined,
  depth: number,
): PlannedResource[] {
  if (depth === 0) return [];
  const configured = new Map(
    itemsOf(memberOf(configuration, 'resources')).map((one) => [textOf(memberOf(one, 'address')) ?? '', one]),
  );
  const own = itemsOf(memberOf(module, 'resources')).flatMap((node) => resourceOf(node, address, configured));
  const children = itemsOf(memberOf(module, 'child_modules')).flatMap((child) => {
    const childAddress = textOf(memberOf(child, 'address')) ?? '';
    const call = /(?:^|\.)module\.([^.[]+)(?:\[[^\]]*\])?$/.exec(childAddress)?.[1] ?? '';
    const inner = memberOf(memberOf(memberOf(configuration, 'module_calls'), call), 'module');
    return inModule(child, childAddress, inner, depth - 1);
  });
  return [...own, ...children];
}

function resourceOf(
  node: Located,
  module: string,
  configured: ReadonlyMap<string, Located>,
): PlannedResource[] {
  const text = (name: string) => textOf(memberOf(node, name));
  const [address, type, name, values] = [
    text('address'),
    text('type'),
    text('name'),
    memberOf(node, 'values'),
  ];
  if (address === undefined || type === undefined || name === undefined || values === undefined) return [];
  if (text('mode') !== 'managed') return [];
  const expressions = memberOf(configured.get(`${type}.${name}`), 'expressions');
  const references = (path: AttributePath) =>
    itemsOf(memberOf(at(expressions, ...path), 'references')).flatMap((one) => textOf(one) ?? []);
  return [{ at: node.at, address, module, type, name, values, references }];
}

/** The one resource that an attribute refers to, with the attribute of it; null when there are several or none. */
export function referredTo(
  resource: PlannedResource,
  path: AttributePath,
  all: readonly PlannedResource[],
): { readonly resource: PlannedResource; readonly attribute: string } | null {
  const long = resource.references(path).flatMap((one) => {
    const match = /^([a-z0-9_]+)\.([\w-]+)(\[[^\]]*\])?\.([a-z_]+)$/.exec(one);
    return match === null
      ? []
      : [{ type: match[1], name: match[2], index: match[3] ?? '', attribute: match[4] ?? '' }];
  });
  const [only, ...more] = long;
  if (only === undefined || more.length > 0) return null;
  const found = all.filter(
    (one) =>
      one.module === resource.module &&
      one.type === only.type &&
      one.name === only.name &&
      (only.index === '' || one.address.endsWith(only.index)),
  );
  const [target, ...others] = found;
  return target === undefined || others.length > 0 ? null : { resource: target, attribute: only.attribute };
}
