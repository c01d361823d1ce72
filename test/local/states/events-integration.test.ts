import { CreateStateMachineCommand } from "@aws-sdk/client-sfn";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLocalAws, type LocalAws } from "../../../src/local/local-aws.js";
import { ROLE_ARN } from "../../helpers/contracts.js";
import { runDefinition } from "../../workflow/run-definition.js";

let local: LocalAws;
beforeEach(async () => {
  local = await createLocalAws({ clock: "virtual" });
});
afterEach(() => local.close());

const put = (Parameters: object) =>
  ({
    StartAt: "Put",
    States: {
      Put: { Type: "Task", Resource: "arn:aws:states:::events:putEvents", Parameters, End: true },
    },
  }) as const;
const entry = (changes: object = {}) => ({ Source: "scones", DetailType: "Test", Detail: { a: 1 }, ...changes });

describe("events:putEvents", () => {
  it("puts events where a test finds them, with the execution among their resources", async () => {
    const { status, output } = await runDefinition(
      local,
      put({ Entries: [entry(), entry({ EventBusName: "own" })] }),
      {},
    );
    expect(status).toBe("SUCCEEDED");
    expect(output).toMatchObject({ FailedEntryCount: 0, Entries: [{ EventId: expect.any(String) }, {}] });
    expect(local.publishedEvents()).toHaveLength(2);
    const [event] = local.publishedEvents("own");
    expect(event).toMatchObject({ source: "scones", detailType: "Test", detail: '{"a":1}', eventBusName: "own" });
    expect(event?.resources).toEqual([
      expect.stringMatching(/:execution:/),
      expect.stringMatching(/:stateMachine:machine-\d+$/),
    ]);
  });

  it.each([
    ["a source of AWS", { Source: "aws.s3" }, "NotAuthorizedForSourceException"],
    ["no source", { Source: "" }, "InvalidArgument"],
    ["no detail type", { DetailType: "" }, "InvalidArgument"],
    ["a detail that is no object", { Detail: "[1]" }, "MalformedDetail"],
    ["a bus that is no name", { EventBusName: 1 }, "InvalidArgument"],
  ])("fails for an entry with %s, though the others are sent", async (_what, changes, code) => {
    const { status, error, cause } = await runDefinition(local, put({ Entries: [entry(changes), entry()] }), {});
    expect({ status, error }).toEqual({ status: "FAILED", error: "EventBridge.FailedEntry" });
    expect(cause).toContain(code);
    expect(local.publishedEvents()).toHaveLength(1);
  });

  it.each([
    ["no entries", { Entries: [] }],
    ["eleven entries", { Entries: Array.from({ length: 11 }, () => entry()) }],
  ])("fails for %s, and sends nothing", async (_what, parameters) => {
    const { status, cause } = await runDefinition(local, put(parameters), {});
    expect(status).toBe("FAILED");
    expect(cause).toContain("1 to 10 events");
    expect(local.publishedEvents()).toEqual([]);
  });

  it.each([
    ["the entries are missing", {}, /'Entries' is required/],
    ["there is a field that it does not have", { Entries: [entry()], Bus: "x" }, /'Bus' is not supported/],
    ["an entry has one", { Entries: [{ ...entry(), Colour: "red" }] }, /'Colour' is not supported by an entry/],
  ])("refuses a machine where %s", async (_what, parameters, message) => {
    const definition = JSON.stringify(put(parameters));
    const create = new CreateStateMachineCommand({ name: "m", definition, roleArn: ROLE_ARN });
    await expect(local.clients.sfn.send(create)).rejects.toMatchObject({
      name: "InvalidDefinition",
      message: expect.stringMatching(message),
    });
  });
});
