/* The picture: each hub with its spokes. A pair is one line of two halves, each drawn in the state it is in. */

const STATES = {
  connected: "Connected",
  working: "being written",
  stale: "Connected, not in sync",
  initiated: "Initiated",
  disconnected: "Disconnected",
  failed: "Failed",
  missing: "missing",
};
const WORST_FIRST = ["failed", "disconnected", "working", "missing", "initiated", "stale", "connected"];
const DRAWN = 60;
const COMPACT_ABOVE = 24;

function stateOf(half) {
  if (!half) return "missing";
  if (half.provisioning && half.provisioning !== "Succeeded") return half.provisioning === "Failed" ? "failed" : "working";
  if (half.state !== "Connected") return half.state === "Initiated" ? "initiated" : "disconnected";
  return half.sync && half.sync !== "FullyInSync" ? "stale" : "connected";
}

function pairState(pair) {
  const hub = stateOf(pair.hubHalf);
  const spoke = stateOf(pair.spokeHalf);
  const worst = WORST_FIRST.find((state) => state === hub || state === spoke);
  const words = hub === spoke || worst === "working" ? STATES[worst]
    : hub === "missing" ? "hub half missing"
    : spoke === "missing" ? "spoke half missing"
    : `hub ${STATES[hub]}, spoke ${STATES[spoke]}`;
  return { hub, spoke, worst, words };
}

function drawLegend() {
  byId("legend").replaceChildren(
    ...Object.entries(STATES).map(([state, words]) =>
      el("li", null, svg("svg", { viewBox: "0 0 30 8", "aria-hidden": "true" },
        svg("path", { class: `half is-${state}`, d: "M0 4H30" })), words)),
  );
}

function drawPicture(view, width) {
  const networks = new Map(view.networks.map((one) => [one.id.toLowerCase(), one]));
  const spokes = new Map(view.networks.filter((one) => one.hub).map((one) => [one.id.toLowerCase(), []]));
  const peered = new Set();
  for (const pair of view.pairs) {
    const hub = pair.hub.toLowerCase();
    if (!spokes.has(hub)) spokes.set(hub, []);
    spokes.get(hub).push({ ...pair, ...{ is: pairState(pair) } });
    peered.add(hub).add(pair.spoke.toLowerCase());
  }
  const figures = [...spokes].map(([hub, pairs]) => hubFigure(networks.get(hub) ?? stranger(hub), pairs, networks, width));
  const alone = view.networks.filter((one) => !one.hub && !peered.has(one.id.toLowerCase()));
  if (alone.length) figures.push(unpeered(alone));
  if (!figures.length) figures.push(el("p", { class: "empty" }, "No virtual network yet. Make one through ARM and it is drawn here."));
  byId("picture").replaceChildren(...figures);
}

const stranger = (id) => ({ id, name: lastPart(id), prefixes: [], gateway: null, location: "not in this emulator" });

function unpeered(networks) {
  const shown = networks.slice(0, DRAWN).map((one) =>
    el("span", { class: "tag", title: one.id }, one.name, " ", el("span", { class: "mono" }, one.prefixes[0] ?? "no address space")));
  const rest = networks.length - shown.length;
  return el("figure", null,
    el("figcaption", null, el("h3", null, "Not peered"), plural(networks.length, "network")),
    el("div", null, shown, rest > 0 ? `and ${rest} more` : null));
}

function hubFigure(hub, pairs, networks, width) {
  const connected = pairs.filter((one) => one.is.worst === "connected").length;
  const summary = pairs.length ? `${connected} of ${plural(pairs.length, "spoke")} connected` : "no spokes yet";
  const caption = el("figcaption", null,
    el("h3", null, hub.name), el("span", { class: "mono" }, hub.prefixes.join(", ")),
    el("span", null, hub.gateway ? `gateway ${hub.gateway}` : "no gateway"), el("span", null, hub.location), el("span", null, summary));
  if (!pairs.length) return el("figure", null, caption);
  const order = (one) => WORST_FIRST.indexOf(one.is.worst);
  const drawn = [...pairs].sort((a, b) => (pairs.length > DRAWN ? order(a) - order(b) : 0)).slice(0, DRAWN);
  const rest = pairs.length - drawn.length;
  return el("figure", null, caption, spokesPicture(hub, drawn, networks, width, summary),
    rest > 0 ? el("p", { class: "hint" }, `${rest} more, all in the list below.`) : null);
}

