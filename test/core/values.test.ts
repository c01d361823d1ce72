import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { createResourceName, ResourceNameSchema, RoleArnSchema } from "../../src/core/names.js";
import { describePrediction, parseProbabilities } from "../../src/core/prediction.js";
import { formatS3Uri, joinS3Key, parseS3Uri } from "../../src/core/s3-uri.js";
import { useClient } from "../../src/core/use-client.js";

describe("S3 locations", () => {
  it("are split and written alike", () => {
    expect(parseS3Uri("s3://scones/models/image_model")).toEqual({ bucket: "scones", key: "models/image_model" });
    expect(parseS3Uri("s3://scones")).toEqual({ bucket: "scones", key: "" });
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (key) => {
        expect(parseS3Uri(formatS3Uri({ bucket: "scones", key }))).toEqual({ bucket: "scones", key });
      }),
    );
  });

  it.each(["https://scones/x", "s3://", "s3://UPPER/x", "scones/x", "s3:///x"])("refuse %s", (uri) => {
    expect(() => parseS3Uri(uri)).toThrow(expect.objectContaining({ name: "S3UriError", code: "S3_URI_INVALID" }));
  });

  it("are joined with single slashes", () => {
    expect(joinS3Key("", "/a/", "b//", "c.png")).toBe("a/b/c.png");
  });
});

describe("createResourceName", () => {
  it("makes names that SageMaker accepts, of anything", () => {
    fc.assert(
      fc.property(fc.string(), (base) => {
        expect(ResourceNameSchema.safeParse(createResourceName(base)).success).toBe(true);
      }),
    );
    expect(createResourceName("my job", new Date(0))).toMatch(/^my-job-1970-01-01-00-00-00-000-[0-9a-f]{12}$/);
    expect(createResourceName("__", new Date(0))).toMatch(/^scones-1970/);
  });

  it.each(["under_score", "a.b", "-a", "a-", "", "a".repeat(64)])("is needed, for %s is no name", (name) => {
    expect(ResourceNameSchema.safeParse(name).success).toBe(false);
  });

  it("knows role ARNs of every partition", () => {
    expect(RoleArnSchema.safeParse("arn:aws-cn:iam::123456789012:role/service-role/scones").success).toBe(true);
    expect(RoleArnSchema.safeParse("arn:aws:iam::123456789012:user/scones").success).toBe(false);
  });
});

describe("parseProbabilities", () => {
  it("reads every form that endpoints, captures and Python handlers write", () => {
    const expected = [0.8227921724319458, 0.1772077977657318];
    expect(parseProbabilities(expected)).toEqual(expected);
    expect(parseProbabilities("[0.8227921724319458, 0.1772077977657318]")).toEqual(expected);
    expect(parseProbabilities(JSON.stringify(JSON.stringify(expected)))).toEqual(expected);
    expect(parseProbabilities('{"prediction": [0.8227921724319458, 0.1772077977657318]}\n')).toEqual(expected);
    expect(parseProbabilities("[4.07068437198177e-05, 0.99]")).toEqual([4.07068437198177e-5, 0.99]);
  });

  it.each([["NaN"], ["[0.5, 1.5]"], ["[]"], ['["0.5"]'], ["null"], [undefined], [{}], ['{"a":1}'], ["[[0.5]]"]])(
    "refuses %s",
    (value) => {
      expect(() => parseProbabilities(value)).toThrow(expect.objectContaining({ code: "PREDICTION_INVALID" }));
    },
  );

  it("reads or refuses any text, and never shows it in the message", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 12 }), (text) => {
        try {
          parseProbabilities(text);
        } catch (error) {
          expect(error).toMatchObject({ name: "PredictionError" });
          expect(String(error)).not.toContain(text);
        }
      }),
    );
  });
});

describe("describePrediction", () => {
  it("names the most probable class, the first of equals", () => {
    expect(describePrediction([0.1, 0.9], ["bicycle", "motorcycle"])).toEqual({
      probabilities: [0.1, 0.9],
      labelId: 1,
      label: "motorcycle",
      confidence: 0.9,
    });
    expect(describePrediction([0.5, 0.5]).labelId).toBe(0);
    expect(describePrediction([0.5, 0.5])).not.toHaveProperty("label");
  });

  it("refuses labels that do not fit", () => {
    expect(() => describePrediction([1], ["a", "b"])).toThrow(/1 probabilities for 2 labels/);
    expect(() => describePrediction([])).toThrow(/no probability at all/);
  });
});

describe("useClient", () => {
  it("closes a client of its own, also after a failure, and leaves the caller's open", async () => {
    const own = { destroy: vi.fn() };
    const given = { destroy: vi.fn() };
    await expect(
      useClient(
        undefined,
        () => own,
        () => Promise.reject(new Error("no")),
      ),
    ).rejects.toThrow("no");
    await expect(
      useClient(
        given,
        () => own,
        async () => 1,
      ),
    ).resolves.toBe(1);
    expect(own.destroy).toHaveBeenCalledOnce();
    expect(given.destroy).not.toHaveBeenCalled();
  });
});
