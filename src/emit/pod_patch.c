/*
 * A strategic-merge patch that makes a pod fit its recording: what is not in it stays as it is in the manifest.
 *
 * Lists of a strategic merge: containers and volumes by name, volumeMounts by mountPath; the capabilities are replaced as a
 * whole. Everything is set on the container, where it wins over the pod's: other containers of the pod were not recorded.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/human.h"
#include "base/label.h"
#include "base/strings.h"
#include "base/yaml_out.h"
#include "emit/formats.h"
#include "model/capability.h"

struct patch {
    struct yaml_out yaml;
    const struct emit_input *input;
    const struct fitting *fitting;
    const struct workload_needs *needs;
    const struct emit_target *target;
    char **volumes; /* a name for each of the fitting's places */
    size_t volume_count;
};

/* ---- what stands above ----------------------------------------------------------------------------- */

static void write_advice(struct patch *patch)
{
    struct yaml_out *yaml = &patch->yaml;
    const struct emit_target *target = patch->target;
    yaml_out_commentf(yaml, "Strategic-merge patch for the container %s of a %s: kubectl patch %s %s --patch-file FILE, or a patch of kustomize. "
                            "Only what stands here is changed.",
                      target->container, target->kind->name, target->kind->name, target->name ? target->name : "NAME");
    if (*target->kind->template == '\0')
        yaml_out_comment(yaml, "A pod that runs cannot be changed so: patch its file.");
    if (target->by_operator)
        yaml_out_commentf(yaml, "Before: the objects of --format spo are applied, and the operator has installed the profile %s.", patch->input->name);
    else
        yaml_out_commentf(yaml, "Before: %s on each node as /var/lib/kubelet/seccomp/%s, and the AppArmor profile %s loaded there "
                                "(apparmor_parser -r -W FILE).", target->seccomp_file, target->seccomp_profile, patch->input->name);
    if (!patch->needs->complete)
        yaml_out_comment(yaml, "The recording is INCOMPLETE: what was lost is missing here.");
    if (!patch->needs->served)
        yaml_out_comment(yaml, "No serving was recorded, only start-up, or a program that comes to an end: what it does while it serves is not known.");
    for (size_t i = 0; i < patch->fitting->note_count; i++)
        yaml_out_commentf(yaml, "Note: %s.", patch->fitting->notes[i]);
}

/* Opens the way to the pod: spec, template, …; how many were opened. */
static size_t open_template(struct patch *patch)
{
    size_t opened = 0;
    char path[64];
    (void)snprintf(path, sizeof(path), "%s", patch->target->kind->template);
    for (char *key = path, *next; *key; key = next, opened++) {
        next = strchrnul(key, '.');
        if (*next)
            *next++ = '\0';
        yaml_out_open(&patch->yaml, key);
    }
    yaml_out_open(&patch->yaml, "spec");
    return opened + 1;
}

static void write_object(struct patch *patch)
{
    struct yaml_out *yaml = &patch->yaml;
    const struct emit_target *target = patch->target;
    yaml_out_text(yaml, "apiVersion", target->kind->api_version);
    yaml_out_text(yaml, "kind", target->kind->name);
    if (!target->name)
        return;
    yaml_out_open(yaml, "metadata");
    yaml_out_text(yaml, "name", target->name);
    if (target->namespace_)
        yaml_out_text(yaml, "namespace", target->namespace_);
    yaml_out_end(yaml);
}

/* What the manifest shares with the node, and a recording can tell is not needed. */
static void write_host(struct patch *patch)
{
    struct yaml_out *yaml = &patch->yaml;
    const struct emit_target *target = patch->target;
    if (target->host_pid && !patch->fitting->reaches_outside) {
        yaml_out_comment(yaml, "it sent no signal to a process of others, traced none, and did not list /proc");
        yaml_out_bool(yaml, "hostPID", false);
    }
    if (target->host_ipc && !patch->fitting->shares_memory) {
        yaml_out_comment(yaml, "it opened no System V object, no message queue, and nothing in /dev/shm");
        yaml_out_bool(yaml, "hostIPC", false);
    }
}

/* ---- the pod --------------------------------------------------------------------------------------- */

