import type { Path } from './paths.ts';

function pass(service: string, allows: string, ...needs: (readonly string[])[]): Path {
  const passedTo = `${service}.amazonaws.com`;
  return { action: 'iam:passrole', on: 'role', from: 'any', needs, passedTo, allows };
}

/** `iam:PassRole` and a service that runs the caller's code, or the caller's template, with the role that it was passed. */
export const PASSED_ROLES: readonly Path[] = [
  pass(
    'lambda',
    'run a Lambda function as',
    ['lambda:createfunction', 'lambda:updatefunctionconfiguration'],
    [
      'lambda:invokefunction',
      'lambda:invokeasync',
      'lambda:addpermission',
      'lambda:createeventsourcemapping',
      'lambda:createfunctionurlconfig',
      'lambda:updatefunctioncode',
    ],
  ),
  pass('ec2', 'start an EC2 instance with', [
    'ec2:runinstances',
    'ec2:requestspotinstances',
    'ec2:createfleet',
  ]),
  pass('ec2', 'give a running EC2 instance', [
    'ec2:associateiaminstanceprofile',
    'ec2:replaceiaminstanceprofileassociation',
  ]),
  pass(
    'ec2',
    'start instances of a scaling group with',
    ['autoscaling:createlaunchconfiguration', 'ec2:createlaunchtemplate', 'ec2:createlaunchtemplateversion'],
    ['autoscaling:createautoscalinggroup', 'autoscaling:updateautoscalinggroup'],
  ),
  pass(
    'ecs-tasks',
    'run an ECS task as',
    ['ecs:registertaskdefinition', 'ecs:runtask'],
    ['ecs:runtask', 'ecs:starttask', 'ecs:createservice', 'ecs:updateservice'],
  ),
  pass('batch', 'run a Batch job as', ['batch:registerjobdefinition'], ['batch:submitjob']),
  pass('cloudformation', 'deploy a CloudFormation template as', [
    'cloudformation:createstack',
    'cloudformation:updatestack',
    'cloudformation:createchangeset',
    'cloudformation:createstackset',
  ]),
  pass('glue', 'run Glue code as', [
    'glue:createdevendpoint',
    'glue:createjob',
    'glue:updatejob',
    'glue:createsession',
  ]),
  pass('sagemaker', 'run a SageMaker notebook, job or endpoint as', [
    'sagemaker:createnotebookinstance',
    'sagemaker:createtrainingjob',
    'sagemaker:createprocessingjob',
    'sagemaker:createhyperparametertuningjob',
    'sagemaker:createuserprofile',
    'sagemaker:createmodel',
  ]),
  pass(
    'codebuild',
    'run a build as',
    ['codebuild:createproject', 'codebuild:updateproject'],
    ['codebuild:startbuild', 'codebuild:startbuildbatch', 'codebuild:createwebhook'],
  ),
  pass('codepipeline', 'run a pipeline as', ['codepipeline:createpipeline', 'codepipeline:updatepipeline']),
  pass(
    'datapipeline',
    'run a data pipeline as',
    ['datapipeline:createpipeline'],
    ['datapipeline:putpipelinedefinition'],
  ),
  pass('ssm', 'run an automation as', ['ssm:startautomationexecution', 'ssm:createassociation']),
  pass(
    'states',
    'run a state machine as',
    ['states:createstatemachine', 'states:updatestatemachine'],
    ['states:startexecution', 'states:startsyncexecution', 'events:puttargets'],
  ),
  pass('scheduler', 'call any API on a schedule as', [
    'scheduler:createschedule',
    'scheduler:updateschedule',
  ]),
  pass('events', 'trigger targets as', ['events:puttargets'], ['events:putrule', 'events:putevents']),
  pass('elasticmapreduce', 'run an EMR cluster as', ['elasticmapreduce:runjobflow']),
  pass('emr-serverless', 'run an EMR Serverless job as', ['emr-serverless:startjobrun']),
  pass('airflow', 'run an Airflow environment as', ['airflow:createenvironment']),
  pass('tasks.apprunner', 'run an App Runner service as', [
    'apprunner:createservice',
    'apprunner:updateservice',
  ]),
  pass('bedrock-agentcore', 'run code in AgentCore as', [
    'bedrock-agentcore:createcodeinterpreter',
    'bedrock-agentcore:createagentruntime',
  ]),
  pass('imagebuilder', 'build images on an instance with', [
    'imagebuilder:createinfrastructureconfiguration',
  ]),
  pass(
    'rolesanywhere',
    'issue certificates for',
    ['rolesanywhere:createtrustanchor'],
    ['rolesanywhere:createprofile', 'rolesanywhere:updateprofile'],
  ),
  pass('pods.eks', 'give a ServiceAccount of a cluster', [
    'eks:createpodidentityassociation',
    'eks:updatepodidentityassociation',
    'eks:createaddon',
    'eks:updateaddon',
  ]),
  pass('capabilities.eks', 'run an EKS capability (ACK, Argo CD, KRO) as', [
    'eks:createcapability',
    'eks:updatecapability',
  ]),
];
