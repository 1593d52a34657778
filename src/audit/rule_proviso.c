#include <string.h>

#include "audit/rule_impl.h"

const char *const proviso_names[] = {
    [CONTEXT_RUNTIME_CLASS] = "runtime-class",
    [CONTEXT_HANDLER] = "handler",
    [CONTEXT_LIMIT_RANGE] = "limit-range",
    [CONTEXT_RESOURCE_QUOTA] = "resource-quota",
    [CONTEXT_NAMESPACE] = "namespace",
    [CONTEXT_SECCOMP_PROFILE] = "seccomp-profile",
    [CONTEXT_APPARMOR_PROFILE] = "apparmor-profile",
    [CONTEXT_NETWORK_POLICY] = "network-policy",
    [CONTEXT_SERVICE_ACCOUNT] = "service-account",
    [CONTEXT_RECORDING] = NULL,
};

int proviso_fact(const char *name)
{
    for (int i = 0; proviso_names[i]; i++)
        if (strcmp(proviso_names[i], name) == 0)
            return i;
    return -1;
}

bool proviso_is_namespaced(int fact)
{
    return fact == CONTEXT_LIMIT_RANGE || fact == CONTEXT_RESOURCE_QUOTA || fact == CONTEXT_NETWORK_POLICY ||
           fact == CONTEXT_SERVICE_ACCOUNT;
}