static void write_pod(struct patch *patch)
{
    struct yaml_out *yaml = &patch->yaml;
    const struct emit_target *target = patch->target;
    const struct fitting *fitting = patch->fitting;
    if (fitting->wants_token && fitting->token.what) {
        AUTO_FREE char *evidence = fitting_evidence(&fitting->token);
        yaml_out_commentf(yaml, "the service account's token was read: %s", evidence);
    } else if (fitting->wants_token) {
        yaml_out_comment(yaml, "automountServiceAccountToken is left as it is: it looked for the service account's token");
    } else if (!target->has_neighbours) {
        yaml_out_comment(yaml, "nothing below /var/run/secrets/kubernetes.io/serviceaccount was opened or looked for");
        yaml_out_bool(yaml, "automountServiceAccountToken", false);
    }
    if (!target->has_neighbours)
        write_host(patch);
    if (target->runtime_class) {
        yaml_out_comment(yaml, target->runtime_class_why);
        yaml_out_text(yaml, "runtimeClassName", target->runtime_class);
    }
}

/* ---- the security context -------------------------------------------------------------------------- */

static void write_root_user(struct yaml_out *yaml)
{
    yaml_out_bool(yaml, "runAsNonRoot", false);
    yaml_out_u64(yaml, "runAsUser", 0);
}

static void write_user(struct patch *patch)
{
    struct yaml_out *yaml = &patch->yaml;
    const struct need_user *user = &patch->needs->user;
    if (!user->known) {
        yaml_out_comment(yaml, "the user is left as it is: the runs were not all made as the same one");
    } else if (!user->root) {
        yaml_out_commentf(yaml, "recorded as user %" PRIu32 " and group %" PRIu32, user->id, user->group);
        yaml_out_bool(yaml, "runAsNonRoot", true);
        yaml_out_u64(yaml, "runAsUser", user->id);
        yaml_out_u64(yaml, "runAsGroup", user->group);
    } else if (user->root_needed && fitting_binds_only(patch->needs)) {
        yaml_out_comment(yaml, "recorded as root, and needed that for a port below 1024 alone: with another port, or the pod's safe sysctl "
                               "net.ipv4.ip_unprivileged_port_start, any other user may do");
        write_root_user(yaml);
    } else if (user->root_needed) {
        yaml_out_commentf(yaml, "recorded as root, and needed that: see the capabilities, which no other user of a container has%s. With "
                                "hostUsers: false, where the cluster has user namespaces, this root is nobody outside.",
                          user->becomes_another ? "; it then takes another user by itself" : "");
        write_root_user(yaml);
    } else {
        yaml_out_comment(yaml, "the user is left as it is: it was recorded as root, and no call needed that, but which files another user may "
                               "read it does not show. Record it as the user it is to be, and the next patch says so.");
    }
}

static void write_escalation(struct patch *patch)
{
    struct yaml_out *yaml = &patch->yaml;
    const struct fitting *fitting = patch->fitting;
    if (patch->needs->sets_kernel.what) {
        /* Kubernetes takes no allowPrivilegeEscalation: false beside privileged: true. */
        yaml_out_comment(yaml, "privileged and allowPrivilegeEscalation are left as they are: see the notes above");
        return;
    }
    if (fitting->may_gain) {
        AUTO_FREE char *evidence = fitting_evidence(&patch->needs->gains_privilege);
        yaml_out_commentf(yaml, "a set-user-ID program ran: %s", evidence);
        yaml_out_bool(yaml, "allowPrivilegeEscalation", true);
    } else if (fitting->has_sys_admin) {
        yaml_out_comment(yaml, "allowPrivilegeEscalation is left as it is: Kubernetes takes no false beside SYS_ADMIN");
    } else {
        yaml_out_comment(yaml, "no set-user-ID program and none with file capabilities ran");
        yaml_out_bool(yaml, "allowPrivilegeEscalation", false);
    }
    yaml_out_comment(yaml, "privileged, it would have all capabilities and devices: what it needs is listed below");
    yaml_out_bool(yaml, "privileged", false);
}

static const char *capability_word(int number)
{
    const struct data_capabilities *known = capability_get(number);
    return known ? known->capability + strlen("CAP_") : NULL;
}

