// In the app's resource group: lets the policy's identity point event subscriptions at the app.

@description('Object id of the policy assignment\'s identity.')
@minLength(36)
@maxLength(36)
param principalId string

var role = loadJsonContent('../roles/destination.json')

resource definition 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(resourceGroup().id, role.name)
  properties: {
    roleName: '${role.name} ${uniqueString(resourceGroup().id)}'  // unique in the tenant, as Entra demands
    description: role.description
    type: 'CustomRole'
    permissions: [{ actions: role.actions, notActions: [] }]
    assignableScopes: [resourceGroup().id]
  }
}

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, principalId, role.name)
  properties: { principalId: principalId, principalType: 'ServicePrincipal', roleDefinitionId: definition.id }
}
