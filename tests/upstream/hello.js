// A driver in another language: hello-world of specs/driver-protocol.md, in Node.
"use strict";
const fs = require("fs");
const http = require("http");
const readline = require("readline");

const [requests, answers] = process.argv.slice(-2).map(Number);
const say = (line) => fs.writeSync(answers, JSON.stringify(line) + "\n");
const driver = {
  library: "hello", release: "1.0", runtime: `Node ${process.versions.node}`,
  ways: ["shipped"], variants: [{ id: "stream", async: true }], dialects: ["openai-chat"],
};

function run({ base_url, request }, mark) {
  const body = JSON.stringify({ stream: true, messages: request.messages });
  const options = { method: "POST", headers: { "content-type": "application/json" }, agent: false };
  let count = 0;
  http.request(base_url + "/v1/chat/completions", options, (response) => {
    response.on("data", (data) => { say({ ...mark, event: data.toString() }); count += 1; });
    response.on("end", () => say({ ...mark, done: count }));
  }).end(body);
}

readline.createInterface({ input: fs.createReadStream(null, { fd: requests }) }).on("line", (line) => {
  const { nonce, seq, ...asked } = JSON.parse(line);
  if (asked.hello) say({ hello: 1, nonce, driver });
  else if (asked.run) run(asked.run, { seq, nonce });
  else if (asked.rest) say({ rest: asked.rest, nonce });
  else if (asked.bye) { say({ bye: 1, nonce }); process.exit(0); }
});
