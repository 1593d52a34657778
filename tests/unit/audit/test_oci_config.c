#include <criterion/criterion.h>

#include "support/collected.h"

struct row {
    const char *process, *linux_, *own;
    const char *facts;
};

/* process stands on line 2, linux on line 3. */
static void expect(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        AUTO_FREE char *text =
            mem_printf("{\"ociVersion\": \"1.2.0\"%s,\n\"process\": {%s},\n\"linux\": {%s}}", rows[i].own ? rows[i].own : "",
                       rows[i].process ? rows[i].process : "", rows[i].linux_ ? rows[i].linux_ : "");
        AUTO_COLLECTED struct collected collected;
        collected_from(&collected, &document_kind_oci, "config.json", text);
        cr_expect_eq(collected.misses.length, 0, "%s", buf_text(&collected.misses));
        cr_expect_eq(collected.subjects, 1);
        cr_expect(collected_has(text, &collected.facts, rows[i].facts));
    }
}

#define EXPECT(rows) expect(rows, ARRAY_COUNT(rows))

Test(oci_config, process)
{
    static const struct row rows[] = {
        {.facts = "-: where@1:1\n-: format=oci@0:0\n-: role=container@0:0\n!-: user\n!-: no_new_privileges\n!-: apparmor\n!-: selinux\n"
                  "-: capabilities.drop[0]=ALL@2:1\n-: capabilities.effective=[]@2:1\n!-: read_only_root\n"},
        {.own = ", \"hostname\": \"web\"", .facts = "web: name=web@1:25\n"},
        {.process = "\"user\": {\"uid\": 0, \"gid\": 0, \"additionalGids\": [10, 998]}",
         .facts = "-: user.id=0@2:22\n-: user.group=0@2:32\n-: groups[0]=10@2:61\n-: groups[1]=998@2:65\n"},
        {.process = "\"user\": {\"username\": \"ContainerUser\"}", .facts = "-: user.name=ContainerUser@2:22\n!-: user.id\n"},
        {.process = "\"noNewPrivileges\": true", .facts = "-: no_new_privileges=true@2:13\n"},
        {.process = "\"capabilities\": {\"bounding\": [\"CAP_KILL\", \"CAP_SYS_ADMIN\"], \"effective\": [\"CAP_KILL\"], \"inheritable\": [\"CAP_BPF\"]}",
         .facts = "-: capabilities.add[0]=KILL@2:43\n-: capabilities.add[1]=SYS_ADMIN@2:55\n!-: capabilities.add[2]\n"
                  "-: capabilities.effective[1]=SYS_ADMIN@2:13\n!-: capabilities.effective[2]\n"},
        {.process = "\"apparmorProfile\": \"unconfined\"", .facts = "-: apparmor.type=unconfined@2:13\n"},
        {.process = "\"apparmorProfile\": \"docker-default\"", .facts = "-: apparmor.type=default@2:13\n"},
        {.process = "\"apparmorProfile\": \"mine\"", .facts = "-: apparmor.type=localhost@2:13\n-: apparmor.profile=mine@2:13\n"},
        {.process = "\"apparmorProfile\": \"\"", .facts = "!-: apparmor\n"},
        {.process = "\"selinuxLabel\": \"system_u:system_r:container_t:s0:c1,c2\"",
         .facts = "-: selinux.type=container_t@2:13\n-: selinux.level=s0:c1,c2@2:13\n"},
        {.process = "\"rlimits\": [{\"type\": \"RLIMIT_NOFILE\", \"hard\": 4096, \"soft\": 18446744073709551615}]",
         .facts = "-: ulimits[0].name=nofile@2:25\n-: ulimits[0].hard=4096@2:51\n-: ulimits[0].soft=-1@2:65\n"},
        {.process = "\"args\": [\"sh\", \"-c\", \"x\"], \"env\": [\"A=b=c\", \"D\"], \"oomScoreAdj\": -999",
         .facts = "-: command=sh -c x@2:13\n-: environment[0].name=A@2:48\n-: environment[0].value=b=c@2:48\n"
                  "-: environment[1].name=D@2:57\n!-: environment[1].value\n-: oom_score_adj=-999@2:63\n"},
        {.own = ", \"root\": {\"path\": \"rootfs\", \"readonly\": true}", .facts = "-: read_only_root=true@1:52\n"},
        {.own = ", \"hooks\": {\"prestart\": [{\"path\": \"/bin/a\", \"args\": [\"a\", \"b\"]}], \"poststop\": [{\"path\": \"/bin/c\"}]}",
         .facts = "-: commands[0]=a b@1:67\n-: commands[1]=/bin/c@1:103\n"},
    };
    EXPECT(rows);
}

