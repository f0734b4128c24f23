/* Once a second: ask, and redraw only the parts whose data changed, so that scrolling and selection stay. */

const EVERY_MS = 1000;
const drawn = new Map();
let view = null;
let paused = false;
let lastAnswer = null;

function drawFigures(counts) {
  const figure = (name, value, of) => el("div", null, el("dt", null, name), el("dd", null, String(value), of === undefined ? null : el("small", null, ` of ${of}`)));
  byId("figures").replaceChildren(
    figure("virtual networks", counts.networks), figure("pairs connected", counts.connected, counts.pairs),
    figure("events published", counts.events), figure("dead letters", counts.deadLetters));
}

const PARTS = {
  figures: [(now) => ({
    networks: now.networkCount, pairs: now.pairs.length, events: now.eventCount, deadLetters: now.deadLetters,
    connected: now.pairs.filter((pair) => pairState(pair).worst === "connected").length,
  }), drawFigures],
  picture: [(now) => ({ networks: now.networks, pairs: now.pairs, width: pictureWidth() }), (data) => drawPicture(data, data.width)],
  networks: [(now) => ({ networks: now.networks, networkCount: now.networkCount }), drawNetworks],
  requests: [(now) => ({ requests: now.requests }), drawRequests],
  events: [(now) => ({ events: now.events, subscriptions: now.subscriptions }), drawEvents],
  announcements: [(now) => ({ announcements: now.announcements }), drawAnnouncements],
};

const pictureWidth = () => Math.max(300, byId("picture").clientWidth);

function draw() {
  for (const [name, [select, show]] of Object.entries(PARTS)) {
    const data = select(view);
    const text = JSON.stringify(data);
    if (drawn.get(name) === text) continue;
    drawn.set(name, text);
    show(data);
  }
}

function say(live, text) {
  const status = byId("status");
  if (status.textContent === text) return;
  status.dataset.live = live;
  status.textContent = text;
}

async function refresh() {
  try {
    const response = await fetch("/control/view", { signal: AbortSignal.timeout(5000) });
    if (!response.ok) throw new Error(`status ${response.status}`);
    view = await response.json();
    lastAnswer = new Date();
    draw();
    if (!paused) say("yes", "Live, every second");
  } catch (error) {
    const since = lastAnswer ? ` since ${lastAnswer.toLocaleTimeString("en-GB")}` : "";
    say("no", `No answer from the emulator${since} (${error.message}).`);
  }
}

async function keepRefreshing() {
  if (!paused && !document.hidden) await refresh();
  setTimeout(keepRefreshing, EVERY_MS);
}

byId("pause").addEventListener("click", (click) => {
  paused = !paused;
  click.target.setAttribute("aria-pressed", String(paused));
  click.target.textContent = paused ? "Go on" : "Pause";
  if (paused) say("wait", "Paused");
});
window.addEventListener("resize", () => view && draw());

drawLegend();
keepRefreshing();
