// Every object is the same image, every endpoint gives the same answer. Prints its address; ends with its input.
import { createServer } from "node:http";

const image = Buffer.alloc(3000, 7);
const server = createServer((request, response) => {
  request.resume().on("end", () => {
    const isObject = request.method !== "POST";
    const body = isObject ? image : Buffer.from("[0.03067375347018242, 0.9693263173103333]");
    response.writeHead(200, {
      "content-type": isObject ? "image/png" : "application/json",
      "content-length": body.length,
      "last-modified": "Wed, 01 Jan 2025 00:00:00 GMT",
      etag: '"0"',
    });
    response.end(request.method === "HEAD" ? undefined : body);
  });
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
process.stdin.resume().on("end", () => process.exit());
