#!/usr/bin/env bash
# The whole of it with one command: bundles the functions, uploads them, and makes or updates a CloudFormation stack.
#
#   CODE_BUCKET=my-code examples/deploy/deploy.sh scones EndpointName=scones-vehicles Threshold=0.8
#
# Needs the AWS CLI with credentials, zip, and a bucket for the bundles in the region of the stack. The endpoint has to be
# there (examples/03-deploy.ts). Every bundle gets a key with its hash, so that a stack sees what has changed.
set -euo pipefail

stack=${1:?name of the stack, at most 50 characters}
shift
bucket=${CODE_BUCKET:?bucket for the bundles}
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

[ -e "$root/dist/inference/index.js" ] || (cd "$root" && npm run --silent build:js)
parameters=("CodeBucket=$bucket" "$@")
for name in serialize classify filter; do
  "$root/node_modules/.bin/esbuild" "$root/examples/lambda/$name.ts" --bundle --minify --platform=node --target=node22 \
    --format=cjs --main-fields=module,main --outfile="$work/$name.js" --log-level=warning
  hash=$(sha256sum "$work/$name.js" | cut -c1-16)
  (cd "$work" && zip --quiet "$name.zip" "$name.js")
  aws s3 cp --only-show-errors "$work/$name.zip" "s3://$bucket/$stack/$name-$hash.zip"
  parameters+=("$(tr '[:lower:]' '[:upper:]' <<<"${name:0:1}")${name:1}Key=$stack/$name-$hash.zip")
done

(cd "$root" && node --import tsx examples/deploy/write-files.ts "$work")
aws cloudformation deploy --stack-name "$stack" --template-file "$work/scones.template.json" \
  --capabilities CAPABILITY_IAM --no-fail-on-empty-changeset --parameter-overrides "${parameters[@]}"
aws cloudformation describe-stacks --stack-name "$stack" --query "Stacks[0].Outputs" --output table