static void write_capabilities(struct patch *patch)
{
    struct yaml_out *yaml = &patch->yaml;
    const struct workload_needs *needs = patch->needs;
    yaml_out_open(yaml, "capabilities");
    yaml_out_flow(yaml, "drop", (const char *const[]){"ALL"}, 1);
    if (needs->capability_count == 0)
        yaml_out_comment(yaml, "no call needed any");
    else
        yaml_out_open(yaml, "add");
    for (size_t i = 0; i < needs->capability_count; i++) {
        const struct need_capability *need = &needs->capabilities[i];
        AUTO_FREE char *evidence = fitting_evidence(&need->evidence);
        const char *word = capability_word(need->number);
        yaml_out_commentf(yaml, "%s%s%s%s", evidence, need->evidence.why ? ": " : "", need->evidence.why ? need->evidence.why : "",
                          word ? "" : "; a capability without a name, which is left out");
        if (word)
            yaml_out_item_text(yaml, word);
    }
    if (needs->capability_count > 0)
        yaml_out_end(yaml);
    else
        yaml_out_flow(yaml, "add", NULL, 0);
    yaml_out_end(yaml);
}

static void write_root(struct patch *patch)
{
    struct yaml_out *yaml = &patch->yaml;
    const struct fitting *fitting = patch->fitting;
    if (!fitting->read_only_root)
        yaml_out_comment(yaml, "it writes where no volume can be put: see the notes above");
    else if (fitting->places.count > 0)
        yaml_out_comment(yaml, "it writes to the places in volumeMounts and nowhere else");
    else
        yaml_out_comment(yaml, "it changed nothing outside of mounts");
    yaml_out_bool(yaml, "readOnlyRootFilesystem", fitting->read_only_root);
}

static void write_profile(struct patch *patch, const char *key, const char *comment, const char *name)
{
    struct yaml_out *yaml = &patch->yaml;
    yaml_out_comment(yaml, comment);
    yaml_out_open(yaml, key);
    yaml_out_text(yaml, "type", "Localhost");
    yaml_out_text(yaml, "localhostProfile", name);
    yaml_out_end(yaml);
}

static void write_security(struct patch *patch)
{
    struct yaml_out *yaml = &patch->yaml;
    yaml_out_open(yaml, "securityContext");
    write_user(patch);
    write_escalation(patch);
    write_capabilities(patch);
    write_root(patch);
    write_profile(patch, "seccompProfile", "allows the system calls that were recorded", patch->target->seccomp_profile);
    write_profile(patch, "appArmorProfile", "for Kubernetes 1.30 and later; denies what is dangerous and was not recorded", patch->input->name);
    yaml_out_end(yaml);
}

/* ---- resources ------------------------------------------------------------------------------------- */

static void write_quantity(struct yaml_out *yaml, const char *key, uint64_t number, const char *unit)
{
    if (number == 0)
        return;
    AUTO_FREE char *text = mem_printf("%" PRIu64 "%s", number, unit);
    yaml_out_text(yaml, key, text);
}

static void write_resources(struct patch *patch)
{
    struct yaml_out *yaml = &patch->yaml;
    const struct advice_limits *limits = &patch->needs->limits;
    const struct fitting *fitting = patch->fitting;
    char peak[HUMAN_MAX];
    char written[HUMAN_MAX];
    if (limits->memory_limit_mib > 0)
        yaml_out_commentf(yaml, "memory: %s at its peak, and %u%% for the limit (--margin), at least %dMi",
                          human_bytes(patch->needs->load.peak_memory_bytes, peak), limits->margin, ADVICE_MEMORY_MIN_MIB);
    yaml_out_commentf(yaml, "cpu: %" PRIu64 "m in the mean, and %u%%; the limit in whole processors, because bursts were not measured",
                      limits->cpu_mean_milli, limits->margin);
    yaml_out_commentf(yaml, "ephemeral-storage: %s were written in all, to files and sockets alike; the limit is that of each place that it "
                            "writes to, and as much for the logs", human_bytes(fitting->written_bytes, written));
    if (limits->pids_limit > 0)
        yaml_out_commentf(yaml, "pids: %" PRIu64 " would do, which is the kubelet's to say (podPidsLimit)", limits->pids_limit);
    yaml_out_open(yaml, "resources");
    yaml_out_open(yaml, "requests");
    write_quantity(yaml, "memory", limits->memory_request_mib, "Mi");
    write_quantity(yaml, "cpu", limits->cpu_request_milli, "m");
    write_quantity(yaml, "ephemeral-storage", fitting->storage_request_mib, "Mi");
    yaml_out_end(yaml);
    yaml_out_open(yaml, "limits");
    write_quantity(yaml, "memory", limits->memory_limit_mib, "Mi");
    write_quantity(yaml, "cpu", limits->cpu_limit_milli, "m");
    write_quantity(yaml, "ephemeral-storage", fitting->storage_limit_mib, "Mi");
    yaml_out_end(yaml);
    yaml_out_end(yaml);
}

