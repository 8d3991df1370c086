import { Aws, CfnOutput } from 'aws-cdk-lib';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { PipelineFunction } from './pipeline-function.ts';
import type { FunctionName } from './pipeline-functions.ts';
import { Workflow } from './workflow.ts';

interface RemediationProps {
  readonly name: string;
  readonly lambda: (name: FunctionName) => PipelineFunction;
}

/** The repairs: the state machine Remediate, and the function through which people decide. */
export class Remediation extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, { name, lambda }: RemediationProps) {
    super(scope, id);
    this.stateMachine = new Workflow(this, 'Remediate', {
      file: 'remediate.asl.json',
      name,
      functions: {
        PlanFunctionArn: lambda('Plan').lambda,
        RequestApprovalFunctionArn: lambda('RequestApproval').lambda,
        ExpireFunctionArn: lambda('Expire').lambda,
        ApplyFunctionArn: lambda('Apply').lambda,
        VerifyFunctionArn: lambda('Verify').lambda,
        RollBackFunctionArn: lambda('RollBack').lambda,
        StopFunctionArn: lambda('Stop').lambda,
      },
      texts: { Partition: Aws.PARTITION },
    }).stateMachine;
    const decide = lambda('Decide').lambda;
    new CfnOutput(this, 'DecideFunctionName', { value: decide.functionName });
    new CfnOutput(this, 'RemediateArn', { value: this.stateMachine.stateMachineArn });
  }
}
