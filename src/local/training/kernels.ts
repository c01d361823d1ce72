/// <reference path="./webassembly.d.ts" />
import { KERNELS_BASE64 } from "./generated/kernels.js";

/** WebAssembly pages have 64 KiB. */
const PAGE_BYTES = 65_536;
/** Most pages of a memory; the kernels are compiled for the same number. */
const MAXIMUM_PAGES = 32_768;
/** Most bytes of a memory: 2 GiB. @internal */
export const MAXIMUM_MEMORY_BYTES = MAXIMUM_PAGES * PAGE_BYTES;

let compiled: WebAssembly.Module | undefined;

/**
 * Compiles the kernels, once.
 *
 * @returns The module, which can be sent to workers.
 * @internal
 */
export function compileKernels(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(Buffer.from(KERNELS_BASE64, "base64"));
  return compiled;
}

/**
 * Makes a memory that threads can share.
 *
 * @param bytes - Bytes that it must hold, at most {@link MAXIMUM_MEMORY_BYTES}.
 * @returns The memory, all zero.
 * @internal
 */
export function createMemory(bytes: number): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE_BYTES), maximum: MAXIMUM_PAGES, shared: true });
}
