#!/bin/bash
# node: an HTTP server and its client in one process, files, workers, compression, a child process.
. "$(dirname "$0")/common.sh"
programs=(node)

run() {
    cat >work.js <<'JS'
const { execFileSync } = require("child_process");
const { Worker, isMainThread, parentPort } = require("worker_threads");
const fs = require("fs");
const http = require("http");
const zlib = require("zlib");

if (!isMainThread) {
  parentPort.postMessage(Array.from({ length: 1000 }, (_, i) => i).reduce((a, b) => a + b));
} else {
  main().then(() => console.log("right"), (error) => { console.error(error); process.exit(1); });
}

function want(what, seen, wanted) {
  if (String(seen) !== String(wanted)) throw new Error(`${what}: ${seen} instead of ${wanted}`);
}

function get(port, path) {
  return new Promise((resolve, reject) => {
    http.get({ host: "127.0.0.1", port, path }, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part)).on("end", () => resolve(Buffer.concat(parts).toString()));
    }).on("error", reject);
  });
}

async function main() {
  await fs.promises.mkdir("directory");
  await fs.promises.writeFile("directory/file", "x".repeat(100000));
  want("file", (await fs.promises.stat("directory/file")).size, 100000);
  await fs.promises.rename("directory/file", "directory/moved");
  want("listing", fs.readdirSync("directory"), "moved");
  want("zipped", zlib.gunzipSync(zlib.gzipSync(fs.readFileSync("directory/moved"))).length, 100000);
  want("child", execFileSync("echo", ["from a child"]), "from a child\n");
  const server = http.createServer((request, answer) => answer.end(`you asked for ${request.url}`));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  for (let i = 0; i < 10; i++)
    want("answer", await get(server.address().port, `/${i}`), `you asked for /${i}`);
  server.close();
  const sum = await new Promise((resolve, reject) =>
    new Worker(__filename).on("message", resolve).on("error", reject));
  want("worker", sum, 499500);
}
JS
    want result "$(timeout 60 node work.js)" right
}
workload "$@"
