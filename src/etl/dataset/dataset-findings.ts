import { findClassProblems } from "./dataset-class-findings.js";
import { findImageProblems } from "./dataset-image-findings.js";
import { findPixelProblems } from "./dataset-pixel-findings.js";
import type { DatasetFigures, DatasetFinding } from "./dataset-report.js";

const SEVERITIES: readonly DatasetFinding["severity"][] = ["error", "warning", "info"];

/**
 * Turns the figures of a data set into findings. A limit and its source stand beside the check that applies it.
 *
 * @param figures - The figures.
 * @returns The findings: errors first, and among equals causes before what follows from them.
 * @internal
 */
export function findProblems(figures: DatasetFigures): DatasetFinding[] {
  const findings = [...findClassProblems(figures), ...findPixelProblems(figures), ...findImageProblems(figures)];
  return findings.sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}
