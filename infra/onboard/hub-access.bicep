// The hub role on one network, and on nothing else of its resource group.

@description('Name of the hub\'s virtual network.')
@minLength(2)
param vnetName string

@description('Object id of the app\'s identity.')
@minLength(36)
@maxLength(36)
param principalId string

@description('Resource id of the hub role.')
param roleDefinitionId string

resource hub 'Microsoft.Network/virtualNetworks@2024-05-01' existing = { name: vnetName }

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: hub
  name: guid(hub.id, principalId, roleDefinitionId)
  properties: { principalId: principalId, principalType: 'ServicePrincipal', roleDefinitionId: roleDefinitionId }
}
