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
