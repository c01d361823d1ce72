import { AnswerStatistics, type Spread } from "./answer-statistics.js";
import type { VariantSummary } from "./capture-summary.js";

/** What names the variant of an answer. */
interface Names {
  readonly endpointName?: string;
  readonly variantName?: string;
}

interface Variant {
  readonly endpointName: string;
  readonly variantName: string;
  readonly statistics: AnswerStatistics;
  readonly labelCounts: number[];
}

/** An endpoint has at most 10 variants; a folder with more names than this holds something else. */
const MAX_VARIANTS = 100;

/** Gathers figures by endpoint and variant. @internal */
export class VariantStatistics {
  readonly #threshold: number;
  readonly #classes: number;
  readonly #variants = new Map<string, Variant>();

  /**
   * @param threshold - Confidence below which an answer counts as unsure.
   * @param classes - How many classes there are.
   */
  constructor(threshold: number, classes: number) {
    this.#threshold = threshold;
    this.#classes = classes;
  }

  /** Adds one answer. */
  add(names: Names, confidence: number, labelId: number, spread: Spread): void {
    const variant = this.#variantOf(names);
    if (variant === undefined) return;
    variant.statistics.add(confidence, spread);
    variant.labelCounts[labelId] = (variant.labelCounts[labelId] ?? 0) + 1;
  }

  /** Adds what another one gathered. */
  merge(variants: readonly VariantSummary[]): void {
    for (const figures of variants) {
      const variant = this.#variantOf(figures);
      if (variant === undefined) continue;
      variant.statistics.merge(figures);
      for (const [labelId, count] of figures.labelCounts.entries()) {
        variant.labelCounts[labelId] = (variant.labelCounts[labelId] ?? 0) + count;
      }
    }
  }

  /** The figures so far. */
  summarize(): readonly VariantSummary[] {
    return [...this.#variants]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([, { statistics, ...rest }]) => ({ ...rest, ...statistics.summarize() }));
  }

  #variantOf({ endpointName = "", variantName = "" }: Names): Variant | undefined {
    const name = `${endpointName}/${variantName}`;
    const found = this.#variants.get(name);
    if (found !== undefined || this.#variants.size >= MAX_VARIANTS) return found;
    const labelCounts = new Array<number>(this.#classes).fill(0);
    const made = { endpointName, variantName, labelCounts, statistics: new AnswerStatistics(this.#threshold) };
    this.#variants.set(name, made);
    return made;
  }
}
