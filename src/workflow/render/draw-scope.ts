import { plainText, shorten } from "../../core/plain-text.js";
import { wrapText } from "../../core/text-size.js";
import type { ScopeVisit } from "../checks/visit.js";
import { type DrawContext, drawState } from "./draw-state.js";
import { type Drawing, type Label, LINE_HEIGHT, move, type Path, SMALL_SIZE } from "./drawing.js";
import { layerStates } from "./layer-states.js";
import { type LayoutLink, type LayoutNode, placeLayers } from "./place-layers.js";
import { listEdges, type ScopeEdge } from "./scope-edges.js";

const MAX_LABEL = 150;
const MAX_LABEL_TEXT = 110;
const MAX_TITLE = 600;
const LOOP = 26;

interface StateNode extends LayoutNode {
  readonly drawing: Drawing;
  readonly loop: readonly string[];
}

/** An edge with its bends, from the upper to the lower end. */
interface Route {
  readonly edge: ScopeEdge;
  readonly isUp: boolean;
  readonly bends: readonly LayoutNode[];
  readonly label: LayoutNode | undefined;
  readonly lines: readonly string[];
}

const terminal = (text: string): Drawing => {
  const lines = [{ text, size: SMALL_SIZE, isBold: true }];
  return {
    width: 64,
    height: 28,
    boxes: [{ x: 0, y: 0, width: 64, height: 28, kind: "terminal", lines }],
    labels: [],
    paths: [],
  };
};

/**
 * Draws the states of a scope in layers, and the ways between them. Labels take part in the layout like states, so
 * that neither a label nor a way ever lies on a state or on another label.
 *
 * @param scope - The scope.
 * @param context - See {@link DrawContext}.
 * @param isTaken - Whether an execution took a way.
 * @returns The drawing.
 * @internal
 */
export function drawScope(
  scope: ScopeVisit,
  context: DrawContext,
  isTaken: ((edge: ScopeEdge) => boolean) | undefined,
): Drawing {
  const all = listEdges(scope);
  const startAt = String(scope.definition["StartAt"]);
  const isMachine = scope.kind === "machine";
  const visits = [...scope.states.values()].sort((a, b) => Number(b.name === startAt) - Number(a.name === startAt));
  const index = new Map(visits.map((visit, position) => [visit.name, position]));
  const edges = all.filter(({ to, from }) => (to === undefined ? isMachine : to !== from));
  const nodes = visits.map((visit): StateNode => {
    const inner = context.inner.get(visit.path) ?? [];
    const drawing = drawState(
      visit,
      inner.map((each) => drawScope(each, context, isTaken)),
      context,
    );
    const loops = all.filter(({ from, to }) => from === visit.name && to === from).map(({ label }) => label ?? "again");
    const loop = loops.flatMap((text) => wrapLabel(text).lines);
    const loopWidth = loop.length === 0 ? 0 : LOOP + Math.max(...loops.map((text) => wrapLabel(text).width)) + 6;
    return toNode(drawing, loop, loopWidth);
  });
  const end = nodes.length;
  const start = end + 1;
  const toEnd = edges.some(({ to }) => to === undefined);
  if (isMachine) nodes.push(toNode(terminal("End")), toNode(terminal("Start")));
  const ends = edges.map(({ from, to }): [number, number] => [
    index.get(from) ?? 0,
    to === undefined ? end : (index.get(to) ?? 0),
  ]);
  const hasStart = isMachine && index.has(startAt);
  if (hasStart) {
    edges.unshift({ from: "", to: startAt, kind: "next" });
    ends.unshift([start, 0]);
  }
  const { layers, isUp } = layerStates(nodes.length, ends);
  nodes.forEach((node, position) => {
    node.layer = 2 * (layers[position] ?? 0);
  });
  const shown = nodes.filter((_, position) => !isMachine || position < end || (position === end ? toEnd : hasStart));
  const routes = edges.map((edge, position) => {
    const [from = 0, to = 0] = ends[position] ?? [];
    return planRoute(edge, nodes[from]?.layer ?? 0, nodes[to]?.layer ?? 0, isUp[position] ?? false);
  });
  const links = routes.flatMap((route, position): readonly LayoutLink[] => {
    const chain = chainOf(route, nodes, ends[position]);
    return chain.slice(1).flatMap((to, step) => (chain[step] === undefined ? [] : [{ from: chain[step], to }]));
  });
  const { width, height, bands } = placeLayers([...shown, ...routes.flatMap(({ bends }) => bends)], links);
  const drawings = shown.map((node) =>
    move(node.drawing, node.x - node.drawing.width / 2, node.y + (node.height - node.drawing.height) / 2),
  );
  const loops = shown.filter(({ loop }) => loop.length > 0);
  return {
    width,
    height,
    boxes: drawings.flatMap(({ boxes }) => boxes),
    labels: [
      ...drawings.flatMap(({ labels }) => labels),
      ...routes.flatMap((route) => labelOf(route)),
      ...loops.map(labelOfLoop),
    ],
    paths: [
      ...drawings.flatMap(({ paths }) => paths),
      ...routes.map((route, position): Path => {
        const chain = chainOf(route, nodes, ends[position]);
        return { ...style(route.edge, isTaken), points: pointsOf(chain, route.isUp, bands) };
      }),
      ...loops.map((node): Path => {
        const x = node.x + node.drawing.width / 2;
        const y = node.y + node.height / 2;
        const own = all.find(({ from, to }) => from === to && nodes[index.get(from) ?? -1] === node);
        const points = [
          [x, y - 8],
          [x + LOOP - 8, y - 8],
          [x + LOOP - 8, y + 8],
          [x, y + 8],
        ] as const;
        return { ...(own === undefined ? { isCatch: false } : style(own, isTaken)), points };
      }),
    ],
  };
}

