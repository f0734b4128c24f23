// Keeps others than named people and groups from choosing a hub by the tag, by Azure Policy (deny). docs/deploy.md, Who may write the tag.
// az deployment mg create --management-group-id … --location … --template-file infra/onboard/tag-policy.bicep …
targetScope = 'managementGroup'

@description('The tag that chooses a hub: `tag` in hubs.toml.')
@minLength(1)
@maxLength(512)
param tag string = 'hub'

@description('The tag that bears the answer: `status_tag` in hubs.toml.')
@minLength(1)
@maxLength(512)
param statusTag string = 'hub-status'

@description('true: nobody else writes a network that bears the answer either, for whatever reason. Most would not want that.')
param protectStatusTag bool = false

@description('Object id of the app\'s identity, which writes the answer: AUTOPEER_PRINCIPAL_ID of the azd environment.')
@minLength(36)
@maxLength(36)
param principalId string

@description('Object ids of who else may write the tag as they like: whoever gives out subscriptions, for instance. At most 49.')
@maxLength(49)
param allowedPrincipals array = []

@description('Object ids of the groups whose members may.')
@maxLength(50)
param allowedGroups array = []

@description('What everybody else may write into the tag: the hubs that are open to all below the management group. Else nothing.')
param allowedHubs array = []

@description('What is protected. Add Microsoft.Resources/subscriptions/resourceGroups where the catalogue\'s tag_from names the group.')
param types array = ['Microsoft.Network/virtualNetworks']

@description('Audit only lists what would be refused.')
@allowed(['Deny', 'Audit', 'Disabled'])
param effect string = 'Audit'

var rule = loadJsonContent('tag-policy-rule.json')
var others = [{ kind: 'userPrincipalId', notIn: union([principalId], allowedPrincipals) }]
var notInGroups = [{ kind: 'groupPrincipalId', notIn: allowedGroups }]

resource definition 'Microsoft.Authorization/policyDefinitions@2023-04-01' = {
  name: 'autopeer-tag'
  properties: {
    displayName: 'Only some may choose the hub of a network'
    description: 'Refuses to write a network whose tag names a hub that is not open to all, except by those whom the assignment leaves out.'
    policyType: 'Custom'
    mode: 'All'
    metadata: { category: 'Network', version: '1.0.0' }
    parameters: {
      effect: { type: 'String' }
      types: { type: 'Array' }
      tag: { type: 'String' }
      allowedHubs: { type: 'Array' }
      statusTag: { type: 'String' }
      protectStatusTag: { type: 'Boolean' }
    }
    policyRule: rule
  }
}

resource assignment 'Microsoft.Authorization/policyAssignments@2025-11-01' = {
  name: 'autopeer-tag'
  properties: {
    displayName: 'Only some may choose the hub of a network'
    policyDefinitionId: definition.id
    resourceSelectors: [
      {
        name: 'others'
        selectors: union(others, empty(allowedGroups) ? [] : notInGroups)
      }
    ]
    nonComplianceMessages: [
      { message: 'The tag \'${tag}\' of a network is not for everybody to write. Ask your network team for the hub that is meant for it.' }
    ]
    parameters: {
      effect: { value: effect }
      types: { value: types }
      tag: { value: tag }
      allowedHubs: { value: allowedHubs }
      statusTag: { value: statusTag }
      protectStatusTag: { value: protectStatusTag }
    }
  }
}

output assignmentId string = assignment.id