Test(oci_config, confinement)
{
    static const struct row rows[] = {
        {.facts = "-: seccomp.type=unconfined@3:1\n-: proc_mount=Unmasked@3:1\n-: namespaces.network=host@3:1\n-: namespaces.pid=host@3:1\n"
                  "-: namespaces.ipc=host@3:1\n-: namespaces.uts=host@3:1\n-: namespaces.user=host@3:1\n-: namespaces.cgroup=host@3:1\n"},
        {.linux_ = "\"namespaces\": [{\"type\": \"pid\"}, {\"type\": \"network\", \"path\": \"/proc/1/ns/net\"}, {\"type\": \"ipc\", \"path\": \"/run/x\"}]",
         .facts = "-: namespaces.pid=private@3:26\n-: namespaces.network=host@3:43\n-: namespaces.ipc=container:/run/x@3:90\n"
                  "-: namespaces.uts=host@3:11\n"},
        {.linux_ = "\"namespaces\": [{\"type\": \"user\"}], \"uidMappings\": [{\"containerID\": 0, \"hostID\": 100000, \"size\": 65536}]",
         .facts = "-: namespaces.user=private@3:26\n"},
        {.linux_ = "\"namespaces\": [{\"type\": \"user\"}], \"uidMappings\": [{\"containerID\": 0, \"hostID\": 0, \"size\": 65536}]",
         .facts = "-: namespaces.user=host@3:61\n"},
        {.linux_ = "\"seccomp\": {\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": []}", .facts = "-: seccomp.type=localhost@3:11\n!-: seccomp.profile\n"},
        {.linux_ = "\"seccomp\": {\"defaultAction\": \"SCMP_ACT_ALLOW\"}", .facts = "-: seccomp.type=unconfined@3:11\n"},
        {.linux_ = "\"seccomp\": {\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": [\"bpf\"], \"action\": \"SCMP_ACT_ERRNO\"}]}",
         .facts = "-: seccomp.type=localhost@3:11\n"},
        {.linux_ = "\"maskedPaths\": [\"/proc/kcore\"]", .facts = "-: proc_mount=Default@3:11\n"},
        {.linux_ = "\"maskedPaths\": []", .facts = "-: proc_mount=Unmasked@3:11\n"},
        {.linux_ = "\"rootfsPropagation\": \"shared\"", .facts = "-: mounts[0].target=/@3:11\n-: mounts[0].propagation=shared@3:11\n!-: host_paths\n"},
        {.linux_ = "\"sysctl\": {\"kernel.shm_rmid_forced\": \"1\"}", .facts = "-: sysctls[0].name=kernel.shm_rmid_forced@3:22\n-: sysctls[0].value=1@3:22\n"},
        {.linux_ = "\"devices\": [{\"path\": \"/dev/fuse\", \"type\": \"c\", \"major\": 10, \"minor\": 229}]",
         .facts = "-: devices[0].source=/dev/fuse@3:24\n-: devices[0].target=/dev/fuse@3:24\n"},
        {.own = ", \"mounts\": [{\"destination\": \"/proc\", \"type\": \"proc\", \"source\": \"proc\"},"
                "{\"destination\": \"/h\", \"type\": \"none\", \"source\": \"/etc/../\", \"options\": [\"rbind\", \"ro\", \"rshared\"]}]",
         .facts = "-: mounts[0].kind=proc@1:36\n-: mounts[1].kind=bind@1:95\n-: mounts[1].options=rbind,ro,rshared@1:95\n"
                  "-: host_paths[0].source=/@1:95\n-: host_paths[0].target=/h@1:95\n-: host_paths[0].read_only=true@1:95\n"
                  "-: host_paths[0].propagation=rshared@1:95\n!-: host_paths[1]\n"},
    };
    EXPECT(rows);
}

Test(oci_config, resources)
{
    static const struct row rows[] = {
        {.linux_ = "\"resources\": {\"memory\": {\"limit\": 1024, \"reservation\": 512, \"swap\": -1, \"swappiness\": 0, \"disableOOMKiller\": true}}",
         .facts = "-: memory.limit=1024@3:36\n-: memory.request=512@3:51\n-: memory_swap=-1@3:71\n-: swappiness=0@3:83\n-: oom_kill_disable=true@3:100\n"},
        {.linux_ = "\"resources\": {\"memory\": {\"limit\": -1}, \"cpu\": {\"shares\": 1024}, \"pids\": {\"limit\": 0}}",
         .facts = "!-: memory\n!-: cpu\n-: pids.limit=-1@3:84\n"},
        {.linux_ = "\"resources\": {\"cpu\": {\"quota\": 50000, \"period\": 200000}, \"pids\": {\"limit\": 100}}",
         .facts = "-: cpu.limit=250@3:33\n-: pids.limit=100@3:77\n"},
        {.linux_ = "\"resources\": {\"cpu\": {\"quota\": 150000}}", .facts = "-: cpu.limit=1500@3:33\n"},
        {.linux_ = "\"resources\": {\"devices\": [{\"allow\": false, \"access\": \"rwm\"}, {\"allow\": true}, "
                   "{\"allow\": true, \"type\": \"c\", \"major\": 1, \"minor\": 3, \"access\": \"rw\"}, {\"allow\": true, \"type\": \"b\", \"major\": 8}]}",
         .facts = "-: device_rules[0]=a *:* rwm@3:72\n-: device_rules[1]=c 1:3 rw@3:89\n-: device_rules[2]=b 8:* rwm@3:159\n!-: device_rules[3]\n"},
    };
    EXPECT(rows);
}

Test(oci_config, what_is_not_one)
{
    static const char *const rows[] = {
        "{\"ociVersion\": \"1.0\", \"id\": \"x\", \"status\": \"running\"}",
        "{\"process\": {}, \"root\": {}}",
        "[]",
        "{\"ociVersion\": [], \"process\": {}}",
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO_COLLECTED struct collected collected;
        collected_from(&collected, &document_kind_oci, "config.json", rows[i]);
        cr_expect_str_eq(buf_text(&collected.skips), "not recognised\n", "%s", rows[i]);
    }
}

/* Wrong types are not read, and do no harm; aliases, which JSON has not, are refused. */
Test(oci_config, hostile)
{
    AUTO_COLLECTED struct collected wrong, bomb;
    collected_from(&wrong, &document_kind_oci, "config.json",
                   "{\"ociVersion\": \"1\", \"process\": {\"user\": [], \"args\": {}, \"env\": {\"A\": []}, \"rlimits\": [[]], \"capabilities\": \"x\","
                   " \"noNewPrivileges\": \"yes\", \"oomScoreAdj\": {}}, \"root\": \"x\", \"mounts\": {\"a\": {}}, \"hooks\": [1],"
                   " \"linux\": {\"namespaces\": \"pid\", \"resources\": [], \"devices\": [1], \"sysctl\": [\"x\"], \"uidMappings\": 5}}");
    cr_expect_eq(wrong.subjects, 1);
    cr_expect(collected_has("wrong", &wrong.facts, "-: namespaces.pid=host@1:217\n!-: user\n!-: no_new_privileges\n!-: environment\n"));
    collected_from(&bomb, &document_kind_oci, "config.json",
                   "ociVersion: x\nprocess: {env: &e [A=1]}\nroot: {}\nmounts: [*e]\n");
    cr_expect_eq(bomb.subjects, 0);
    cr_expect(strstr(buf_text(&bomb.misses), "has aliases"));
}
