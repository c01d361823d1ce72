// Loads a bundled handler and answers one event, as a cold start does: node handler-once.mjs BUNDLE EVENT.json
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [bundle = "", event = ""] = process.argv.slice(2);
const { handler } = createRequire(import.meta.url)(bundle);
const context = { getRemainingTimeInMillis: () => 30_000 };
const answer = await handler(JSON.parse(readFileSync(event, "utf8")), context);
process.stdout.write(JSON.stringify(answer), () => process.exit());
