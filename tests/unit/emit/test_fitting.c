/* Pod patches and Compose overrides of small recordings: what they give, and that the self-check sees what is missing. */
#include "base/label.h"
#include "emit/fitting.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <linux/capability.h>
#include <string.h>

#include "base/node_in.h"
#include "emit/formats.h"
#include "emit/proof.h"

struct made {
    struct recording *recording;
    struct workload_needs *needs;
    struct emit_target target;
    struct fitting *fitting;
    struct emit_input input;
};

static void made_done(struct made *made)
{
    fitting_free(made->fitting);
    workload_needs_free(made->needs);
    recording_free(made->recording);
}
#define AUTO_MADE __attribute__((cleanup(made_done)))

static void start(struct made *made, uint32_t user)
{
    *made = (struct made){.recording = recording_new(),
                          .target = {.kind = workload_kind_find("Deployment"), .container = "app", .seccomp_file = "seccomp.json",
                                     .seccomp_profile = "profiles/x.json"}};
    struct run *run = recording_add_run(made->recording);
    run->end = END_EXITED;
    run->user_id = run->group_id = user;
    run->resources.total_memory_bytes = run->resources.peak_memory_bytes = 100u << 20;
    run->resources.peak_threads = 2;
    (void)recording_image(made->recording, recording_string(made->recording, "/app"), STRING_NONE, STRING_NONE);
}

static void use(struct made *made, const char *path, access_mask did)
{
    (void)recording_path(made->recording, recording_string(made->recording, path), 0, PHASE_STARTUP, did, FILE_REGULAR);
}

static void need_capability(struct made *made, int number)
{
    struct fact fact = {.kind = FACT_CAPABILITY, .object = STRING_NONE, .note = STRING_NONE, .value = (uint64_t)number,
                        .subject = recording_string(made->recording, "chown")};
    (void)recording_fact(made->recording, &fact, PHASE_STARTUP, 1);
}

static void fit(struct made *made)
{
    made->needs = workload_needs_new(made->recording, 50);
    made->fitting = fitting_new(made->needs, &made->target);
    made->input = (struct emit_input){.fitting = made->fitting, .name = "x"};
}

static void emit(const struct made *made, bool compose, struct buf *out)
{
    struct err err = ERR_INIT;
    cr_assert_eq((compose ? emit_compose : emit_pod_patch)(&made->input, out, &err), 0, "%s", err.sentence);
}

static int prove(const struct made *made, bool compose, const struct buf *bytes, struct err *err)
{
    return (compose ? proof_compose : proof_pod_patch)(&made->input, bytes, err);
}

/* ---- paths -------------------------------------------------------------------------------------------- */

static const char *const directories[] = {
    "/data",     "/with space", "/a: b",        "/#x",      "/- y",    "/{z}", "/[", "/\"quoted\"", "/back\\slash",
    "/new\nline", "/tab\t",      "/caf\303\251", "/~",       "/null",   "/*",   "/&a", "/!b",        "/%c",
    "/\302\205",  "/\342\200\250", "/\001",      "/'single'", "/true",  "/a#b", "/@",  "/`",
};

static const struct node *find_mount(const struct buf *bytes, struct arena *arena)
{
    struct node_stream stream = {0};
    struct err err = ERR_INIT;
    cr_assert_eq(yaml_read("x", buf_text(bytes), bytes->length, arena, &stream, &err), 0, "%s", err.sentence);
    const struct node *pod = node_at(stream.documents[0], "spec.template.spec");
    return node_first(node_get(node_first(node_get(pod, "containers")), "volumeMounts"));
}

Test(fitting, any_directory_is_mounted_as_it_is_called)
{
    for (size_t i = 0; i < ARRAY_COUNT(directories); i++) {
        AUTO_MADE struct made made;
        AUTO_BUF struct buf out = BUF_INIT;
        AUTO(arena_free_cleanup) struct arena *arena = arena_new();
        struct err err = ERR_INIT;
        AUTO_FREE char *file = mem_printf("%s/file", directories[i]);
        start(&made, 1000);
        use(&made, file, ACCESS_CREATE | ACCESS_WRITE);
        fit(&made);
        emit(&made, false, &out);
        cr_expect_eq(prove(&made, false, &out, &err), 0, "%s", err.sentence);
        cr_expect_str_eq(node_text_at(find_mount(&out, arena), "mountPath"), directories[i]);
        cr_expect(label_is(node_text_at(find_mount(&out, arena), "name"), strlen(node_text_at(find_mount(&out, arena), "name"))));
    }
}

Test(fitting, a_name_that_yaml_cannot_hold_keeps_the_root_writable)
{
    AUTO_MADE struct made made;
    AUTO_BUF struct buf out = BUF_INIT;
    struct err err = ERR_INIT;
    start(&made, 1000);
    use(&made, "/odd\377/file", ACCESS_CREATE | ACCESS_WRITE);
    fit(&made);
    emit(&made, false, &out);
    cr_expect(strstr(buf_text(&out), "readOnlyRootFilesystem: false"));
    cr_expect_eq(prove(&made, false, &out, &err), 0, "%s", err.sentence);
    cr_expect_eq(made.fitting->note_count, 1);
}

