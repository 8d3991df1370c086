import type { Path } from './paths.ts';

function run(action: string, on: Path['on'], allows: string, ...needs: (readonly string[])[]): Path {
  return { action, on, from: 'any', needs, allows };
}

/** Changing the code of something that already has a role. */
export const CODE_CHANGES: readonly Path[] = [
  run('lambda:updatefunctioncode', 'function', 'replace the code, and so act as the role, of'),
  run('lambda:updatefunctionconfiguration', 'function', 'put a layer or runtime wrapper into'),
  run('ssm:sendcommand', 'instance', 'run commands with the role of'),
  run('ssm:startsession', 'instance', 'open a shell with the role of'),
  run(
    'ec2:modifyinstanceattribute',
    'instance',
    'change the start script of',
    ['ec2:stopinstances'],
    ['ec2:startinstances'],
  ),
  run('ecs:executecommand', 'task', 'open a shell with the role of'),
  run('codebuild:updateproject', 'project', 'change and run with its role', [
    'codebuild:startbuild',
    'codebuild:startbuildbatch',
  ]),
  run('cloudformation:updatestack', 'stack', 'change, with the service role of,'),
  run('cloudformation:executechangeset', 'stack', 'change, with the service role of,', [
    'cloudformation:createchangeset',
  ]),
  run('sagemaker:createpresignednotebookinstanceurl', 'notebook', 'open'),
  run('glue:updatedevendpoint', 'endpoint', 'put its own key on'),
  run('datapipeline:putpipelinedefinition', 'pipeline', 'redefine'),
];

/** Access to a cluster as its administrator: every pod's role is then within reach, so one named cluster is enough. */
export const CLUSTER_ACCESS: readonly Path[] = [
  {
    action: 'eks:createaccessentry',
    on: 'cluster',
    from: 'named',
    needs: [],
    allows: 'let itself into, and so reach the roles of the pods of,',
  },
  {
    action: 'eks:associateaccesspolicy',
    on: 'accessEntry',
    from: 'named',
    needs: [],
    allows: 'give cluster administration through',
  },
  {
    action: 'eks:updateaccessentry',
    on: 'accessEntry',
    from: 'named',
    needs: [],
    allows: 'put groups of its choice on',
  },
];
