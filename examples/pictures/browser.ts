import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";

type Json = { readonly [key: string]: unknown };
type Listener = (method: string, params: Json) => void;

/** One page in a headless Chromium, driven over a pipe by its DevTools protocol. */
export interface Page extends AsyncDisposable {
  /** Everything that should not be there: console messages, exceptions, and requests for anything but the page. */
  readonly complaints: readonly string[];
  open(
    url: string,
    view: {
      readonly width: number;
      readonly height: number;
      readonly scheme?: "light" | "dark";
      readonly media?: "screen" | "print";
    },
  ): Promise<void>;
  /** Runs an expression in the page, past its content security policy. */
  evaluate<T>(expression: string): Promise<T>;
  /** Presses at the first place, moves to the second, and lets go. */
  drag(from: readonly [number, number], to: readonly [number, number]): Promise<void>;
  moveTo(place: readonly [number, number]): Promise<void>;
  /** Takes a picture of the window, or of the whole page, also of what the window does not show. */
  screenshot(extent: "window" | "page"): Promise<Buffer>;
}

/** Starts Chromium with one page. */
export async function startBrowser(executable: string): Promise<Page> {
  const profile = mkdtempSync(join(tmpdir(), "scones-browser-"));
  const child = spawn(
    executable,
    [
      "--headless=new",
      "--no-sandbox",
      "--disable-gpu",
      "--hide-scrollbars",
      "--remote-debugging-pipe",
      `--user-data-dir=${profile}`,
      "about:blank",
    ],
    { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] },
  );
  const { send, listen } = connect(child);
  const complaints: string[] = [];
  let expected = "";
  listen((method, params) => {
    if (method === "Runtime.consoleAPICalled" || method === "Runtime.exceptionThrown" || method === "Log.entryAdded") {
      complaints.push(JSON.stringify(params));
    }
    const { request } = params as { readonly request?: { readonly url: string } };
    if (
      method === "Network.requestWillBeSent" &&
      request !== undefined &&
      request.url !== expected &&
      !request.url.startsWith("data:")
    ) {
      complaints.push(`request for ${request.url}`);
    }
  });
  const { targetId } = await send("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
  const call = (method: string, params: Json = {}) => send(method, params, String(sessionId));
  for (const domain of ["Page", "Runtime", "Log", "Network"]) await call(`${domain}.enable`);
  const mouse = (type: string, [x, y]: readonly [number, number], buttons = 0) =>
    call("Input.dispatchMouseEvent", {
      type,
      x,
      y,
      button: buttons === 0 && type === "mouseMoved" ? "none" : "left",
      buttons,
      clickCount: 1,
    });
  return {
    complaints,
    async open(url, { width, height, scheme = "light", media = "screen" }) {
      expected = url;
      await call("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
      await call("Emulation.setEmulatedMedia", {
        media,
        features: [{ name: "prefers-color-scheme", value: scheme }],
      });
      const loaded = new Promise<void>((resolve) => listen((method) => method === "Page.loadEventFired" && resolve()));
      await call("Page.navigate", { url });
      await loaded;
    },
    async evaluate(expression) {
      const { result } = await call("Runtime.evaluate", { expression, returnByValue: true });
      return (result as Json)["value"] as never;
    },
    async drag(from, to) {
      await mouse("mouseMoved", from);
      await mouse("mousePressed", from, 1);
      await mouse("mouseMoved", to, 1);
      await mouse("mouseReleased", to);
    },
    async moveTo(place) {
      await mouse("mouseMoved", place);
    },
    async screenshot(extent) {
      const { data } = await call("Page.captureScreenshot", {
        format: "png",
        captureBeyondViewport: extent === "page",
      });
      return Buffer.from(String(data), "base64");
    },
    async [Symbol.asyncDispose]() {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      // Asked to end, it takes its own processes along; its answer may never come.
      send("Browser.close", {}).catch(() => {});
      await gone;
      rmSync(profile, { recursive: true, force: true, maxRetries: 20 });
    },
  };
}

/** Messages are JSON texts with a zero byte behind each, on the third and fourth descriptor of the child. */
function connect(child: ChildProcess) {
  const [, , , input, output] = child.stdio as unknown as readonly [unknown, unknown, unknown, Writable, Readable];
  const waiting = new Map<number, { resolve: (result: Json) => void; reject: (error: Error) => void }>();
  const listeners: Listener[] = [];
  let buffered = "";
  let last = 0;
  output.setEncoding("utf8").on("data", (text: string) => {
    const messages = (buffered + text).split("\0");
    buffered = messages.pop() ?? "";
    for (const message of messages) {
      const { id, result, error, method, params } = JSON.parse(message);
      if (method !== undefined) for (const listener of listeners) listener(method, params);
      const asked = waiting.get(id);
      waiting.delete(id);
      if (error !== undefined) asked?.reject(new Error(JSON.stringify(error)));
      else asked?.resolve(result);
    }
  });
  child.once("exit", () => {
    for (const { reject } of waiting.values()) reject(new Error("Chromium ended"));
  });
  return {
    listen: (listener: Listener) => listeners.push(listener),
    send: (method: string, params: Json, sessionId?: string) =>
      new Promise<Json>((resolve, reject) => {
        waiting.set(++last, { resolve, reject });
        input.write(
          `${JSON.stringify({ id: last, method, params, ...(sessionId === undefined ? {} : { sessionId }) })}\0`,
        );
      }),
  };
}