/* ---- volumes --------------------------------------------------------------------------------------- */

static bool is_taken(const struct patch *patch, const char *name)
{
    for (size_t i = 0; i < patch->target->volume_count; i++)
        if (strcmp(patch->target->volumes[i], name) == 0)
            return true;
    return strings_contain(patch->volumes, patch->volume_count, name);
}

/* "/var/lib/nginx" gives "profgen-var-lib-nginx", and a number behind it where that is taken. */
static void name_volume(struct patch *patch, const char *path)
{
    enum { STEM_MAX = 56 };
    AUTO_FREE char *text = mem_printf("profgen%s", path);
    AUTO_FREE char *name = label_of(text, LABEL_MAX, "workload");
    AUTO_FREE char *stem = mem_printf("%.*s", STEM_MAX, name);
    for (size_t number = 2; is_taken(patch, name); number++) {
        free(name);
        name = mem_printf("%s-%zu", stem, number);
    }
    strings_add(&patch->volumes, &patch->volume_count, name);
}

static bool mounts_places(const struct patch *patch)
{
    return patch->fitting->read_only_root && patch->fitting->places.count > 0;
}

static void write_mounts(struct patch *patch)
{
    struct yaml_out *yaml = &patch->yaml;
    if (!mounts_places(patch))
        return;
    yaml_out_open(yaml, "volumeMounts");
    for (size_t i = 0; i < patch->fitting->places.count; i++) {
        const struct need_place *place = &patch->fitting->places.items[i];
        AUTO_FREE char *evidence = fitting_evidence(&place->evidence);
        yaml_out_commentf(yaml, "%zu path%s changed here: %s", place->paths, place->paths == 1 ? "" : "s", evidence);
        yaml_out_item(yaml);
        yaml_out_text(yaml, "name", patch->volumes[i]);
        yaml_out_text(yaml, "mountPath", place->path);
        yaml_out_end(yaml);
    }
    yaml_out_end(yaml);
}

static void write_volumes(struct patch *patch)
{
    struct yaml_out *yaml = &patch->yaml;
    if (!mounts_places(patch))
        return;
    yaml_out_commentf(yaml, "Empty when the pod starts: what the image has at these places is hidden, and what is written there is gone with the pod; what is to stay "
                            "needs a volume that stays. At least %dMi each, because how fast they fill one recording does not show.", FITTING_PLACE_MIB);
    yaml_out_open(yaml, "volumes");
    for (size_t i = 0; i < patch->volume_count; i++) {
        yaml_out_item(yaml);
        yaml_out_text(yaml, "name", patch->volumes[i]);
        yaml_out_open(yaml, "emptyDir");
        write_quantity(yaml, "sizeLimit", patch->fitting->place_mib, "Mi");
        yaml_out_end(yaml);
        yaml_out_end(yaml);
    }
    yaml_out_end(yaml);
}

static void write_container(struct patch *patch)
{
    struct yaml_out *yaml = &patch->yaml;
    yaml_out_open(yaml, patch->target->is_init ? "initContainers" : "containers");
    yaml_out_item(yaml);
    yaml_out_text(yaml, "name", patch->target->container);
    write_security(patch);
    write_resources(patch);
    write_mounts(patch);
    yaml_out_end(yaml);
    yaml_out_end(yaml);
}

int emit_pod_patch(const struct emit_input *input, struct buf *out, struct err *err)
{
    const struct fitting *fitting = input->fitting;
    struct patch patch = {.input = input, .fitting = fitting, .needs = fitting->needs, .target = fitting->target};
    int result = target_check_label("a container", patch.target->container, err);
    if (result < 0)
        return result;
    if (!target_is_path_part(input->name))
        return err_set(err, -EINVAL, "pods cannot name a profile called '%.80s'; give --name letters, digits, dots, hyphens and underscores",
                       input->name);
    emit_origin(input, out);
    yaml_out_init(&patch.yaml, out);
    for (size_t i = 0; i < fitting->places.count; i++)
        name_volume(&patch, fitting->places.items[i].path);
    write_advice(&patch);
    write_object(&patch);
    size_t levels = open_template(&patch);
    write_pod(&patch);
    write_container(&patch);
    write_volumes(&patch);
    for (size_t i = 0; i < levels; i++)
        yaml_out_end(&patch.yaml);
    strings_free(&patch.volumes, &patch.volume_count);
    return 0;
}