function spokesPicture(hub, pairs, networks, width, summary) {
  const both = width >= 720;
  const rows = both ? Math.ceil(pairs.length / 2) : pairs.length;
  const hubWidth = both ? 190 : 92;
  const gap = both ? Math.min(150, (width - hubWidth) / 2 - 210) : 62;
  const spokeWidth = both ? Math.min(330, (width - hubWidth) / 2 - gap) : width - hubWidth - gap;
  const compact = pairs.length > COMPACT_ABOVE && spokeWidth > 260;
  const row = compact ? 32 : 54;
  const height = Math.max(rows * row, 84);
  const hubX = both ? (width - hubWidth) / 2 : 0;
  const hubHeight = Math.max(64, Math.min(height, rows * row * (both ? 0.55 : 0.9)));
  const hubY = (height - hubHeight) / 2;
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, height, role: "img", "aria-label": `${hub.name}: ${summary}` });
  pairs.forEach((pair, index) => {
    const left = both && index % 2 === 0;
    const at = both ? Math.floor(index / 2) : index;
    const count = both ? Math.ceil((pairs.length - (left ? 0 : 1)) / 2) : pairs.length;
    const y = (height - count * row) / 2 + (at + 0.5) * row;
    const port = hubY + ((at + 0.5) * hubHeight) / count;
    const from = left ? hubX : hubX + hubWidth;
    const to = left ? hubX - gap : hubX + hubWidth + gap;
    const spoke = networks.get(pair.spoke.toLowerCase()) ?? stranger(pair.spoke);
    picture.append(...halves(pair, from, port, to, y),
      spokeBox(spoke, pair, left ? to - spokeWidth : to, y, { width: spokeWidth, height: row - 8, left, compact }));
  });
  picture.append(hubBox(hub, hubX, hubY, hubWidth, hubHeight));
  return picture;
}

/* One curve, cut in the middle: the first part is the hub's half, the second the spoke's. */
function halves(pair, x1, y1, x2, y2) {
  const mx = (x1 + x2) / 2;
  const my = (y1 + y2) / 2;
  const q = (mx - x1) / 2;
  const part = (state, x, y, toward) =>
    svg("path", { class: `half is-${state}`, d: `M${x} ${y}C${x + toward * Math.abs(q)} ${y} ${mx - (toward * Math.abs(q)) / 2} ${(y + 3 * my) / 4} ${mx} ${my}` });
  const direction = Math.sign(x2 - x1);
  return [part(pair.is.hub, x1, y1, direction), part(pair.is.spoke, x2, y2, -direction), svg("circle", { class: "joint", cx: mx, cy: my, r: 3 })];
}

function spokeBox(spoke, pair, x, y, size) {
  const { worst, words } = pair.is;
  const top = y - size.height / 2;
  const letters = Math.floor((size.width - 30) / 7.6);
  const prefix = spoke.prefixes[0] ?? spoke.location;
  const markX = size.left ? x + size.width - 4 : x;
  const detail = letters > 30 || words.length + prefix.length < letters ? `${prefix} · ` : "";
  const said = worst === "connected" ? "" : short(words, Math.max(14, letters - spoke.name.length - 1));
  const lines = size.compact
    ? [svg("text", { class: "name", x: x + 12, y: y + 4 }, short(spoke.name, letters - said.length - 1),
        svg("tspan", { class: "detail", dx: 8 }, svg("tspan", { class: "word" }, said)))]
    : [svg("text", { class: "name", x: x + 12, y: y - 3 }, short(spoke.name, letters)),
      svg("text", { class: "detail", x: x + 12, y: y + 14 }, detail, svg("tspan", { class: "word" }, short(words, letters - detail.length + 4)))];
  return svg("g", { class: `state is-${worst}` },
    svg("title", null, `${spoke.id}: ${words}`),
    svg("rect", { class: "box", x, y: top, width: size.width, height: size.height, rx: 6 }),
    svg("rect", { class: "mark", x: markX, y: top, width: 4, height: size.height, rx: 2 }), ...lines);
}

function hubBox(hub, x, y, width, height) {
  const middle = y + height / 2;
  const letters = Math.floor((width - 16) / 7.6);
  const text = { x: x + width / 2, "text-anchor": "middle" };
  return svg("g", null, svg("title", null, hub.id),
    svg("rect", { class: "hub-box", x, y, width, height, rx: 8 }),
    svg("text", { class: "name", ...text, y: middle - 2 }, short(hub.name, letters)),
    svg("text", { class: "detail", ...text, y: middle + 15 }, short(hub.gateway ? `⇄ ${hub.gateway}` : "no gateway", letters + 2)));
}
