import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFilterHandler } from "../../src/inference/handlers/filter-handler.js";

const EVENT = { image_data: "", s3_bucket: "scones", s3_key: "test/a.png" };
const probabilities = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 5 });
const LOW = "THRESHOLD_CONFIDENCE_NOT_MET";

describe("createFilterHandler", () => {
  it("lets pass by the most probable class or by its lead, and says the same as a tag as with an error", async () => {
    await fc.assert(
      fc.asyncProperty(
        probabilities,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.constantFrom("top", "margin"),
        async (inferences, threshold, by) => {
          const [top = 0, second = 0] = inferences.toSorted((a, b) => b - a);
          const accepted = (by === "top" ? top : top - second) >= threshold;
          const tagged = await createFilterHandler({ threshold, by, onLow: "tag" })({ ...EVENT, inferences });
          expect(tagged.body).toMatchObject({ accepted, confidence: top });
          const name = await createFilterHandler({ threshold, by })({ ...EVENT, inferences }).then(
            () => "passed",
            (error: Error) => error.name,
          );
          expect(name).toBe(accepted ? "passed" : LOW);
        },
      ),
    );
  });

  it("takes a threshold for each label, by number where there is no label, and one for all others", async () => {
    const filter = createFilterHandler({ threshold: { bicycle: 0.5, "1": 0.9, "*": 0.8 }, onLow: "tag" });
    const accepts = async (label: string | undefined, inferences: readonly number[]) =>
      (await filter({ ...EVENT, inferences, ...(label === undefined ? {} : { label }) })).body.accepted;
    expect(await accepts("bicycle", [0.6, 0.4])).toBe(true);
    expect(await accepts("constructor", [0.75, 0.25])).toBe(false);
    expect(await accepts("bus", [0.85, 0.15])).toBe(true);
    expect(await accepts(undefined, [0.15, 0.85])).toBe(false);
  });

  it("refuses a label that no threshold is for", async () => {
    const filter = createFilterHandler({ threshold: { bicycle: 0.5 } });
    await expect(filter({ ...EVENT, label: "bus", inferences: [0.1, 0.9] })).rejects.toThrow(
      /label: no threshold is set for it, only for bicycle/,
    );
  });

  it("says by how much the second class is too near", async () => {
    const low = createFilterHandler({ threshold: 0.5, by: "margin" })({ ...EVENT, inferences: [0.625, 0.375] });
    await expect(low).rejects.toMatchObject({
      name: LOW,
      message:
        "Margin 0.25 over the second class for class 0 is below the threshold 0.5: let a person look at test/a.png.",
      details: { margin: 0.25, confidence: 0.625 },
    });
  });

  it("reports low confidence at the image where there are several, with what was found", async () => {
    const { body } = await createFilterHandler({ threshold: 0.7 })([
      { ...EVENT, inferences: [0.9, 0.1], label: "bicycle" },
      { ...EVENT, inferences: [0.6, 0.4], label: "bicycle" },
    ]);
    expect(body.failed).toBe(1);
    expect(body.items[0]).toMatchObject({ confidence: 0.9 });
    expect(body.items[1]).toMatchObject({ error: { name: LOW }, label: "bicycle", inferences: [0.6, 0.4] });
  });

  it.each([
    [{ threshold: 1.1 }],
    [{ threshold: {} }],
    [{ threshold: { bicycle: -1 } }],
    [{ by: "sum" }],
    [{ onLow: "log" }],
  ])("refuses the options %j", (options) => {
    expect(() => createFilterHandler(options as never)).toThrow(expect.objectContaining({ code: "INVALID_OPTIONS" }));
  });
});
