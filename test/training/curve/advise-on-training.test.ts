import { describe, expect, it } from "vitest";
import { adviseOnTraining } from "../../../src/training/curve/advise-on-training.js";
import { findSamplesPerEpoch } from "../../../src/training/curve/find-samples-per-epoch.js";

interface Curve {
  readonly train: (at: number) => number;
  readonly validation?: (at: number) => number;
  readonly epochs?: number;
  readonly samples?: number;
  readonly declared?: number;
  readonly trainingImages?: number;
  readonly changes?: Partial<Parameters<typeof adviseOnTraining>[0]>;
}

/** A wobble that is the same in every run; accuracies are shares of the images, printed with six decimals. */
function advise({ train, validation, epochs = 30, samples = 992, declared = 1000, trainingImages, changes }: Curve) {
  const wobble = (epoch: number) => 0.012 * Math.sin(epoch * 12.9898);
  const print = (share: number, images: number) =>
    Number((Math.round(Math.min(1, Math.max(0, share)) * images) / images).toFixed(6));
  const curve = Array.from({ length: epochs }, (_, epoch) => {
    const at = epochs === 1 ? 1 : epoch / (epochs - 1);
    return {
      epoch,
      trainAccuracy: print(train(at) + wobble(epoch), samples),
      ...(validation ? { validationAccuracy: print(validation(at) + wobble(epoch + 7), 192) } : {}),
    };
  });
  const found = adviseOnTraining({
    epochs: curve,
    hasBroken: false,
    hasStoppedEarly: false,
    configuration: { num_classes: "2", num_training_samples: String(declared) },
    trainAccuracies: [curve.map(({ trainAccuracy }) => trainAccuracy)],
    trainingImages,
    ...changes,
  });
  return found.map(({ code }) => code);
}

const healthy = (at: number) => 0.55 + 0.35 * Math.min(1, at * 2);

describe("advice on a curve", () => {
  it("is not given where all is well", () => {
    expect(advise({ train: healthy, validation: (at) => healthy(at) - 0.03, trainingImages: 1000 })).toEqual([]);
    expect(advise({ train: healthy, validation: healthy, epochs: 2 })).toEqual([]);
    expect(adviseOnTraining({ ...{ epochs: [], trainAccuracies: [] }, ...nothing })).toEqual([]);
  });

  it.each([2, 3, 10])("says that a network of %i classes at chance learned nothing", (classes) => {
    const chance = () => 1 / classes;
    const changes = { configuration: { num_classes: String(classes) } };
    expect(advise({ train: chance, validation: chance, changes })).toEqual(["CHANCE_LEVEL"]);
    expect(advise({ train: chance, validation: chance, changes: { configuration: {} } })).toEqual(["CHANCE_LEVEL"]);
  });

  it("does not speak of chance with several labels an image, or where one class is most of the images", () => {
    const changes = { configuration: { num_classes: "2", multi_label: "1" } };
    expect(advise({ train: () => 0.5, validation: () => 0.5, changes })).toEqual(["NOT_LEARNING"]);
    expect(advise({ train: () => 0.8, validation: () => 0.8 })).toEqual(["NOT_LEARNING"]);
  });

  it("says that the number of training images is wrong", () => {
    const curve = { train: healthy, validation: healthy };
    expect(advise({ ...curve, samples: 480, declared: 500, trainingImages: 1000 })).toEqual(["NUM_TRAINING_SAMPLES"]);
    expect(advise({ ...curve, samples: 480, declared: 1000 })).toEqual(["NUM_TRAINING_SAMPLES"]);
    expect(advise({ ...curve, samples: 1984, declared: 2000, trainingImages: 1000 })).toEqual(["NUM_TRAINING_SAMPLES"]);
    expect(advise({ ...curve, samples: 992, declared: 1000, trainingImages: 1000 })).toEqual([]);
  });

  it("says that validation is far under training", () => {
    expect(advise({ train: (at) => healthy(at) + 0.08, validation: (at) => healthy(at) - 0.15 })).toEqual([
      "OVERFITTING",
    ]);
  });

  it("says that more epochs would help, unless the training ended by itself", () => {
    const rising = (at: number) => 0.5 + 0.3 * at;
    expect(advise({ train: rising, validation: rising })).toEqual(["STILL_RISING"]);
    expect(advise({ train: rising, validation: rising, changes: { hasStoppedEarly: true } })).toEqual([]);
  });

  it("says that the training fell apart", () => {
    const falling = (at: number) => (at < 0.6 ? 0.9 : 0.5);
    expect(advise({ train: falling, validation: falling })).toContain("DIVERGED");
    expect(advise({ train: healthy, validation: healthy, changes: { hasBroken: true } })).toEqual(["DIVERGED"]);
  });

  it("says that nothing tells which epoch is best", () => {
    expect(advise({ train: healthy })).toEqual(["NO_VALIDATION"]);
  });
});

const nothing = { configuration: {}, hasBroken: false, hasStoppedEarly: false, trainingImages: undefined };

describe("the images of an epoch", () => {
  it("are read from the printed accuracies", () => {
    const print = (images: number) =>
      Array.from({ length: 30 }, (_, epoch) =>
        Number((Math.round((0.5 + 0.4 * Math.abs(Math.sin(epoch * 12.9898))) * images) / images).toFixed(6)),
      );
    for (const images of [64, 480, 992, 4992, 49_984]) {
      expect(findSamplesPerEpoch(print(images), 32, 100_000)).toBe(images);
    }
    expect(findSamplesPerEpoch(print(992).slice(0, 5), 32, 100_000)).toBeUndefined();
    expect(findSamplesPerEpoch(print(992), 0, 100_000)).toBeUndefined();
    expect(findSamplesPerEpoch(print(992), 30, 500)).toBeUndefined();
  });
});