Test(fitting, compose_has_no_way_to_say_a_colon)
{
    AUTO_MADE struct made made;
    AUTO_BUF struct buf out = BUF_INIT;
    struct err err = ERR_INIT;
    start(&made, 1000);
    use(&made, "/a:b/file", ACCESS_CREATE | ACCESS_WRITE);
    fit(&made);
    cr_expect_eq(emit_compose(&made.input, &out, &err), -ENOTSUP);
}

Test(fitting, compose_takes_no_dollar_sign_for_a_variable)
{
    AUTO_MADE struct made made;
    AUTO_BUF struct buf out = BUF_INIT;
    struct err err = ERR_INIT;
    start(&made, 1000);
    made.target.seccomp_file = "$HOME.json";
    use(&made, "/a$b/file", ACCESS_CREATE | ACCESS_WRITE);
    fit(&made);
    emit(&made, true, &out);
    cr_expect(strstr(buf_text(&out), "seccomp:./$$HOME.json"), "%s", buf_text(&out));
    cr_expect(strstr(buf_text(&out), "/a$$b:size="), "%s", buf_text(&out));
    cr_expect_eq(prove(&made, true, &out, &err), 0, "%s", err.sentence);
}

/* What the node shares is left where the recording shows that it is used. */
Test(fitting, what_the_node_shares)
{
    static const struct {
        const char *path;
        access_mask did;
        bool pid, ipc; /* taken away */
    } rows[] = {
        {"/proc/self/status", ACCESS_READ, true, true},
        {"/proc", ACCESS_LIST, false, true},
        {"/dev/shm/queue", ACCESS_READ | ACCESS_WRITE, true, false},
        {"/dev/shm", ACCESS_STAT, true, true},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO_MADE struct made made;
        AUTO_BUF struct buf out = BUF_INIT;
        start(&made, 1000);
        made.target.manifest = "pod.yaml";
        made.target.host_pid = made.target.host_ipc = true;
        use(&made, rows[i].path, rows[i].did);
        fit(&made);
        emit(&made, false, &out);
        cr_expect_eq(strstr(buf_text(&out), "hostPID: false") != NULL, rows[i].pid, "%s", rows[i].path);
        cr_expect_eq(strstr(buf_text(&out), "hostIPC: false") != NULL, rows[i].ipc, "%s", rows[i].path);
    }
}

Test(fitting, volumes_of_places_that_look_alike_have_names_of_their_own)
{
    static const char *const taken[] = {"profgen-a-b"};
    AUTO_MADE struct made made;
    AUTO_BUF struct buf out = BUF_INIT;
    start(&made, 1000);
    made.target.volumes = taken;
    made.target.volume_count = 1;
    use(&made, "/a b/x", ACCESS_CREATE);
    use(&made, "/a_b/x", ACCESS_CREATE);
    fit(&made);
    emit(&made, false, &out);
    cr_expect(strstr(buf_text(&out), "- name: profgen-a-b-2\n"));
    cr_expect(strstr(buf_text(&out), "- name: profgen-a-b-3\n"));
    cr_expect(!strstr(buf_text(&out), "- name: profgen-a-b\n"));
}

/* ---- who it is, and what it may ------------------------------------------------------------------------ */

enum trait { CAPABILITY = 1, SET_USER_ID = 2, ADMIN = 4, SECOND_USER = 8, KERNEL = 16 };

static const struct {
    uint32_t user;
    unsigned traits;
    const char *has[3], *has_not;
} users[] = {
    {1000, 0, {"runAsNonRoot: true", "runAsUser: 1000", "runAsGroup: 1000"}, "runAsUser: 0"},
    {0, 0, {"left as it is: it was recorded as root", "add: []", "allowPrivilegeEscalation: false"}, "runAsUser"},
    {0, CAPABILITY, {"runAsNonRoot: false", "runAsUser: 0", "- CHOWN"}, "runAsUser: 1"},
    {0, CAPABILITY | ADMIN, {"- SYS_ADMIN", "Kubernetes takes no false beside", ""}, "allowPrivilegeEscalation: "},
    {1000, SET_USER_ID, {"allowPrivilegeEscalation: true", "set-user-ID", ""}, "allowPrivilegeEscalation: false"},
    {0, KERNEL, {"privileged and allowPrivilegeEscalation are left", "write /proc/sys/vm/x", "has to stay"}, "privileged: "},
    {1000, SECOND_USER, {"not all made as the same", "", ""}, "runAsUser"},
};

