/*
 * Pod Security checks that look at the pod alone.
 */
#include "audit/pss_run.h"

void pss_check_host_namespaces(struct pss_run *run)
{
    static const char *const keys[] = {"hostNetwork", "hostPID", "hostIPC"};
    struct pss_words bad = {0};
    for (size_t i = 0; i < ARRAY_COUNT(keys); i++) {
        const struct node *shared = node_get(run->spec, keys[i]);
        if (!node_is_true(shared))
            continue;
        pss_words_add(run, &bad, arena_printf(run->arena, "%s=true", keys[i]));
        pss_report(run, shared, NULL, "sets %s, and so shares a namespace with the host", keys[i]);
    }
    if (bad.count)
        pss_conclude(run, "host namespaces", pss_words_join(run, &bad, ", "));
}

/* ---- sysctls ----------------------------------------------------------------------------------------- */

/* policy/check_sysctls.go of kubernetes/pod-security-admission v0.37. */
static const struct pss_allowed sysctls[] = {
    {"kernel.shm_rmid_forced", 0},
    {"net.ipv4.ip_local_port_range", 0},
    {"net.ipv4.ip_local_reserved_ports", 27},
    {"net.ipv4.ip_unprivileged_port_start", 0},
    {"net.ipv4.ping_group_range", 0},
    {"net.ipv4.tcp_fin_timeout", 29},
    {"net.ipv4.tcp_keepalive_intvl", 29},
    {"net.ipv4.tcp_keepalive_probes", 29},
    {"net.ipv4.tcp_keepalive_time", 29},
    {"net.ipv4.tcp_notsent_lowat", 37},
    {"net.ipv4.tcp_rmem", 32},
    {"net.ipv4.tcp_slow_start_after_idle", 37},
    {"net.ipv4.tcp_syncookies", 0},
    {"net.ipv4.tcp_wmem", 32},
};

void pss_check_sysctls(struct pss_run *run)
{
    struct pss_words bad = {0};
    for (const struct node *item = pss_items(run->security, "sysctls"); item; item = item->next) {
        const char *name = pss_text(item, "name");
        if (pss_is_allowed(sysctls, ARRAY_COUNT(sysctls), name, run->minor))
            continue;
        pss_words_add(run, &bad, name);
        pss_report(run, pss_place(node_get(item, "name"), item), NULL, "sets the sysctl \"%s\"", name);
    }
    if (bad.count)
        pss_conclude(run, "forbidden sysctls", pss_words_join(run, &bad, ", "));
}

/* ---- volumes ------------------------------------------------------------------------------------------ */

void pss_check_host_path_volumes(struct pss_run *run)
{
    struct pss_words bad = {0};
    for (const struct node *volume = pss_items(run->spec, "volumes"); volume; volume = volume->next) {
        const struct node *host_path = node_get(volume, "hostPath");
        if (!host_path)
            continue;
        pss_words_add(run, &bad, pss_text(volume, "name"));
        pss_report(run, host_path, NULL, "has the hostPath volume \"%s\"", pss_text(volume, "name"));
    }
    if (bad.count)
        pss_conclude(run, "hostPath volumes", pss_named(run, "volume", "volumes", &bad));
}

static const char *const allowed_sources[] = {
    "configMap", "csi",       "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim",
    "projected", "secret",
};

/* In the order in which upstream looks for one to name (policy/check_restrictedVolumes.go, v0.37). Those above and
 * these are all sources that the API knows, so that upstream's "unknown" does not come up. */
static const char *const restricted_sources[] = {
    "hostPath", "gcePersistentDisk", "awsElasticBlockStore", "gitRepo", "nfs", "iscsi", "glusterfs", "rbd",
    "flexVolume", "cinder", "cephfs", "flocker", "fc", "azureFile", "vsphereVolume", "quobyte", "azureDisk",
    "photonPersistentDisk", "portworxVolume", "scaleIO", "storageos",
};

static const struct node *find_source(const struct node *volume, const char *const *keys, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct node *source = node_get(volume, keys[i]);
        if (source)
            return source;
    }
    return NULL;
}

/* A volume without a source that the API server knows has been made an emptyDir before upstream sees it. */
void pss_check_restricted_volumes(struct pss_run *run)
{
    struct pss_words bad = {0};
    struct pss_words types = {0};
    for (const struct node *volume = pss_items(run->spec, "volumes"); volume; volume = volume->next) {
        const struct node *source = find_source(volume, restricted_sources, ARRAY_COUNT(restricted_sources));
        if (!source || find_source(volume, allowed_sources, ARRAY_COUNT(allowed_sources)))
            continue;
        pss_words_add(run, &bad, pss_text(volume, "name"));
        pss_words_add(run, &types, source->key);
        pss_report(run, source, NULL, "has the volume \"%s\" of the restricted type %s", pss_text(volume, "name"),
                   source->key);
    }
    pss_words_sort(&types);
    if (bad.count)
        pss_conclude(run, "restricted volume types",
                     arena_printf(run->arena, "%s %s %s", pss_named(run, "volume", "volumes", &bad),
                                  pss_plural(bad.count, "uses", "use"),
                                  pss_named(run, "restricted volume type", "restricted volume types", &types)));
}
