"""infra/ held to the Bicep compiler's own types: data from Azure/bicep-types-az, kept in `../shared/bicep-types`."""
