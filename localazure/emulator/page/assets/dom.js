"use strict";
/* Making nodes. Text only ever becomes a text node or an attribute's value: names and tags come from users. */

const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) node.setAttribute(name, value);
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

const el = (name, attributes, ...children) => fill(document.createElement(name), attributes, children);
const svg = (name, attributes, ...children) => fill(document.createElementNS(SVG, name), attributes, children);
const byId = (id) => document.getElementById(id);
const lastPart = (id) => id.split("/").pop();
const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

function clock(time) {
  const at = new Date(time);
  return Number.isNaN(at.getTime()) ? String(time) : at.toLocaleTimeString("en-GB");
}

/* Cut a text to what fits; the whole of it goes into a title beside it. */
const short = (text, length) => (text.length > length ? `${text.slice(0, Math.max(1, length - 1))}…` : text);
