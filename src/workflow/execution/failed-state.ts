import { GetExecutionHistoryCommand, type HistoryEvent, type SFNClient } from "@aws-sdk/client-sfn";
import { abortable, throwIfAborted } from "../../core/abort.js";

/** Events a page, and how many pages are read before the search is given up. */
const PAGE_SIZE = 200;
const MAX_PAGES = 10;

/** What {@link findFailedState} looks at. @internal */
export interface FailedStateQuery {
  /** Client to ask with. */
  readonly client: SFNClient;
  /** The execution that ended. */
  readonly executionArn: string;
  /** Ends the search. */
  readonly signal: AbortSignal | undefined;
}

/**
 * Finds the state in which an execution ended, by following its history back from the last event. The history is a
 * help for the reader of an error, so a role that may not read it only costs the name.
 *
 * @param query - See {@link FailedStateQuery}.
 * @returns The state's name, or `undefined` where the history cannot be read or does not tell.
 * @throws The signal's reason.
 * @internal
 */
export async function findFailedState({ client, executionArn, signal }: FailedStateQuery): Promise<string | undefined> {
  const request = { executionArn, reverseOrder: true, includeExecutionData: false, maxResults: PAGE_SIZE };
  let wanted: number | undefined;
  let nextToken: string | undefined;
  try {
    for (let page = 0; page < MAX_PAGES; page++) {
      const command = new GetExecutionHistoryCommand({ ...request, ...(nextToken === undefined ? {} : { nextToken }) });
      const answer = await abortable(signal, (send) => client.send(command, send));
      for (const event of answer.events ?? []) {
        if (wanted !== undefined && event.id !== wanted) continue;
        const name = enteredState(event) ?? event.evaluationFailedEventDetails?.state;
        if (name !== undefined) return name;
        wanted = event.previousEventId ?? 0;
      }
      nextToken = answer.nextToken;
      if (nextToken === undefined || wanted === 0) return undefined;
    }
  } catch {
    throwIfAborted(signal);
  }
  return undefined;
}

function enteredState(event: HistoryEvent): string | undefined {
  return event.type?.endsWith("StateEntered") ? event.stateEnteredEventDetails?.name : undefined;
}
