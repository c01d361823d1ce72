/**
 * Splits an ARN into its parts. The colons of a CloudFormation substitution, such as those of `${AWS::Region}`, are no ends
 * of parts.
 *
 * @param arn - The ARN.
 * @returns The parts: `arn`, partition, service, region, account, and what follows.
 * @internal
 */
export function splitArn(arn: string): readonly string[] {
  return arn.split(/:(?![^{}]*\})/);
}
