"""What the language has and this emulator does not: it is refused by name, and not as a mistake."""

# fmt: off
OPERATORS = {
    "as", "consume", "evaluate", "facet", "find", "fork", "getschema", "invoke", "let", "lookup", "make-graph",
    "make-series", "mv-apply", "parse", "parse-kv", "parse-where", "partition", "print", "project-keep",
    "project-rename", "project-reorder", "range", "reduce", "render", "sample", "sample-distinct", "scan", "search",
    "serialize", "top-hitters", "top-nested", "union",
}
WORDS = {
    "between", "!between", "matches", "has_any", "has_all", "has_cs", "!has_cs", "hasprefix", "!hasprefix",
    "hassuffix", "!hassuffix", "contains_cs", "!contains_cs", "startswith_cs", "!startswith_cs", "endswith_cs",
    "!endswith_cs", "hasprefix_cs", "hassuffix_cs",
}
JOINS = {
    "fullouter", "rightouter", "leftanti", "leftantisemi", "anti", "leftsemi", "rightanti", "rightsemi",
}
AGGREGATES = {
    "count", "countif", "dcount", "dcountif", "sum", "sumif", "avg", "avgif", "min", "minif", "max", "maxif",
    "make_list", "make_set", "make_bag", "makelist", "makeset", "arg_max", "arg_min", "any", "take_any", "anyif",
    "percentile", "percentiles", "stdev", "variance",
}
TABLES = {
    "advisorresources", "alertsmanagementresources", "appserviceresources", "authorizationresources",
    "computeresources", "desktopvirtualizationresources", "dnsresources", "edgeorderresources",
    "extendedlocationresources", "featureresources", "guestconfigurationresources", "healthresources",
    "insightsresources", "iotsecurityresources", "kubernetesconfigurationresources", "maintenanceresources",
    "managedserviceresources", "migrateresources", "networkresources", "orbitalresources", "patchassessmentresources",
    "patchinstallationresources", "policyresources", "quotaresources", "recoveryservicesresources", "resourcechanges",
    "resourcecontainerchanges", "securityresources", "servicefabricresources", "servicehealthresources",
    "spotresources", "supportresources", "tagsresources",
}