function toNode(drawing: Drawing, loop: readonly string[] = [], loopWidth = 0): StateNode {
  const height = Math.max(drawing.height, loop.length * SMALL_SIZE * LINE_HEIGHT);
  return { drawing, loop, width: drawing.width + 2 * loopWidth, height, x: 0, y: 0, layer: 0 };
}

function planRoute(edge: ScopeEdge, from: number, to: number, isUp: boolean): Route {
  const [upper, lower] = isUp ? [to, from] : [from, to];
  const { lines, width } = edge.label === undefined ? { lines: [], width: 0 } : wrapLabel(edge.label);
  const bends = Array.from({ length: Math.max(0, lower - upper - 1) }, (_, step): LayoutNode => {
    const layer = upper + 1 + step;
    const isLabel = lines.length > 0 && layer === (isUp ? lower - 1 : upper + 1);
    const size = isLabel
      ? { width: width + 10, height: lines.length * SMALL_SIZE * LINE_HEIGHT }
      : { width: 1, height: 0 };
    return { ...size, x: 0, y: 0, layer };
  });
  return { edge, isUp, bends, lines, label: lines.length === 0 ? undefined : bends.at(isUp ? -1 : 0) };
}

/** Upper end, bends, lower end. */
function chainOf(
  route: Route,
  nodes: readonly StateNode[],
  ends: readonly [number, number] | undefined,
): readonly LayoutNode[] {
  const [from, to] = ends ?? [0, 0];
  const [upper, lower] = route.isUp ? [nodes[to], nodes[from]] : [nodes[from], nodes[to]];
  return upper === undefined || lower === undefined ? [] : [upper, ...route.bends, lower];
}

/** Goes straight through the layers, so that it stays in its own column there. Ways up start and end beside the others. */
function pointsOf(
  chain: readonly LayoutNode[],
  isUp: boolean,
  bands: readonly { readonly top: number; readonly bottom: number }[],
): Path["points"] {
  const points = chain.flatMap((node, position): (readonly [number, number])[] => {
    const band = bands[node.layer] ?? { top: node.y, bottom: node.y };
    if ("drawing" in node) {
      const { drawing } = node as StateNode;
      const x = node.x + (isUp ? drawing.width / 4 : 0);
      const top = node.y + (node.height - drawing.height) / 2;
      return position === 0
        ? [
            [x, top + drawing.height],
            [x, band.bottom],
          ]
        : [
            [x, band.top],
            [x, top],
          ];
    }
    return [
      [node.x, band.top],
      [node.x, band.bottom],
    ];
  });
  return isUp ? points.toReversed() : points;
}

function labelOf({ label, lines, edge }: Route): readonly Label[] {
  if (label === undefined) return [];
  const title = shorten(plainText(edge.label ?? ""), MAX_TITLE);
  return [{ x: label.x, y: label.y, lines, title, isCatch: edge.kind === "catch" }];
}

function labelOfLoop(node: StateNode): Label {
  const { drawing, loop } = node;
  const x = node.x + (drawing.width / 2 + LOOP + node.width / 2) / 2;
  const y = node.y + (node.height - loop.length * SMALL_SIZE * LINE_HEIGHT) / 2;
  return { x, y, lines: loop, title: loop.join(" "), isCatch: false };
}

function style(edge: ScopeEdge, isTaken: ((edge: ScopeEdge) => boolean) | undefined): Omit<Path, "points"> {
  return { isCatch: edge.kind === "catch", ...(isTaken === undefined ? {} : { isTaken: isTaken(edge) }) };
}

function wrapLabel(text: string): ReturnType<typeof wrapText> {
  return wrapText(shorten(plainText(text), MAX_LABEL_TEXT), SMALL_SIZE, MAX_LABEL);
}
