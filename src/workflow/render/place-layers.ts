/** Something with a place of its own in the picture: a state, a label, or a bend of an edge. @internal */
export interface LayoutNode {
  readonly width: number;
  readonly height: number;
  /** Centre of its left and right, and its top; set by {@link placeLayers}. */
  x: number;
  y: number;
  layer: number;
}

/** A link from one layer to the next. @internal */
export interface LayoutLink {
  readonly from: LayoutNode;
  readonly to: LayoutNode;
}

/** The layers in place. @internal */
export interface PlacedLayers {
  readonly width: number;
  readonly height: number;
  /** Top and bottom of each layer. */
  readonly bands: readonly { readonly top: number; readonly bottom: number }[];
}

const GAP_X = 24;
const GAP_Y = 20;
const SWEEPS = 8;

/**
 * Places nodes that have layers: few crossings by the median of the neighbours, then each as near to its neighbours as
 * the others in its layer let it. Nodes of a layer never overlap, and every node has its column to itself there.
 *
 * @param nodes - The nodes; `x` and `y` are set.
 * @param links - Links between neighbouring layers.
 * @returns The size of the whole.
 * @internal
 */
export function placeLayers(nodes: readonly LayoutNode[], links: readonly LayoutLink[]): PlacedLayers {
  const layers: LayoutNode[][] = [];
  for (const node of nodes) {
    while (layers.length <= node.layer) layers.push([]);
    layers[node.layer]?.push(node);
  }
  const above = groupBy(links, "to", "from");
  const below = groupBy(links, "from", "to");
  for (const layer of layers) packLayer(layer, (node) => node.x);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const isDown = sweep % 2 === 0;
    for (const layer of isDown ? layers : layers.toReversed()) {
      const neighbours = isDown ? above : below;
      const wanted = new Map(layer.map((node) => [node, mean(neighbours.get(node)) ?? node.x]));
      // The order is settled half way; from then on only the distances change.
      if (sweep < SWEEPS - 3) layer.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0));
      packLayer(layer, (node) => wanted.get(node) ?? node.x);
    }
  }
  const left = Math.min(0, ...nodes.map((node) => node.x - node.width / 2));
  for (const node of nodes) node.x -= left;
  const bands: { top: number; bottom: number }[] = [];
  let top = 0;
  for (const layer of layers) {
    const height = Math.max(0, ...layer.map((node) => node.height));
    for (const node of layer) node.y = top;
    bands.push({ top, bottom: top + height });
    top += height + GAP_Y;
  }
  const right = Math.max(0, ...nodes.map((node) => node.x + node.width / 2));
  return { width: right, height: Math.max(0, top - GAP_Y), bands };
}

/** Puts a layer in its order as near as can be to the wanted places: nodes that push each other move as one block. */
function packLayer(layer: readonly LayoutNode[], wanted: (node: LayoutNode) => number): void {
  interface Block {
    readonly members: { readonly node: LayoutNode; readonly offset: number }[];
    readonly width: number;
    readonly at: number;
  }
  const blocks: Block[] = [];
  for (const node of layer) {
    const width = node.width + GAP_X;
    let block: Block = { members: [{ node, offset: width / 2 }], width, at: wanted(node) - width / 2 };
    for (
      let previous = blocks.at(-1);
      previous !== undefined && previous.at + previous.width > block.at;
      previous = blocks.at(-1)
    ) {
      blocks.pop();
      const shift = previous.width;
      const members = [...previous.members, ...block.members.map((m) => ({ node: m.node, offset: m.offset + shift }))];
      const a = previous.members.length;
      const b = block.members.length;
      const at = (previous.at * a + (block.at - shift) * b) / (a + b);
      block = { members, width: shift + block.width, at };
    }
    blocks.push(block);
  }
  for (const block of blocks) for (const { node, offset } of block.members) node.x = block.at + offset;
}

function groupBy(
  links: readonly LayoutLink[],
  key: "from" | "to",
  value: "from" | "to",
): ReadonlyMap<LayoutNode, readonly LayoutNode[]> {
  const groups = new Map<LayoutNode, LayoutNode[]>();
  for (const link of links) {
    const group = groups.get(link[key]);
    if (group === undefined) groups.set(link[key], [link[value]]);
    else group.push(link[value]);
  }
  return groups;
}

function mean(nodes: readonly LayoutNode[] | undefined): number | undefined {
  return nodes === undefined ? undefined : nodes.reduce((sum, node) => sum + node.x, 0) / nodes.length;
}
