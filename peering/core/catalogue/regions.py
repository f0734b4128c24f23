"""The regions that Azure has, so that a misspelt one is told before a network waits for it.

Source: https://learn.microsoft.com/azure/reliability/regions-list and what `az account list-locations` prints, November
2026, with the regions of Azure Government and of Azure operated by 21Vianet. A few are added each year: a name that is
not here is a warning, and never a fault by itself.
"""

from difflib import get_close_matches

_NAMES = (
    "australiacentral australiacentral2 australiaeast australiasoutheast austriaeast belgiumcentral "
    "brazilsouth brazilsoutheast canadacentral canadaeast centralindia centralus chilecentral denmarkeast "
    "eastasia eastus eastus2 francecentral francesouth germanynorth germanywestcentral indiasouthcentral "
    "indonesiacentral israelcentral italynorth japaneast japanwest jioindiacentral jioindiawest koreacentral "
    "koreasouth malaysiawest mexicocentral newzealandnorth northcentralus northeurope norwayeast norwaywest "
    "polandcentral qatarcentral southafricanorth southafricawest southcentralus southeastasia southindia "
    "spaincentral swedencentral swedensouth switzerlandnorth switzerlandwest uaecentral uaenorth uksouth "
    "ukwest westcentralus westeurope westindia westus westus2 westus3 "
    "usdodcentral usdodeast usgovarizona usgovtexas usgovvirginia "
    "chinaeast chinaeast2 chinaeast3 chinanorth chinanorth2 chinanorth3"
)
REGIONS = frozenset(_NAMES.split())


def closest_region(name: str) -> str | None:
    """The region that the writer of an unknown one most likely meant."""
    return next(iter(get_close_matches(name, sorted(REGIONS), n=1)), None)
