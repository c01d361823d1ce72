/**
 * Gives each of `count` nodes a layer, so that edges lead downwards; those that would close a loop lead up.
 *
 * @param count - How many nodes; the search starts at node 0, then at each that is not reached.
 * @param edges - Pairs of nodes.
 * @returns The layer of each node, and the edges that lead up.
 * @internal
 */
export function layerStates(
  count: number,
  edges: readonly (readonly [number, number])[],
): { readonly layers: readonly number[]; readonly isUp: readonly boolean[] } {
  const out: number[][] = Array.from({ length: count }, () => []);
  edges.forEach(([from, to], index) => {
    if (from !== to) out[from]?.push(index);
  });
  const isUp = edges.map(() => false);
  const colour = new Array<"new" | "open" | "done">(count).fill("new");
  const order: number[] = [];
  // A list instead of calls, so that no chain of states is too long.
  for (let root = 0; root < count; root++) {
    if (colour[root] !== "new") continue;
    const stack: { readonly node: number; next: number }[] = [{ node: root, next: 0 }];
    colour[root] = "open";
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const edge = out[top.node]?.[top.next++];
      if (edge === undefined) {
        colour[top.node] = "done";
        order.push(top.node);
        stack.pop();
        continue;
      }
      const to = edges[edge]?.[1] ?? 0;
      if (colour[to] === "open") isUp[edge] = true;
      else if (colour[to] === "new") {
        colour[to] = "open";
        stack.push({ node: to, next: 0 });
      }
    }
  }
  const layers = new Array<number>(count).fill(0);
  for (const node of order.toReversed()) {
    for (const edge of out[node] ?? []) {
      const to = edges[edge]?.[1] ?? 0;
      if (!isUp[edge]) layers[to] = Math.max(layers[to] ?? 0, (layers[node] ?? 0) + 1);
    }
  }
  return { layers, isUp };
}
