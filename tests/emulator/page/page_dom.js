"use strict";
/* Just enough of a DOM to run the page's script in Node: it builds a tree and counts what it is made of.
   stdin: {"script", "view"}. stdout: {"elements": [names], "texts": [text nodes], "attributes": [names], "status"}. */

const fs = require("node:fs");
const vm = require("node:vm");

const { script, view } = JSON.parse(fs.readFileSync(0, "utf8"));
const seen = { elements: new Set(), texts: [], attributes: new Set() };

class FakeElement {
  constructor(name) {
    this.children = [];
    this.dataset = {};
    this.clientWidth = 1000;
    this.name = name;
  }
  setAttribute(name, value) {
    seen.attributes.add(name);
    this[name] = String(value);
  }
  append(...children) {
    this.children.push(...children);
  }
  replaceChildren(...children) {
    this.children = children;
  }
  set textContent(text) {
    this.children = [String(text)];
  }
  get textContent() {
    return this.children.map((child) => child.textContent ?? child).join("");
  }
  addEventListener() {}
}

const places = new Map();
const page = {
  hidden: false,
  createElement: (name) => new FakeElement(name),
  createElementNS: (_, name) => new FakeElement(name),
  getElementById: (id) => places.get(id) ?? places.set(id, new FakeElement("div")).get(id),
};

function collect(node) {
  if (!(node instanceof FakeElement)) return seen.texts.push(String(node));
  seen.elements.add(node.name);
  return node.children.forEach(collect);
}

let fetched;
const answered = new Promise((resolve) => { fetched = resolve; });
const sandbox = {
  document: page,
  window: { addEventListener() {} },
  AbortSignal,
  fetch: async () => ({ ok: true, json: async () => structuredClone(view) }),
  setTimeout: () => fetched(),
};

vm.runInNewContext(script, sandbox);
answered.then(() => {
  places.forEach(collect);
  const status = page.getElementById("status").textContent;
  process.stdout.write(JSON.stringify({ elements: [...seen.elements], texts: seen.texts, attributes: [...seen.attributes], status }));
});
