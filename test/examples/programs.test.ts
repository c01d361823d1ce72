import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { abTest } from "../../examples/ab-test.js";
import { alerts } from "../../examples/alerts.js";
import { batchTransform } from "../../examples/batch-transform.js";
import { multiClass } from "../../examples/multi-class.js";
import { ownImages } from "../../examples/own-images.js";
import { type Example, runExample } from "../../examples/shared/command.js";

const EXAMPLES: readonly Example[] = [abTest, alerts, batchTransform, multiClass, ownImages];
let out: string;
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), "scones-examples-"));
});
afterAll(() => rm(out, { recursive: true, force: true }));

async function start(example: Example, argv: string, signal = new AbortController().signal) {
  const [printed, errors]: [string[], string[]] = [[], []];
  const around = {
    stdout: { write: (text: string) => printed.push(text) },
    stderr: { write: (text: string) => errors.push(text) },
    color: true,
    signal,
  };
  const args = argv.split(" ").filter((text) => text !== "");
  const folder = args.includes("--help") ? [] : ["--out", join(out, example.name)];
  const code = await runExample(example, [...args, ...folder], around);
  return { code, printed: printed.join(""), errors: errors.join("") };
}

const read = (example: Example, file: string) => readFile(join(out, example.name, file), "utf8");

describe.each(EXAMPLES)("$name", (example) => {
  it("tells its options, and what is wrong with a command line", async () => {
    const { code, printed } = await start(example, "--help");
    expect(code).toBe(0);
    expect(printed).toContain(`node --import tsx examples/${example.name}.ts`);
    for (const option of [...Object.keys(example.options), "out"]) expect(printed).toContain(`--${option}`);

    const unknown = await start(example, "--epoch 3");
    expect([unknown.code, unknown.errors]).toEqual([2, expect.stringContaining("--epoch")]);
    const wrong = await start(example, "--epochs many");
    expect([wrong.code, wrong.errors]).toEqual([
      2,
      expect.stringContaining('--epochs must be a whole number from 1, not "many"'),
    ]);
  });

  it("ends with 130 when it is interrupted", async () => {
    const { code, errors } = await start(example, "--images 16", AbortSignal.abort(new Error("interrupted")));
    expect([code, errors]).toEqual([130, "Interrupted: everything was stopped.\n"]);
  });

  it("names an archive that is not there", async () => {
    const { code, errors } = await start(example, "--data nowhere.tar.gz");
    expect([code, errors]).toEqual([1, expect.stringContaining("nowhere.tar.gz")]);
  });
});

describe("the examples, on generated images", () => {
  it("multi-class tells how each of ten classes fares", async () => {
    const { code, printed, errors } = await start(multiClass, "--images 24 --epochs 8");
    expect([code, errors]).toEqual([0, ""]);
    for (const name of ["bicycle", "pickup_truck", "tractor"]) expect(printed).toMatch(new RegExp(`${name} +6 +\\d`));
    expect(printed).not.toContain("\u001b");
    const { accuracy, counts } = JSON.parse(await read(multiClass, "accuracy.json"));
    expect(counts.matched).toBe(60);
    expect(accuracy.value).toBeGreaterThan(0.3); // Chance is a tenth.
    expect(await read(multiClass, "confusion.svg")).toContain("lawn_mower");
  });

  it("ab-test finds the better model and gives it the traffic", async () => {
    const { code, printed, errors } = await start(abTest, "--images 60 --epochs 12 --requests 3000 --look 300");
    expect([code, errors]).toEqual([0, ""]);
    expect(JSON.parse(await read(abTest, "comparison.json"))).toMatchObject({ verdict: "candidate", measure: "right" });
    expect(printed).toContain('The traffic was shifted; "tomorrow" answers now.');
  });

  it("ab-test leaves the traffic alone while the answers do not tell", async () => {
    const { printed } = await start(abTest, "--images 16 --epochs 1 --requests 20");
    expect(printed).toContain("20 requests: undecided");
    expect(printed).toContain("The traffic stays as it was.");
  });

  it("batch-transform writes an answer for every image", async () => {
    const { code, printed, errors } = await start(batchTransform, "--images 40 --epochs 4");
    expect([code, errors]).toEqual([0, ""]);
    expect(printed).toMatch(/20 answers, \d+ of them right, 0 images without one/);
    const rows = (await read(batchTransform, "answers.csv")).trim().split("\n");
    expect(rows).toHaveLength(21);
    expect(rows[1]).toMatch(/^test\/.*\.png,(bicycle|motorcycle),[01]\.\d{6}$/);
  });

  it("alerts raises one while the camera is broken, and clears it later", async () => {
    const { code, printed, errors } = await start(alerts, "--images 60 --epochs 8 --fail-on-alert");
    expect([code, errors]).toEqual([0, ""]);
    const lines = printed.split("\n");
    const at = (text: string) => lines.findIndex((line) => line.includes(text));
    expect(at("RAISED")).toBeLessThan(at("09:00: camera broken"));
    expect(at("RAISED")).toBeGreaterThan(at("08:45: camera fine"));
    expect(at("CLEARED")).toBeGreaterThan(at("09:45: camera fine"));
    expect(lines.filter((line) => /RAISED|CLEARED/.test(line))).toHaveLength(2);
    const metrics = (await read(alerts, "metrics.jsonl"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(metrics.filter(({ Alarm }) => Alarm === 1).length).toBeGreaterThanOrEqual(3);
  });

  it("alerts exits with 1 when one stands and it was asked to", async () => {
    const options = "--images 60 --epochs 8 --moments 5";
    expect((await start(alerts, `${options} --fail-on-alert`)).code).toBe(1);
    expect((await start(alerts, options)).code).toBe(0);
  });

  it("own-images goes from a folder to answers, and to one about a file", async () => {
    const made = await start(ownImages, "--images 32 --epochs 4");
    expect([made.code, made.errors]).toEqual([0, ""]);
    expect(made.printed).toMatch(/\d+ of \d+ test images were answered rightly/);
    const folder = join(out, "own-images", "images");
    const [name = ""] = await readdir(join(folder, "bicycle"));
    const file = join(folder, "bicycle", name);
    const asked = await start(ownImages, `--folder ${folder} --epochs 1 --ask ${file}`);
    expect(asked.errors).toBe("");
    expect(asked.printed).toMatch(/png: (bicycle|motorcycle), confidence 0\.\d{3}/);
  });
});
