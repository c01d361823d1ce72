/** An event that a workflow sent to an event bus of the local AWS. */
export interface PublishedEvent {
  /** Id that PutEvents answered with. */
  readonly eventId: string;
  /** Name of the bus. */
  readonly eventBusName: string;
  /** Who sent it. */
  readonly source: string;
  /** What kind of event it is. */
  readonly detailType: string;
  /** The event as JSON text. */
  readonly detail: string;
  /** What it is about; Step Functions adds the execution and the state machine. */
  readonly resources: readonly string[];
  /** When it was sent. */
  readonly publishedAt: Date;
}
