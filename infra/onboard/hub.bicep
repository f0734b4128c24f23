// Lets the app write to one hub network: a deployment of its own for each, never a part of azd's, which could take the hub down.
// az deployment sub create --subscription <the hub's> --location <any> --template-file infra/onboard/hub.bicep …
targetScope = 'subscription'

@description('Resource id of the hub\'s virtual network, in the subscription deployed to.')
@minLength(80)
param hubVnetId string

@description('Object id of the app\'s identity: AUTOPEER_PRINCIPAL_ID of the azd environment.')
@minLength(36)
@maxLength(36)
param principalId string

@description('Resource id of the hub role, where somebody has made it: hubRoleDefinitionId of roles.bicep. Empty: it is made here.')
param roleDefinitionId string = ''

var role = loadJsonContent('../roles/hub.json')
var parts = split(hubVnetId, '/')
var isNetwork = length(parts) == 9 && toLower('${parts[6]}/${parts[7]}') == 'microsoft.network/virtualnetworks'
var isHere = toLower(parts[2]) == toLower(subscription().subscriptionId)

var checkedKind = isNetwork ? true : fail('infra/onboard/hub.bicep, hubVnetId: \'${hubVnetId}\' is not the id of a virtual network. Expected /subscriptions/…/resourceGroups/…/providers/Microsoft.Network/virtualNetworks/…')
var checkedPlace = isHere ? true : fail('infra/onboard/hub.bicep, hubVnetId: the network is in subscription ${parts[2]}; deploy to that one with --subscription.')

resource definition 'Microsoft.Authorization/roleDefinitions@2022-04-01' = if (empty(roleDefinitionId)) {
  name: guid(subscription().id, role.name)
  properties: {
    roleName: '${role.name} ${subscription().subscriptionId}'  // unique in the tenant, as Entra demands
    description: role.description
    type: 'CustomRole'
    permissions: [{ actions: role.actions, notActions: [] }]
    assignableScopes: [subscription().id]
  }
}

module access 'hub-access.bicep' = {
  name: 'autopeer-hub-${uniqueString(hubVnetId, principalId)}'
  scope: resourceGroup(parts[4])
  params: {
    vnetName: checkedKind && checkedPlace ? parts[8] : ''
    principalId: principalId
    roleDefinitionId: empty(roleDefinitionId) ? definition.id : roleDefinitionId
  }
}
