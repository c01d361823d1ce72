import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "./packed.js";

/** Stands in for the AWS CLI and for zip: notes the call, and keeps the template. */
const STAND_IN = `#!/usr/bin/env bash
echo "$(basename "$0") $*" >> "$CALLS"
while [ $# -gt 0 ]; do
  if [ "$1" = --template-file ]; then cp "$2" "$CALLS.template"; fi
  shift
done
`;

it("examples/deploy/deploy.sh bundles and uploads the three functions, and deploys the template with their keys", () => {
  const folder = mkdtempSync(join(tmpdir(), "scones-deploy-"));
  try {
    const calls = join(folder, "calls");
    for (const name of ["aws", "zip"]) {
      writeFileSync(join(folder, name), STAND_IN);
      chmodSync(join(folder, name), 0o755);
    }
    execFileSync("bash", [join(ROOT, "examples/deploy/deploy.sh"), "scones", "Threshold=0.8"], {
      cwd: folder,
      env: { ...process.env, PATH: `${folder}${delimiter}${process.env["PATH"]}`, CALLS: calls, CODE_BUCKET: "code" },
    });
    const lines = readFileSync(calls, "utf8").trim().split("\n");
    const keys = lines.flatMap(
      (line) => /s3 cp .* s3:\/\/code\/(scones\/\w+-[0-9a-f]{16}\.zip)$/.exec(line)?.[1] ?? [],
    );
    expect(keys).toHaveLength(3);
    const deploy = lines.find((line) => line.startsWith("aws cloudformation deploy")) ?? "";
    expect(deploy).toContain("--stack-name scones");
    expect(deploy).toContain("--capabilities CAPABILITY_IAM");
    expect(deploy).toContain(
      `CodeBucket=code Threshold=0.8 SerializeKey=${keys[0]} ClassifyKey=${keys[1]} FilterKey=${keys[2]}`,
    );
    const { Parameters } = JSON.parse(readFileSync(`${calls}.template`, "utf8"));
    for (const [, name] of deploy.matchAll(/(\w+)=/g)) expect(Object.keys(Parameters)).toContain(name);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
