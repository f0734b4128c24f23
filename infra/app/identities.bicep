// Two identities: who the app is, and who Event Grid is when it delivers. Neither can do what the other can.

@description('Unique part of the names.')
@minLength(5)
param token string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

resource app 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-autopeer-${token}'
  location: location
  tags: tags
}

// Shared by the system topics of all onboarded subscriptions, so that onboarding one needs no role on our storage.
resource delivery 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-autopeer-events-${token}'
  location: location
  tags: tags
}

output appId string = app.id
output appClientId string = app.properties.clientId
output appPrincipalId string = app.properties.principalId
output deliveryId string = delivery.id
output deliveryPrincipalId string = delivery.properties.principalId
