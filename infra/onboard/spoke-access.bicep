// The spoke role on a subscription.
targetScope = 'subscription'

@description('Object id of the app\'s identity.')
@minLength(36)
@maxLength(36)
param principalId string

@description('Resource id of the spoke role, where somebody has made it. Empty: it is made here.')
param roleDefinitionId string

var role = loadJsonContent('../roles/spoke.json')

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

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(subscription().id, principalId, empty(roleDefinitionId) ? role.name : roleDefinitionId)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: empty(roleDefinitionId) ? definition.id : roleDefinitionId
  }
}