Test(fitting, users_and_privileges)
{
    for (size_t i = 0; i < ARRAY_COUNT(users); i++) {
        AUTO_MADE struct made made;
        AUTO_BUF struct buf out = BUF_INIT;
        struct err err = ERR_INIT;
        start(&made, users[i].user);
        if (users[i].traits & CAPABILITY)
            need_capability(&made, CAP_CHOWN);
        if (users[i].traits & ADMIN)
            need_capability(&made, CAP_SYS_ADMIN);
        if (users[i].traits & SET_USER_ID)
            recording_loss(made.recording, &made.recording->runs[0], LOSS_PRIVILEGE, 1, "/usr/bin/sudo");
        if (users[i].traits & KERNEL)
            use(&made, "/proc/sys/vm/x", ACCESS_WRITE);
        if (users[i].traits & SECOND_USER)
            recording_add_run(made.recording)->user_id = 7;
        fit(&made);
        emit(&made, false, &out);
        for (size_t k = 0; k < ARRAY_COUNT(users[i].has); k++)
            cr_expect(strstr(buf_text(&out), users[i].has[k]), "%zu: %s not in %s", i, users[i].has[k], buf_text(&out));
        cr_expect_null(strstr(buf_text(&out), users[i].has_not), "%zu: %s", i, users[i].has_not);
        cr_expect_eq(prove(&made, false, &out, &err), 0, "%s", err.sentence);
        buf_clear(&out);
        emit(&made, true, &out);
        cr_expect_eq(prove(&made, true, &out, &err), 0, "%s", err.sentence);
        cr_expect_eq(strstr(buf_text(&out), "privileged: false") == NULL, (users[i].traits & KERNEL) != 0, "%zu", i);
    }
}

Test(fitting, a_token_that_was_read_stays)
{
    AUTO_MADE struct made made;
    AUTO_BUF struct buf out = BUF_INIT;
    start(&made, 1000);
    use(&made, "/run/secrets/kubernetes.io/serviceaccount/token", ACCESS_READ);
    fit(&made);
    emit(&made, false, &out);
    cr_expect_null(strstr(buf_text(&out), "automountServiceAccountToken: "));
    cr_expect(strstr(buf_text(&out), "token was read"), "%s", buf_text(&out));
}

/* ---- the self-check ------------------------------------------------------------------------------------- */

static const struct {
    bool compose;
    const char *there, *instead, *says;
} sabotage[] = {
    {false, "- CHOWN", "- FOWNER", "CAP_CHOWN"},
    {false, "[ALL]", "[NET_RAW]", "drop all"},
    {false, "mountPath: /data", "mountPath: /date", "/data"},
    {false, "runAsUser: 0", "runAsUser: 9", "another user"},
    {false, "memory: 150Mi", "memory: 99Mi", "less memory"},
    {false, "- name: app", "- name: apt", "does not hold"},
    {false, "containers:", "containers", "the patch just written"},
    {true, "- CHOWN", "- CHOWN\n      - KILL", "CAP_KILL"},
    {true, "cap_drop: [ALL]", "cap_drop: []", "drop all"},
    {true, "/data:", "/date:", "/data"},
    {true, "user: \"0:0\"", "user: \"1:0\"", "another user"},
    {true, "mem_limit: 166m", "mem_limit: 16m", "less memory"},
    {true, "  app:", "  apt:", "does not hold"},
};

Test(fitting, the_self_check_sees_what_is_missing)
{
    for (int compose = 0; compose < 2; compose++) {
        AUTO_MADE struct made made;
        AUTO_BUF struct buf out = BUF_INIT;
        start(&made, 0);
        need_capability(&made, CAP_CHOWN);
        use(&made, "/data/file", ACCESS_CREATE | ACCESS_WRITE);
        fit(&made);
        emit(&made, compose, &out);
        for (size_t i = 0; i < ARRAY_COUNT(sabotage); i++) {
            AUTO_BUF struct buf spoilt = BUF_INIT;
            struct err err = ERR_INIT;
            if (sabotage[i].compose != compose)
                continue;
            const char *at = strstr(buf_text(&out), sabotage[i].there);
            cr_assert(at, "%s not in %s", sabotage[i].there, buf_text(&out));
            buf_add(&spoilt, out.data, (size_t)(at - out.data));
            buf_add_text(&spoilt, sabotage[i].instead);
            buf_add_text(&spoilt, at + strlen(sabotage[i].there));
            cr_expect_lt(prove(&made, compose, &spoilt, &err), 0, "%s", sabotage[i].instead);
            cr_expect(strstr(err.sentence, sabotage[i].says), "%s: %s", sabotage[i].instead, err.sentence);
        }
    }
}

Test(fitting, the_self_check_sees_a_forbidden_set_user_id_program)
{
    AUTO_MADE struct made made;
    AUTO_BUF struct buf out = BUF_INIT;
    struct err err = ERR_INIT;
    start(&made, 1000);
    recording_loss(made.recording, &made.recording->runs[0], LOSS_PRIVILEGE, 1, "/usr/bin/sudo");
    fit(&made);
    emit(&made, false, &out);
    char *at = strstr(out.data, "allowPrivilegeEscalation: true");
    cr_assert(at);
    memcpy(at, "allowPrivilegeEscalation: no  ", strlen("allowPrivilegeEscalation: true"));
    cr_expect_lt(prove(&made, false, &out, &err), 0);
}
