/* The lists: networks, requests, events, announcements. */

const cell = (label, ...content) => {
  const shown = content.flat().filter((one) => one !== null && one !== "");
  return el("td", { role: "cell", "data-label": label, ...(shown.length ? {} : { class: "is-empty" }) }, el("div", null, shown));
};

const LISTED = 4;

function drawNetworks(view) {
  if (!view.networks.length) return byId("network-list").replaceChildren(el("p", { class: "empty" }, "None yet."));
  const names = ["Network", "Address space", "Region", "Tags", "Gateway", "Peerings"];
  const head = el("thead", { role: "rowgroup" }, el("tr", { role: "row" }, names.map((name) => el("th", { role: "columnheader", scope: "col" }, name))));
  const body = el("tbody", { role: "rowgroup" }, view.networks.map(networkRow));
  const rest = view.networkCount - view.networks.length;
  byId("network-list").replaceChildren(
    el("table", { role: "table" }, head, body),
    ...(rest > 0 ? [el("p", { class: "hint" }, `${rest} more are not listed here.`)] : []),
  );
}

function networkRow(network) {
  const settled = !network.state || network.state === "Succeeded";
  return el("tr", { role: "row" },
    cell("Network", el("strong", null, network.name), settled ? null : el("span", { class: "word is-working" }, ` ${network.state}`),
      el("small", { title: network.id }, `${network.group} in ${short(network.subscription, 9)}`)),
    cell("Address space", network.prefixes.map((prefix) => el("div", { class: "mono whole" }, prefix))),
    cell("Region", el("span", { class: "whole" }, network.location)),
    cell("Tags", Object.entries(network.tags).map(([name, value]) => el("span", { class: "tag" }, `${name} = ${value}`))),
    cell("Gateway", network.gateway ?? ""),
    cell("Peerings", network.peerings.length > LISTED ? countLines(network.peerings) : network.peerings.map(halfLine)));
}

/* A hub's many halves, counted by their state; each is listed with its spoke. */
function countLines(halves) {
  const counts = WORST_FIRST.map((state) => [state, halves.filter((half) => stateOf(half) === state).length]);
  return [el("div", null, plural(halves.length, "peering")), ...counts.filter(([, count]) => count).map(([state, count]) =>
    el("div", null, `${count} `, el("span", { class: `word is-${state}` }, STATES[state])))];
}

function halfLine(half) {
  const state = stateOf(half);
  return el("div", { title: half.name }, `to ${lastPart(half.remote)}: `, el("span", { class: `word is-${state}` }, STATES[state]),
    half.flags.length ? el("small", null, half.flags.join(", ")) : null);
}

function drawRequests(view) {
  const lines = view.requests.map((one) => el("div", { class: "line" },
    el("time", { datetime: one.time }, clock(one.time)), el("span", { class: "mono" }, one.method),
    el("span", { class: "what mono", title: `${one.path}?${one.query}` }, shortPath(one.path)),
    el("span", null, el("span", { class: one.status >= 400 ? "bad" : "good" }, String(one.status)), el("span", { class: "ms" }, ` ${Math.round(one.ms)} ms`))));
  byId("requests").replaceChildren(...(lines.length ? lines : [el("p", { class: "empty" }, "No request to ARM yet.")]));
}

/* Subscription and provider say nothing here; the whole path is in the title. */
const shortPath = (path) => path.replace(/^\/subscriptions\/[^/]+(?=\/)/i, "").replace(/\/providers\/Microsoft\.Network/i, "");

/* "spoke" for a network, "spoke / autopeer-hub" for a half of it. */
const subjectName = (id) => id.split(/\/virtualNetworks\//i).pop().replace(/\/virtualNetworkPeerings\//i, " / ");

function drawEvents(view) {
  const to = view.subscriptions.map((one) => `${one.name} (${one.to})`).join(", ");
  byId("subscriptions").textContent = to ? `Delivered to ${to}` : "Nobody is subscribed.";
  const lines = view.events.map((one) => eventLine(one, one.operation || one.type, subjectName(one.subject)));
  byId("events").replaceChildren(...(lines.length ? lines : [el("p", { class: "empty" }, "No event yet. GET requests make none.")]));
}

function eventLine(event, title, subject) {
  const unwanted = [el("div", { class: "after" }, "no subscription wants it")];
  return el("div", { class: "line event" },
    el("time", { datetime: event.time }, clock(event.time)),
    el("span", { class: "what", title: event.subject }, el("strong", null, subject), " ", el("span", { class: "mono" }, title)),
    event.deliveries.length ? event.deliveries.map(deliveryLine) : unwanted);
}

function deliveryLine(delivery) {
  const good = delivery.state === "Delivered";
  const tries = delivery.attempts > 1 ? `, ${delivery.attempts} attempts` : "";
  const answer = delivery.status ? ` with ${delivery.status} in ${Math.round(delivery.ms)} ms` : "";
  return el("div", { class: "after" }, `${delivery.subscription}: `,
    el("span", { class: good ? "good" : "bad" }, delivery.state), `${answer}${tries}`);
}

function drawAnnouncements(view) {
  const all = Object.entries(view.announcements).flatMap(([topic, events]) => events.map((event) => ({ topic, event })));
  all.sort((a, b) => b.event.time.localeCompare(a.event.time));
  byId("announcements-section").hidden = !all.length;
  byId("announcements").replaceChildren(...all.map(({ topic, event }) => el("div", { class: "line event" },
    el("time", { datetime: event.time }, clock(event.time)),
    el("span", { class: "what", title: event.subject }, el("strong", null, subjectName(event.subject)), " ", el("span", { class: "mono" }, event.type)),
    el("div", { class: "after mono" }, `${topic}: ${event.data}`))));
}
