import { InvalidOptionsError } from "../../core/options.js";
import { ClassUnknownError } from "../etl-errors.js";
import type { CifarDataset } from "./cifar-archives.js";
import {
  CIFAR_10_CLASSES,
  CIFAR_100_CLASSES,
  CIFAR_100_COARSE_CLASSES,
  CIFAR_100_COARSE_OF_FINE,
} from "./class-names.js";

/** Which rows of an archive are kept, and what label each gets. @internal */
export interface ClassSelection {
  /** The data set that the classes belong to. */
  readonly dataset: CifarDataset;
  /** The new label by fine label, or by the only label of CIFAR-10. */
  readonly byFine: ReadonlyMap<number, number>;
  /** The new label by coarse label; empty unless a coarse class was chosen. */
  readonly byCoarse: ReadonlyMap<number, number>;
}

type ClassList = "fine" | "coarse" | "ten";

const LISTS: Readonly<Record<ClassList, readonly string[]>> = {
  fine: CIFAR_100_CLASSES,
  coarse: CIFAR_100_COARSE_CLASSES,
  ten: CIFAR_10_CLASSES,
};
const MAX_SUGGESTIONS = 3;

/**
 * Finds out which data set the classes belong to, and the label of each in its archive.
 *
 * @param classes - Class names; fine and coarse ones may be mixed.
 * @returns The rows to keep.
 * @throws {@link ClassUnknownError} `CLASS_UNKNOWN` with the nearest names.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when the classes are of two data sets, or one holds another.
 * @internal
 */
export function selectClasses(classes: readonly string[]): ClassSelection {
  const found = classes.map((name, labelId) => ({ name, labelId, ...findClass(name) }));
  const ten = found.filter(({ list }) => list === "ten");
  const [stranger] = found.filter(({ list }) => list !== "ten");
  if (ten[0] && stranger) {
    throw refuse(
      `"${ten[0].name}" is a class of CIFAR-10 and "${stranger.name}" of CIFAR-100: choose from one data set`,
    );
  }
  const fine = found.filter(({ list }) => list !== "coarse");
  const coarse = found.filter(({ list }) => list === "coarse");
  for (const { name, label } of stranger ? fine : []) {
    const holder = coarse.find((other) => other.label === CIFAR_100_COARSE_OF_FINE[label]);
    if (holder) throw refuse(`"${name}" belongs to "${holder.name}": choose one of the two`);
  }
  return {
    dataset: ten[0] ? "CIFAR-10" : "CIFAR-100",
    byFine: new Map(fine.map(({ label, labelId }) => [label, labelId])),
    byCoarse: new Map(coarse.map(({ label, labelId }) => [label, labelId])),
  };
}

/**
 * Finds the label that a row gets.
 *
 * @param selection - The rows to keep.
 * @param fine - Fine label of the row.
 * @param coarse - Its coarse label, where it has one.
 * @returns The label, or `undefined` for a row that is not kept.
 * @internal
 */
export function findLabelId(selection: ClassSelection, fine: number, coarse: number | undefined): number | undefined {
  return selection.byFine.get(fine) ?? (coarse === undefined ? undefined : selection.byCoarse.get(coarse));
}

function findClass(name: string): { readonly list: ClassList; readonly label: number } {
  for (const list of ["fine", "coarse", "ten"] as const) {
    const label = LISTS[list].indexOf(name);
    if (label >= 0) return { list, label };
  }
  const suggestions = suggest(name);
  throw new ClassUnknownError({
    code: "CLASS_UNKNOWN",
    message: `Neither CIFAR-100 nor CIFAR-10 has a class "${name}". Did you mean ${suggestions.map((known) => `"${known}"`).join(", ")}? All names are in CIFAR_100_CLASSES, CIFAR_100_COARSE_CLASSES and CIFAR_10_CLASSES.`,
    details: { className: name, suggestions },
  });
}

function suggest(name: string): readonly string[] {
  const wanted = name.toLowerCase();
  return Object.values(LISTS)
    .flat()
    .map((known) => ({ known, distance: measureDistance(wanted, known) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, MAX_SUGGESTIONS)
    .map(({ known }) => known);
}

/** Fewest insertions, deletions and replacements that turn one word into the other (Levenshtein). */
function measureDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a.slice(0, 100)].entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const replaced = (row[j] ?? 0) + (letter === b[j] ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

function refuse(message: string): InvalidOptionsError {
  return new InvalidOptionsError({
    code: "INVALID_OPTIONS",
    message: `CifarExtractor cannot use these classes: ${message}.`,
    details: { functionName: "CifarExtractor", issues: [{ path: "classes", message }] },
  });
}
