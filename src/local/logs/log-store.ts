import type { LocalLogEvent } from "../sagemaker/environment.js";

/** One line as it is kept. @internal */
export interface StoredLogEvent {
  /** Place in its stream, from 0; the id of the event is made of it. */
  readonly sequence: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly message: string;
}

/** Lines of one container. @internal */
export interface LogStream {
  readonly name: string;
  readonly created: number;
  readonly events: StoredLogEvent[];
  /** Sequence of the next line. */
  next: number;
  bytes: number;
}

/** Most lines of a stream that are kept; of a longer one the oldest go. */
const MAX_EVENTS = 100_000;

/** The log groups of the local AWS. @internal */
export class LogStore {
  readonly #groups = new Map<string, { readonly created: number; readonly streams: Map<string, LogStream> }>();

  /** Keeps one line; group and stream come into being with their first one. */
  append({ logGroup, logStream, timestamp, message }: LocalLogEvent): void {
    const time = timestamp.getTime();
    const group = this.#groups.get(logGroup) ?? { created: time, streams: new Map<string, LogStream>() };
    this.#groups.set(logGroup, group);
    const stream = group.streams.get(logStream) ?? { name: logStream, created: time, events: [], next: 0, bytes: 0 };
    group.streams.set(logStream, stream);
    stream.events.push({ sequence: stream.next++, timestamp: time, message });
    stream.bytes += Buffer.byteLength(message);
    // In larger steps, because every cut moves the rest.
    if (stream.events.length > MAX_EVENTS * 1.1) stream.events.splice(0, stream.events.length - MAX_EVENTS);
  }

  /** The groups, by name. */
  groups(): readonly { readonly name: string; readonly created: number; readonly bytes: number }[] {
    return [...this.#groups]
      .map(([name, { created, streams }]) => {
        return { name, created, bytes: [...streams.values()].reduce((sum, stream) => sum + stream.bytes, 0) };
      })
      .sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  /** The streams of a group; `undefined` when there is no such group. */
  streams(group: string): readonly LogStream[] | undefined {
    const found = this.#groups.get(group);
    return found && [...found.streams.values()];
  }
}
