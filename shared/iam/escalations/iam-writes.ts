import type { Path } from './paths.ts';

function write(action: string, on: Path['on'], allows: string, self?: true): Path {
  return { action, on, from: 'family', needs: [], allows, ...(self ? { self } : {}) };
}

/** Writing identity itself: policies, trust, credentials, federation. */
export const IAM_WRITES: readonly Path[] = [
  write('iam:createpolicyversion', 'policy', 'replace the document of', true),
  write('iam:setdefaultpolicyversion', 'policy', 'bring back an older, wider version of', true),
  write('iam:attachrolepolicy', 'role', 'attach any managed policy to', true),
  write('iam:putrolepolicy', 'role', 'write any inline policy into', true),
  write('iam:updateassumerolepolicy', 'role', 'let itself assume'),
  write('iam:attachuserpolicy', 'user', 'attach any managed policy to'),
  write('iam:putuserpolicy', 'user', 'write any inline policy into'),
  write('iam:attachgrouppolicy', 'group', 'attach any managed policy to'),
  write('iam:putgrouppolicy', 'group', 'write any inline policy into'),
  write('iam:addusertogroup', 'group', 'put a user into'),
  write('iam:createaccesskey', 'user', 'make access keys of'),
  write('iam:createloginprofile', 'user', 'set a console password for'),
  write('iam:updateloginprofile', 'user', 'change the console password of'),
  write('iam:updatesamlprovider', 'samlProvider', 'replace the signing certificate of'),
  write('sso:attachmanagedpolicytopermissionset', 'permissionSet', 'attach any managed policy to'),
  write('sso:putinlinepolicytopermissionset', 'permissionSet', 'write any inline policy into'),
  write('sso:createaccountassignment', 'permissionSet', 'assign itself'),
];

/** Roles that can be had by asking. */
export const ASSUMPTIONS: readonly Path[] = [
  {
    action: 'sts:assumerole',
    on: 'foreignRole',
    from: 'any',
    needs: [],
    allows: 'assume (where its trust agrees)',
  },
];
