/** One attribute of a published message. */
export interface PublishedAttribute {
  /** Its type, such as `String` or `Number`. */
  readonly dataType: string;
  /** Its value as text. */
  readonly value: string;
}

/** A message that a workflow published to a topic of the local AWS. */
export interface PublishedMessage {
  /** Id that Publish answered with. */
  readonly messageId: string;
  /** ARN of the topic. */
  readonly topicArn: string;
  /** The message: as it was sent, or as JSON text where a task gave JSON. */
  readonly message: string;
  /** Subject line of e-mails. */
  readonly subject?: string;
  /** `json` where the message holds a text for each protocol. */
  readonly messageStructure?: string;
  /** Message attributes by name. */
  readonly attributes: Readonly<Record<string, PublishedAttribute>>;
  /** When it was published. */
  readonly publishedAt: Date;
}

/** Most messages, and most UTF-16 units of them, that are kept. */
const MAX_MESSAGES = 10_000;
const MAX_LENGTH = 67_108_864;

/** Keeps what was published to topics, in place of subscribers. @internal */
export class TopicInbox {
  readonly #messages: PublishedMessage[] = [];
  #length = 0;

  /** Keeps a message; the oldest ones make room for it. */
  add(message: PublishedMessage): void {
    this.#messages.push(message);
    this.#length += message.message.length;
    while (this.#messages.length > MAX_MESSAGES || (this.#length > MAX_LENGTH && this.#messages.length > 1)) {
      this.#length -= this.#messages.shift()?.message.length ?? 0;
    }
  }

  /** The messages of a topic, or of all topics, oldest first. */
  list(topicArn?: string): readonly PublishedMessage[] {
    return this.#messages.filter((message) => topicArn === undefined || message.topicArn === topicArn);
  }
}
