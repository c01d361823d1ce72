# The state machine with its role and trigger for Terraform; the functions are given by their ARNs.
# Before: node --import tsx examples/deploy/write-files.ts examples/deploy
terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = ">= 5.0" }
  }
}

variable "name" { default = "scones-inference" }
variable "bucket" { description = "Bucket of the images; it has to send its events to EventBridge." }
variable "serialize_function_arn" {}
variable "classify_function_arn" {}
variable "filter_function_arn" {}

locals {
  # The ${...} of the two files are filled in by Terraform itself.
  names = {
    SerializeFunctionArn = var.serialize_function_arn
    ClassifyFunctionArn  = var.classify_function_arn
    FilterFunctionArn    = var.filter_function_arn
    NoticeTopicArn       = aws_sns_topic.notices.arn
  }
}

resource "aws_sns_topic" "notices" {
  name = "${var.name}-notices"
}

resource "aws_cloudwatch_log_group" "inference" {
  name              = "/aws/vendedlogs/states/${var.name}"
  retention_in_days = 30
}

resource "aws_iam_role" "inference" {
  name = var.name
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "states.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "inference" {
  role   = aws_iam_role.inference.id
  policy = templatefile("${path.module}/execution-policy.json", local.names)
}

resource "aws_sfn_state_machine" "inference" {
  name       = var.name
  role_arn   = aws_iam_role.inference.arn
  definition = templatefile("${path.module}/inference.asl.json", local.names)

  logging_configuration {
    level           = "ERROR"
    log_destination = "${aws_cloudwatch_log_group.inference.arn}:*"
  }
  tracing_configuration {
    enabled = true
  }
  # Step Functions tries out the rights to log when the machine is made.
  depends_on = [aws_iam_role_policy.inference]
}

resource "aws_iam_role" "uploads" {
  name = "${var.name}-uploads"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "events.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "uploads" {
  role = aws_iam_role.uploads.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "states:StartExecution", Resource = aws_sfn_state_machine.inference.arn }]
  })
}

# The handlers take an event of S3 as it is.
resource "aws_cloudwatch_event_rule" "uploads" {
  name = "${var.name}-uploads"
  event_pattern = jsonencode({
    source      = ["aws.s3"]
    detail-type = ["Object Created"]
    detail      = { bucket = { name = [var.bucket] }, object = { key = [{ wildcard = "uploads/*.png" }] } }
  })
}

resource "aws_cloudwatch_event_target" "uploads" {
  rule     = aws_cloudwatch_event_rule.uploads.name
  arn      = aws_sfn_state_machine.inference.arn
  role_arn = aws_iam_role.uploads.arn
}

output "state_machine_arn" {
  value = aws_sfn_state_machine.inference.arn
}
