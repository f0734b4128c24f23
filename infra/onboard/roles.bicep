// The two custom roles of the app, made once for a whole management group. Who onboards then gives their ids as
// roleDefinitionId, and needs no right to make roles.
// az deployment mg create --management-group-id … --location … --template-file infra/onboard/roles.bicep
targetScope = 'managementGroup'

var hubRole = loadJsonContent('../roles/hub.json')
var spokeRole = loadJsonContent('../roles/spoke.json')
var group = managementGroup().name

resource hubs 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(managementGroup().id, hubRole.name)
  properties: {
    roleName: '${hubRole.name} ${group}'  // unique in the tenant, as Entra demands
    description: hubRole.description
    type: 'CustomRole'
    permissions: [{ actions: hubRole.actions, notActions: [] }]
    assignableScopes: [managementGroup().id]
  }
}

resource spokes 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(managementGroup().id, spokeRole.name)
  properties: {
    roleName: '${spokeRole.name} ${group}'
    description: spokeRole.description
    type: 'CustomRole'
    permissions: [{ actions: spokeRole.actions, notActions: [] }]
    assignableScopes: [managementGroup().id]
  }
}

// Without a scope before it: such an id is good in every subscription below the management group.
output hubRoleDefinitionId string = tenantResourceId('Microsoft.Authorization/roleDefinitions', hubs.name)
output spokeRoleDefinitionId string = tenantResourceId('Microsoft.Authorization/roleDefinitions', spokes.name)
