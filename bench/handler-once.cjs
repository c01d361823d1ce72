// Loads a bundled handler and answers one event, as a cold start does: node handler-once.cjs BUNDLE EVENT.json
const { readFileSync } = require("node:fs");

const [bundle, event] = process.argv.slice(2);
const { handler } = require(bundle);
const context = { getRemainingTimeInMillis: () => 30_000 };
handler(JSON.parse(readFileSync(event, "utf8")), context).then((answer) => {
  process.stdout.write(JSON.stringify(answer), () => process.exit());
});
