/** The machine whose executions are killed. */
export const ECHO_ARN = "arn:aws:states:us-east-1:000000000000:stateMachine:echo";
