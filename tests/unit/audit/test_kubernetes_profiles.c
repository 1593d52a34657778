/* The profiles that ConfigMaps and the operator's objects carry: where they stand, and who finds them. */
#include "kubernetes_seen.h"

#include "audit/named_profile.h"
#include "audit/source.h"

#define OPERATOR(version, kind, name) \
    "apiVersion: security-profiles-operator.x-k8s.io/" version "\nkind: " kind "\nmetadata: " name "\n"
#define MAP "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m, namespace: shop}\n"

static void seen_file(struct seen *seen, const char *manifest)
{
    struct source source = {.path = "test.yaml", .bytes = {.data = (char *)(uintptr_t)manifest, .length = strlen(manifest)}};
    seen->collector.source = &source;
    (void)seen_read(seen, manifest);
    seen->collector.source = NULL;
    free(source.line_starts);
}

Test(kubernetes_profiles, places)
{
    static const struct {
        const char *name, *manifest, *wanted;
    } rows[] = {
        {"literal block", MAP "data:\n  a.json: |\n    {\"defaultAction\": \"SCMP_ACT_ERRNO\",\n     \"syscalls\": [{\"names\": [\"bpf\"],\n"
         "       \"action\": \"SCMP_ACT_ALLOW\"}]}\n",
         "seccomp-profile seccomp profile shop/a.json@6:5\nseccomp-profile.default_action=SCMP_ACT_ERRNO@6:6\n"
         "seccomp-profile.passing[0].call=bpf@7:30\n"},
        {"block that begins with an empty line, indented by its mark", MAP "data:\n  a.json: |2-\n\n      {\"defaultAction\":\n    \"SCMP_ACT_LOG\"}\n",
         "seccomp-profile seccomp profile shop/a.json@7:7\n"},
        {"with a comment and DOS line ends", MAP "data:\r\n  a.json: | # why\r\n    {\r\n    \"defaultAction\": \"SCMP_ACT_LOG\"}\r\n",
         "seccomp-profile.default_action=SCMP_ACT_LOG@7:5\n"},
        {"folded", MAP "data:\n  a.json: >\n    {\"defaultAction\":\n    \"SCMP_ACT_LOG\"}\n", "seccomp-profile.default_action=SCMP_ACT_LOG@5:3\n"},
        {"in quotes", MAP "data:\n  a.json: \"{\\\"defaultAction\\\":\\n\\\"SCMP_ACT_LOG\\\"}\"\n",
         "seccomp-profile.default_action=SCMP_ACT_LOG@5:3\n"},
        {"AppArmor", MAP "data:\n  aa: |\n    # why\n    profile one {\n      file,\n      hat two {\n        capability mknod,\n      }\n    }\n",
         "apparmor-profile AppArmor profile shop/one@7:5\napparmor-profile.bare=file@7:5\n"
         "apparmor-profile AppArmor profile shop/one//two@9:7\napparmor-profile.capabilities=MKNOD@9:7\n"},
        {"binary data", MAP "binaryData: {a.json: eyJkZWZhdWx0QWN0aW9uIjoiU0NNUF9BQ1RfTE9HIn0=}\n",
         "seccomp-profile seccomp profile shop/a.json@4:14\nseccomp-profile.default_action=SCMP_ACT_LOG@4:14\n"},
        {"no profiles", MAP "data:\n  nginx.conf: |\n    include /etc/nginx/modules/*;\n    http { }\n  rotate: |\n    /var/log/*.log {\n      daily\n    }\n"
         "  other.json: '{\"a\": \"defaultAction\"}'\nbinaryData: {a: '!', b: AAAA, c: 5}\n",
         "!seccomp-profile\n!apparmor-profile\n!miss\n"},
        {"torn JSON", MAP "data:\n  a.json: |\n    {\"defaultAction\": \"SCMP_ACT_LOG\"\n",
         "miss the seccomp profile in it is not read: a.json:2:1: not valid JSON: a comma or } is missing here, where the file ends@5:3\n"},
        {"refused", MAP "data: {a.json: '{\"defaultAction\": \"SCMP_ACT_MAYBE\"}'}\n",
         "miss runtimes refuse this profile: a.json: defaultAction: \"SCMP_ACT_MAYBE\" is not an action such as SCMP_ACT_ERRNO@4:8\n"},
        {"operator's seccomp", OPERATOR("v1beta1", "SeccompProfile", "{name: p, namespace: shop}")
         "spec:\n  defaultAction: SCMP_ACT_ERRNO\n  architectures: [SCMP_ARCH_X86_64]\n  flags: [SECCOMP_FILTER_FLAG_LOG]\n"
         "  listenerPath: /var/run/security-profiles-operator/x.sock\n"
         "  syscalls:\n  - action: SCMP_ACT_ALLOW\n    names: [read, bpf]\n"
         "    args: [{index: 0, value: 5, op: SCMP_CMP_NE}]\n",
         "seccomp-profile seccomp profile shop/p@4:1\nseccomp-profile.passing[0].call=bpf@11:19\n"},
        {"operator's AppArmor as text", OPERATOR("v1alpha1", "AppArmorProfile", "{name: p}")
         "spec:\n  policy: |\n    profile p flags=(complain) {\n      mount,\n    }\n",
         "apparmor-profile AppArmor profile -/p@6:5\napparmor-profile.mode=complain@6:5\napparmor-profile.bare=mount@6:5\n"},
        {"operator's AppArmor in parts", OPERATOR("v1alpha1", "AppArmorProfile", "{name: p}")
         "spec:\n  abstract:\n    executable:\n      allowedExecutables:\n      - /usr/bin/**\n      allowedLibraries: [/lib/**]\n    filesystem:\n"
         "      readOnlyPaths: ['ptrace (read),', /etc/shadow]\n      readWritePaths:\n      - /proc/**\n      - /usr/bin/**\n    network: {allowRaw: false}\n"
         "    capability: {allowedCapabilities: [CAP_SYS_ADMIN, net_raw]}\n",
         "apparmor-profile AppArmor profile -/p@5:3\napparmor-profile.passing[4].path=/etc/shadow@11:41\napparmor-profile.capabilities=NET_RAW,SYS_ADMIN@5:3\n"
         "apparmor-profile.write_exec[0].pattern=/usr/bin/**@14:9\napparmor-profile.mode=enforce@5:3\n"},
        {"operator's AppArmor that complains", OPERATOR("v1", "AppArmorProfile", "{name: p}") "spec: {mode: Complain, abstract: {ptrace: {allowedAccess: [trace]}}}\n",
         "apparmor-profile.mode=complain@4:8\napparmor-profile.rules=1@4:8\n"},
        {"operator's AppArmor with what is no path", OPERATOR("v1", "AppArmorProfile", "{name: p}")
         "spec: {abstract: {filesystem: {readOnlyPaths: [\"/a\\\" rw, /b\", \"/c\\nmount,\", [d]]}}}\n",
         "miss this is no path that a profile could have@4:48\nmiss this is no path that a profile could have@4:63\n!apparmor-profile.bare=mount"},
        {"operator's SELinux", OPERATOR("v1alpha2", "SelinuxProfile", "{name: p}") "spec: {allow: {}}\n", "!seccomp-profile\n!apparmor-profile"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct seen seen;
        seen_init(&seen);
        seen_file(&seen, rows[i].manifest);
        seen_holds(&seen, rows[i].name, rows[i].wanted);
        seen_done(&seen);
    }
}

/* The breadth of the seccomp profile that a container names, beside the manifest. */
static const struct node *breadth_of(struct seen *seen, const char *manifest, const char *name)
{
    struct node *facts = node_new_map(seen->arena, NULL), *seccomp = node_new_map(seen->arena, NULL);
    seen_file(seen, manifest);
    node_put(seen->arena, facts, "seccomp", seccomp);
    node_put(seen->arena, seccomp, "type", node_new_text(seen->arena, "localhost", NULL));
    node_put(seen->arena, seccomp, "profile", node_new_text(seen->arena, name, NULL));
    named_profile_judge(&seen->collector, &(struct subject){.kind = SUBJECT_CONTAINER, .format = "kubernetes", .facts = facts, .where = facts});
    return node_get(seccomp, "breadth");
}

#define SECCOMP(name, base, calls)                                                                                             \
    OPERATOR("v1beta1", "SeccompProfile", name)                                                                                \
    "spec: {defaultAction: SCMP_ACT_ERRNO, " base "syscalls: [{action: SCMP_ACT_ALLOW, names: [" calls "]}]}\n---\n"

Test(kubernetes_profiles, are_found_by_name)
{
    static const char map[] = MAP "data:\n  x.json: '{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [{\"names\": [\"bpf\"], \"action\": \"SCMP_ACT_ALLOW\"}]}'\n";
    static const struct {
        const char *name, *manifest;
        const char *calls[4]; /* that pass, NULL behind the last; none: it is not found */
        const char *miss;
    } rows[] = {
        {"profiles/x.json", map, {"bpf"}, NULL},
        {"x.json", map, {"bpf"}, NULL},
        {"profiles/y.json", map, {NULL}, NULL},
        {"operator/shop/a.json", SECCOMP("{name: a, namespace: shop}", "", "bpf"), {"bpf"}, NULL},
        {"operator/a.json", SECCOMP("{name: a}", "", "bpf"), {"bpf"}, NULL},
        {"operator/any/a.json", SECCOMP("{name: a}", "", "bpf"), {"bpf"}, NULL},
        {"operator/other/a.json", SECCOMP("{name: a, namespace: shop}", "", "bpf"), {NULL}, NULL},
        {"operator/a.json", SECCOMP("{name: a.json}", "", "bpf"), {"bpf"}, NULL},
        {"operator/a.json", SECCOMP("{name: a}", "disabled: true, ", "bpf"), {NULL}, NULL},
        {"operator/a.json", SECCOMP("{name: a}", "state: Disabled, ", "bpf"), {NULL}, NULL},
        {"operator/a.json", SECCOMP("{name: b}", "", "keyctl") SECCOMP("{name: a}", "baseProfileName: b, ", "bpf"), {"bpf", "keyctl"}, NULL},
        {"operator/s/a.json", SECCOMP("{name: a, namespace: s}", "baseProfileName: b, ", "bpf") SECCOMP("{name: b, namespace: s}", "baseProfileName: c, ", "keyctl")
         SECCOMP("{name: c}", "", "userfaultfd"), {"bpf", "keyctl", "userfaultfd"}, NULL},
        {"operator/a.json", SECCOMP("{name: a}", "baseProfileName: runc-v1.2.0, ", "bpf"), {"bpf"},
         "miss the base profile runc-v1.2.0 is not among the audited files: what it allows besides is not known@4:39"},
        {"operator/a.json", SECCOMP("{name: a}", "baseProfileName: b, ", "bpf") SECCOMP("{name: b}", "baseProfileName: a, ", "keyctl"), {"bpf", "keyctl"},
         "miss the base profiles behind b go round in a circle, or are too many@4:39"},
        {"operator/a.json", SECCOMP("{name: a}", "baseProfileName: a, ", "bpf"), {"bpf"},
         "miss the base profiles behind a go round in a circle, or are too many@4:39"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct seen seen;
        seen_init(&seen);
        const struct node *breadth = breadth_of(&seen, rows[i].manifest, rows[i].name);
        cr_expect_eq(breadth != NULL, rows[i].calls[0] != NULL, "row %zu", i);
        for (size_t j = 0; j < ARRAY_COUNT(rows[i].calls) && rows[i].calls[j]; j++) {
            const struct node *item = node_first(node_get(breadth, "passing"));
            while (item && !node_is_text(node_get(item, "call"), rows[i].calls[j]))
                item = item->next;
            cr_expect(item, "row %zu: %s", i, rows[i].calls[j]);
        }
        cr_expect_eq(context_find(seen.context, CONTEXT_SECCOMP_PROFILE, "", rows[i].name, NULL), rows[i].calls[0] != NULL, "row %zu", i);
        seen_holds(&seen, rows[i].name, rows[i].miss ? rows[i].miss : "!miss");
        seen_done(&seen);
    }
}

/* More than are judged are missed once, and the file is read on. */
Test(kubernetes_profiles, are_bounded)
{
    AUTO_BUF struct buf manifest = BUF_INIT;
    struct seen seen;
    buf_add_text(&manifest, MAP "data:\n");
    for (unsigned i = 0; i < 1100; i++)
        buf_printf(&manifest, "  k%u.json: '{\"defaultAction\": \"SCMP_ACT_LOG\"}'\n", i);
    seen_init(&seen);
    seen_file(&seen, buf_text(&manifest));
    cr_expect_eq(seen.subjects, 1001, "%zu", seen.subjects);
    cr_expect_eq(seen.misses, 1);
    seen_holds(&seen, "bounded", "miss more profiles, or larger ones, than are judged in one file; the rest was left out@1005:3");
    seen_done(&seen);
}
