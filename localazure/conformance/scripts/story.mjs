// The JavaScript SDK: node story.mjs READY_FILE GROUP, from a folder that has it in node_modules.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(pathToFileURL(join(process.cwd(), "story.mjs")));
const { NetworkManagementClient } = require("@azure/arm-network");
const { ClientSecretCredential } = require("@azure/identity");

const ready = JSON.parse(readFileSync(process.argv[2], "utf8"));
const group = process.argv[3];
const credential = new ClientSecretCredential(ready.tenant, ready.clientId, "any", {
  authorityHost: ready.authority, disableInstanceDiscovery: true,
});
const client = new NetworkManagementClient(credential, ready.subscription, {
  endpoint: ready.arm, credentials: { scopes: [`${ready.arm}/.default`] }, credentialScopes: [`${ready.arm}/.default`],
});
const networks = client.virtualNetworks, halves = client.virtualNetworkPeerings, subnets = client.subnets;
const idOf = (name) =>
  `/subscriptions/${ready.subscription}/resourceGroups/${group}/providers/Microsoft.Network/virtualNetworks/${name}`;

async function tell(operation, work) {
  let line;
  try {
    line = { operation, got: await work() };
  } catch (error) {
    const code = error.code ?? error.details?.error?.code;
    line = error.statusCode ? { operation, got: { status: error.statusCode, code } } : { operation, error: String(error) };
  }
  process.stdout.write(JSON.stringify(line) + "\n");
}

async function all(pages) {
  const found = [];
  for await (const each of pages) found.push(each.name);
  return found.sort();
}

const put = async (name, ...addressPrefixes) =>
  (networks.beginCreateOrUpdateAndWait(group, name, { location: "westeurope", addressSpace: { addressPrefixes } }));
const shown = (half) => ({
  state: half.peeringState, sync: half.peeringSyncLevel, provisioning: half.provisioningState,
  forwarded: half.allowForwardedTraffic, remote: half.remoteAddressSpace?.addressPrefixes,
});
const peer = async (local, remote, flags = {}, options = {}) =>
  shown(await (halves.beginCreateOrUpdateAndWait(
    group, local, `to-${remote}`, { remoteVirtualNetwork: { id: idOf(remote) }, ...flags }, options)));

await tell("network: create", async () => {
  await put("spoke", "10.72.0.0/16");
  await put("far", "10.71.128.0/17");
  const made = await put("hub", "10.71.0.0/16");
  return { state: made.provisioningState, prefixes: made.addressSpace.addressPrefixes };
});
await tell("network: read", async () => {
  const found = await networks.get(group, "hub");
  return { name: found.name, prefixes: found.addressSpace.addressPrefixes };
});
await tell("network: list", async () => ({ names: await all(networks.list(group)) }));
await tell("network: tag", async () => ({ tags: (await networks.updateTags(group, "hub", { tags: { cost: "42" } })).tags }));
await tell("network: not there", async () => networks.get(group, "nobody"));
await tell("half: create the first", async () => peer("hub", "spoke"));
await tell("half: create the second", async () => peer("spoke", "hub"));
await tell("half: read", async () => shown(await halves.get(group, "hub", "to-spoke")));
await tell("half: update", async () => peer("hub", "spoke", { allowForwardedTraffic: true }));
await tell("half: list", async () => ({ names: await all(halves.list(group, "hub")) }));
await tell("half: overlap is refused", async () => peer("hub", "far"));
await tell("network: grow", async () => {
  const grown = await put("spoke", "10.72.0.0/16", "10.73.0.0/16");
  const seen = (await halves.get(group, "hub", "to-spoke")).peeringSyncLevel;
  return { prefixes: grown.addressSpace.addressPrefixes, seen };
});
await tell("half: sync", async () =>
  peer("hub", "spoke", { allowForwardedTraffic: true }, { syncRemoteAddressSpace: "true" }));
await tell("subnet: create", async () => {
  const made = await (subnets.beginCreateOrUpdateAndWait(group, "spoke", "app", { addressPrefix: "10.72.1.0/24" }));
  return { state: made.provisioningState, prefix: made.addressPrefix };
});
await tell("subnet: delete", async () => {
  await (subnets.beginDeleteAndWait(group, "spoke", "app"));
  return { names: await all(subnets.list(group, "spoke")) };
});
await tell("half: delete", async () => {
  await (halves.beginDeleteAndWait(group, "hub", "to-spoke"));
  const other = (await halves.get(group, "spoke", "to-hub")).peeringState;
  return { names: await all(halves.list(group, "hub")), other };
});
await tell("network: delete", async () => {
  await (networks.beginDeleteAndWait(group, "spoke"));
  return { names: await all(networks.list(group)) };
});
