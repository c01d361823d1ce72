// The parts of echarts that the charts use. Its own lists of parts load all of them, which takes half a second.
declare module "echarts/lib/*" {
  type Extensions = Parameters<typeof import("echarts/core")["use"]>[0];

  /** Registers the part. */
  export const install: Exclude<Extensions, readonly unknown[]>;
}
