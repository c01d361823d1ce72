import { randomUUID } from "node:crypto";
import { type Json, withMembers } from "../json.js";
import { jsonText } from "../json-text.js";
import { arrayContains, arrayGetItem, arrayRange, arrayUnique, partitionArray } from "./array-functions.js";
import { formatText } from "./format-text.js";
import { hashText } from "./hash-text.js";
import type { IntrinsicArguments } from "./intrinsic-arguments.js";
import { IntrinsicError } from "./intrinsic-error.js";
import { seededRandom } from "./random.js";

type IntrinsicFunction = (given: IntrinsicArguments, random: () => number) => Json;

/** Source of the limits: AWS Step Functions Developer Guide, "Intrinsic functions". */
const MAX_TEXT = 10_000;
const MIN_INTEGER = -2_147_483_648;
const MAX_INTEGER = 2_147_483_647;

/** The intrinsic functions of JSONPath states, by name. @internal */
export const intrinsicFunctions: ReadonlyMap<string, IntrinsicFunction> = new Map<string, IntrinsicFunction>([
  ["States.Format", (given) => formatText(given.text(0), given.all.slice(1))],
  ["States.StringToJson", (given) => parseText(given.count(1).text(0))],
  ["States.JsonToString", (given) => jsonText(given.count(1).value(0))],
  ["States.Array", (given) => given.all],
  ["States.ArrayPartition", partitionArray],
  ["States.ArrayContains", arrayContains],
  ["States.ArrayRange", arrayRange],
  ["States.ArrayGetItem", arrayGetItem],
  ["States.ArrayLength", (given) => given.count(1).array(0).length],
  ["States.ArrayUnique", arrayUnique],
  ["States.Base64Encode", (given) => Buffer.from(given.count(1).text(0, MAX_TEXT)).toString("base64")],
  ["States.Base64Decode", (given) => decodeBase64(given.count(1).text(0, MAX_TEXT))],
  ["States.Hash", hash],
  ["States.JsonMerge", mergeObjects],
  ["States.MathRandom", randomInteger],
  ["States.MathAdd", addIntegers],
  ["States.StringSplit", splitText],
  [
    "States.UUID",
    (given) => {
      given.count(0);
      return randomUUID();
    },
  ],
]);

/** Names of all intrinsic functions. @internal */
export const intrinsicNames: ReadonlySet<string> = new Set(intrinsicFunctions.keys());

function parseText(text: string): Json {
  if (text.trim() === "") return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new IntrinsicError("The text is not valid JSON.");
  }
}

function decodeBase64(text: string): string {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new IntrinsicError("The text is not Base64.");
  return Buffer.from(text, "base64").toString("utf8");
}

function hash(given: IntrinsicArguments): Json {
  const value = given.count(2).value(0);
  const text = typeof value === "string" ? value : jsonText(value);
  if (text.length > MAX_TEXT) throw new IntrinsicError(`Argument 1 is longer than ${MAX_TEXT} characters.`);
  return hashText(text, given.text(1));
}

function mergeObjects(given: IntrinsicArguments): Json {
  const [left, right] = [given.count(3).object(0), given.object(1)];
  if (given.boolean(2)) throw new IntrinsicError("Deep merging is not supported; the third argument must be false.");
  return withMembers(left, Object.entries(right));
}

function randomInteger(given: IntrinsicArguments, random: () => number): Json {
  const [start, end] = [given.count(2, 3).integer(0), given.integer(1)];
  if (end <= start) throw new IntrinsicError("The end must be greater than the start.");
  const draw = given.all.length === 3 ? seededRandom(given.integer(2)) : random();
  return start + Math.floor(draw * (end - start));
}

function addIntegers(given: IntrinsicArguments): Json {
  const terms = [given.count(2).integer(0), given.integer(1)];
  if (terms.some((term) => term < MIN_INTEGER || term > MAX_INTEGER)) {
    throw new IntrinsicError(`The arguments must lie between ${MIN_INTEGER} and ${MAX_INTEGER}.`);
  }
  return terms.reduce((sum, term) => sum + term, 0);
}

/** Every character of the second argument separates; empty parts are left out. */
function splitText(given: IntrinsicArguments): Json {
  const text = given.count(2).text(0);
  const separators = new Set(given.text(1));
  const parts: string[] = [];
  let part = "";
  for (const character of text) {
    if (!separators.has(character)) part += character;
    else {
      if (part !== "") parts.push(part);
      part = "";
    }
  }
  if (part !== "") parts.push(part);
  return parts;
}
