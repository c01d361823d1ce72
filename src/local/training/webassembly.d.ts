/*
 * The part of the WebAssembly API that the trainer uses: the type packages of Node 20 name the namespace but leave
 * these out, and the DOM library would bring a browser's globals along.
 */
declare namespace WebAssembly {
  interface Module {
    readonly [Symbol.toStringTag]: string;
  }
  interface Memory {
    readonly buffer: SharedArrayBuffer;
  }
  interface Instance {
    readonly exports: object;
  }
  var Memory: new (descriptor: { initial: number; maximum: number; shared: true }) => Memory;
  var Module: new (bytes: Uint8Array) => Module;
  var Instance: new (module: Module, imports: object) => Instance;
}
