// Who the app is. Event Grid delivers by identities of its own, one for each onboarded subscription: infra/onboard.

@description('Unique part of the name.')
@minLength(5)
param token string

@description('Azure region.')
param location string

@description('Tags of the identity.')
param tags object

resource app 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-autopeer-${token}'
  location: location
  tags: tags
}

output appId string = app.id
output appClientId string = app.properties.clientId
output appPrincipalId string = app.properties.principalId
