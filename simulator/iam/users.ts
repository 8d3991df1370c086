import type * as iam from '@aws-sdk/client-iam';
import type { User } from '@aws-sdk/client-iam';
import { type Operations, read, write } from '../operation.ts';
import type { UserState } from '../state.ts';
import { alreadyExists, noSuchEntity } from './errors.ts';
import { byName, iamPage } from './lists.ts';
import { tagList, tagMap } from './tags.ts';
import { degradePrincipal } from './trust.ts';

const notFound = (name: string | undefined) => noSuchEntity(`The user with name ${name} cannot be found.`);

const described = (user: UserState): User => ({
  Path: user.path,
  UserName: user.name,
  UserId: user.id,
  Arn: user.arn,
  CreateDate: user.created,
  Tags: user.tags.size === 0 ? undefined : tagList(user.tags),
});

/** IAM users, as far as trust policies and access entries name them. */
export const userOperations: Operations<typeof iam> = {
  CreateUser: write((call, input) => {
    const name = input.UserName ?? '';
    const path = input.Path ?? '/';
    const { users } = call.account.iam.live;
    if (users.has(name.toLowerCase())) throw alreadyExists(`User with name ${name} already exists.`);
    const user: UserState = {
      name,
      path,
      arn: `arn:${call.account.partition}:iam::${call.account.id}:user${path}${name}`,
      id: call.world.ids.unique('AIDA'),
      created: call.now,
      tags: tagMap(input.Tags),
    };
    users.set(name.toLowerCase(), user);
    return { User: described(user) };
  }),
  GetUser: read((call, { UserName }) => {
    const user = call.account.iam.visible().users.get((UserName ?? '').toLowerCase());
    if (user === undefined) throw notFound(UserName);
    return { User: described(user) };
  }),
  ListUsers: read((call, input) => {
    const { items, rest } = iamPage(call, byName(call.account.iam.visible().users.values()), input);
    return { Users: items.map(described), ...rest };
  }),
  DeleteUser: write((call, { UserName }) => {
    const { users } = call.account.iam.live;
    const user = users.get((UserName ?? '').toLowerCase());
    if (user === undefined) throw notFound(UserName);
    users.delete(user.name.toLowerCase());
    degradePrincipal(call.world.accounts, user);
    return {};
  }),
};
