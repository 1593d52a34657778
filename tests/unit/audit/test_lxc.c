#include <criterion/criterion.h>
#include <errno.h>
#include <sys/stat.h>

#include "audit/source.h"
#include "support/collected.h"
#include "support/readings.h"

struct row {
    const char *text;
    const char *facts;
};

static void expect(const struct row *rows, size_t count, collected_reader *reader)
{
    for (size_t i = 0; i < count; i++) {
        AUTO_COLLECTED struct collected collected;
        collected_read(&collected, &document_kind_lxc, "config", rows[i].text, reader);
        cr_expect_eq(collected.misses.length, 0, "%s: %s", rows[i].text, buf_text(&collected.misses));
        cr_expect_eq(collected.subjects, 1, "%s", rows[i].text);
        cr_expect(collected_has(rows[i].text, &collected.facts, rows[i].facts));
    }
}

Test(lxc, confinement)
{
    static const struct row rows[] = {
        {"# c\nlxc.uts.name = web\n", "web: where@2:1\nweb: name=web@2:1\nweb: format=lxc@0:0\nweb: role=container@0:0\n"
         "web: namespaces.user=host@0:0\n!web: namespaces.network\n!web: seccomp\n!web: apparmor\n!web: no_new_privileges\n"
         "web: capabilities.effective[40]=CHECKPOINT_RESTORE@0:0\nweb: lxc.lxc.uts.name[0]=web@2:1\n"},
        {"lxc.idmap = u 0 100000 65536\nlxc.idmap = g 0 100000 65536\n",
         "-: namespaces.user=private@1:1\n-: lxc.lxc.idmap[1]=g 0 100000 65536@2:1\n"},
        {"lxc.idmap = u 0 100000 65536\nlxc.idmap = u 70000 0 1\n", "-: namespaces.user=host@2:1\n"},
        {"lxc.idmap = u 0 100000 65536\nlxc.idmap =\n", "-: namespaces.user=host@0:0\n"},
        {"lxc.id_map=u 0 100000 65536\n", "-: namespaces.user=private@1:1\n"},
        {"lxc.apparmor.profile = unconfined\n", "-: apparmor.type=unconfined@1:1\n!-: apparmor.profile\n"},
        {"lxc.aa_profile = unchanged\n", "-: apparmor.type=unconfined@1:1\n"},
        {"lxc.apparmor.profile = generated\n", "-: apparmor.type=default@1:1\n-: apparmor.profile=generated@1:1\n"},
        {"lxc.apparmor.profile = lxc-container-default-cgns\n", "-: apparmor.type=default@1:1\n"},
        {"lxc.apparmor.profile = unconfined\nlxc.apparmor.profile = mine\n", "-: apparmor.type=localhost@2:1\n-: apparmor.profile=mine@2:1\n"},
        {"lxc.seccomp.profile = /usr/share/lxc/config/common.seccomp\n", "-: seccomp.type=default@1:1\n"},
        {"lxc.seccomp = /etc/my.seccomp\n", "-: seccomp.type=localhost@1:1\n-: seccomp.profile=/etc/my.seccomp@1:1\n"},
        {"lxc.seccomp.profile = a\nlxc.seccomp.profile =\n", "-: seccomp.type=unconfined@2:1\n!-: seccomp.profile\n"},
        {"lxc.selinux.context = system_u:system_r:lxc_t:s0:c1,c2\n",
         "-: selinux.user=system_u@1:1\n-: selinux.role=system_r@1:1\n-: selinux.type=lxc_t@1:1\n-: selinux.level=s0:c1,c2@1:1\n"},
        {"lxc.no_new_privs = 1\n", "-: no_new_privileges=true@1:1\n"},
        {"lxc.no_new_privs = 0\n", "-: no_new_privileges=false@1:1\n"},
        {"lxc.cap.drop = sys_module mac_admin\nlxc.cap.drop = sys_time\n",
         "-: capabilities.drop[0]=SYS_MODULE@1:1\n-: capabilities.drop[2]=SYS_TIME@2:1\n-: capabilities.effective[37]=CHECKPOINT_RESTORE@1:1\n"
         "!-: capabilities.effective[38]\n!-: capabilities.add[0]\n"},
        {"lxc.cap.drop = sys_module\nlxc.cap.drop =\nlxc.cap.drop = sys_time\n", "-: capabilities.drop[0]=SYS_TIME@3:1\n!-: capabilities.drop[1]\n"},
        {"lxc.cap.keep = net_bind_service kill\n",
         "-: capabilities.drop[0]=ALL@1:1\n-: capabilities.add[0]=NET_BIND_SERVICE@1:1\n-: capabilities.effective[1]=NET_BIND_SERVICE@1:1\n"
         "!-: capabilities.effective[2]\n"},
        {"lxc.cap.keep = none\n", "-: capabilities.effective=[]@1:1\n"},
        {"lxc.init.uid = 1000\n", "-: user.id=1000@1:1\n"},
    };
    expect(rows, ARRAY_COUNT(rows), lxc_read);
}

Test(lxc, namespaces)
{
    static const struct row rows[] = {
        {"lxc.net.0.type = none\n", "-: namespaces.network=host@1:1\n"},
        {"lxc.network.type = none\n", "-: namespaces.network=host@1:1\n"},
        {"lxc.net.0.type = veth\nlxc.net.0.link = lxcbr0\n", "!-: namespaces.network\n"},
        {"lxc.net.0.type = none\nlxc.net.1.type = veth\n", "!-: namespaces.network\n"},
        {"lxc.namespace.share.net = web\nlxc.namespace.share.pid = 1\n",
         "-: namespaces.network=container:web@1:1\n-: namespaces.pid=host@2:1\n"},
        {"lxc.namespace.keep = net ipc\n", "-: namespaces.network=host@1:1\n-: namespaces.ipc=host@1:1\n!-: namespaces.pid\n"},
        {"lxc.namespace.clone = mnt pid net user\n",
         "-: namespaces.ipc=host@1:1\n-: namespaces.uts=host@1:1\n!-: namespaces.pid\n!-: namespaces.network\n"},
    };
    expect(rows, ARRAY_COUNT(rows), lxc_read);
}

Test(lxc, mounts)
{
    static const struct row rows[] = {
        {"lxc.mount.entry = /srv//data/ srv/data none bind,ro,rslave,create=dir 0 0\n",
         "-: mounts[0].source=/srv/data@1:1\n-: mounts[0].target=/srv/data@1:1\n-: mounts[0].read_only=true@1:1\n"
         "-: mounts[0].propagation=rslave@1:1\n-: mounts[0].kind=bind@1:1\n-: mounts[0].options=bind,ro,rslave,create=dir@1:1\n"
         "-: host_paths[0].source=/srv/data@1:1\n-: host_paths[0].target=/srv/data@1:1\n-: host_paths[0].read_only=true@1:1\n"},
        {"lxc.mount.entry = /a\\040b mnt none rbind\n", "-: host_paths[0].source=/a b@1:1\n-: host_paths[0].read_only=false@1:1\n"},
        {"lxc.mount.entry = tmpfs /tmp tmpfs nosuid 0 0\n", "-: mounts[0].kind=tmpfs@1:1\n!-: host_paths\n"},
        {"lxc.mount.entry = /var/run/docker.sock /run/docker.sock\n", "-: host_paths[0].source=/var/run/docker.sock@1:1\n"},
        {"lxc.mount.entry = /only\n", "!-: mounts\n"},
        {"lxc.mount.auto = proc:rw sys:rw cgroup:mixed\n",
         "-: proc_mount=Unmasked@1:1\n-: mounts[0].target=/sys@1:1\n-: mounts[0].read_only=false@1:1\n!-: mounts[1]\n!-: host_paths\n"},
        {"lxc.mount.auto = proc:mixed sys:ro cgroup-full:rw:force\n", "!-: proc_mount\n-: mounts[0].kind=cgroup@1:1\n"},
        {"lxc.rootfs.path = dir:/x\nlxc.rootfs.options = ro,idmap=container\n", "-: read_only_root=true@2:1\n"},
    };
    expect(rows, ARRAY_COUNT(rows), lxc_read);
}

Test(lxc, resources)
{
    static const struct row rows[] = {
        {"lxc.cgroup2.memory.max = 1G\nlxc.cgroup2.cpu.max = 150000 100000\nlxc.cgroup2.pids.max = 200\n",
         "-: memory.limit=1073741824@1:1\n-: cpu.limit=1500@2:1\n-: pids.limit=200@3:1\n"},
        {"lxc.cgroup.memory.limit_in_bytes = 512M\nlxc.cgroup.cpu.cfs_quota_us = 50000\nlxc.cgroup.cpu.cfs_period_us = 200000\n",
         "-: memory.limit=536870912@1:1\n-: cpu.limit=250@2:1\n!-: pids\n"},
        {"lxc.cgroup2.memory.max = max\nlxc.cgroup2.cpu.max = max\nlxc.cgroup2.pids.max = max\n",
         "!-: memory\n!-: cpu\n-: pids.limit=-1@3:1\n"},
        {"lxc.prlimit.nofile = 1024:4096\nlxc.limit.nproc = unlimited\n",
         "-: ulimits[0].name=nofile@1:1\n-: ulimits[0].soft=1024@1:1\n-: ulimits[0].hard=4096@1:1\n-: ulimits[1].name=nproc@2:1\n-: ulimits[1].hard=-1@2:1\n"},
        {"lxc.cgroup2.devices.deny = a\nlxc.cgroup2.devices.allow = c 1:3 rwm\nlxc.cgroup.devices.allow = a\n",
         "-: device_rules[0]=c 1:3 rwm@2:1\n-: device_rules[1]=a@3:1\n!-: device_rules[2]\n"},
        {"lxc.sysctl.net.ipv4.ip_forward = 1\nlxc.proc.oom_score_adj = -500\nlxc.environment = A=b=c\nlxc.environment = TERM\n"
         "lxc.init.cmd = /sbin/init  quiet\n",
         "-: sysctls[0].name=net.ipv4.ip_forward@1:1\n-: sysctls[0].value=1@1:1\n-: oom_score_adj=-500@2:1\n-: environment[0].name=A@3:1\n"
         "-: environment[0].value=b=c@3:1\n-: environment[1].name=TERM@4:1\n!-: environment[1].value\n-: command=/sbin/init quiet@5:1\n"},
    };
    expect(rows, ARRAY_COUNT(rows), lxc_read);
}

Test(lxc, incus)
{
    static const struct row rows[] = {
        {"name: web\nconfig:\n  security.privileged: \"true\"\n  security.nesting: \"true\"\ndevices: {}\n",
         "web: where@1:1\nweb: name=web@1:1\nweb: namespaces.user=host@0:0\nweb: lxc.security.nesting[0]=true@4:3\n"},
        {"config:\n  limits.memory: 2GiB\n  limits.cpu: 0-2,5\n  limits.processes: \"100\"\n  limits.kernel.nofile: \"9\"\n  environment.A: b\n",
         "-: namespaces.user=private@1:1\n-: memory.limit=2147483648@2:3\n-: cpu.limit=4000@3:3\n-: pids.limit=100@4:3\n"
         "-: ulimits[0].name=nofile@5:3\n-: environment[0].name=A@6:3\n"},
        {"config:\n  limits.cpu: \"2\"\n  raw.lxc: |\n    lxc.apparmor.profile = unconfined\n    lxc.mount.entry = /dev dev none bind\n",
         "-: cpu.limit=2000@2:3\n-: apparmor.type=unconfined@3:3\n-: host_paths[0].source=/dev@3:3\n"},
        {"config: {security.syscalls.deny_default: \"false\"}\n", "-: seccomp.type=unconfined@1:10\n"},
        {"config: {boot.autostart: \"true\"}\ndevices:\n  root: {type: disk, pool: default, path: /}\n"
         "  sock:\n    type: disk\n    source: /var/run/docker.sock\n    path: /run/docker.sock\n    readonly: \"true\"\n"
         "  kvm: {type: unix-char, source: /dev/kvm}\n  card: {type: gpu}\n",
         "-: host_paths[0].source=/var/run/docker.sock@4:3\n-: host_paths[0].read_only=true@4:3\n!-: host_paths[1]\n"
         "-: devices[0].source=/dev/kvm@9:3\n-: devices[1].source=gpu@10:3\n"},
    };
    expect(rows, ARRAY_COUNT(rows), yaml_read);
}

Test(lxc, what_is_not_an_instance)
{
    static const struct {
        const char *text;
        const char *skips;
    } rows[] = {
        {"config: {security.nesting: \"true\"}\ntype: virtual-machine\n", "a virtual machine, not a container\n"},
        {"config: {level: info}\n", "not recognised\n"},
        {"apiVersion: v1\nconfig: {security.nesting: \"true\"}\n", "not recognised\n"},
        {"lxc.net: {}\n", "not recognised\n"},
        {"- lxc.net\n", "not recognised\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO_COLLECTED struct collected collected;
        collected_from(&collected, &document_kind_lxc, "config", rows[i].text);
        cr_expect_eq(collected.subjects, 0);
        cr_expect_str_eq(buf_text(&collected.skips), rows[i].skips, "%s", rows[i].text);
    }
}

Test(lxc, errors_say_where)
{
    static const struct failed_reading rows[] = {
        {"lxc.a = b\n  what\nlxc.c = d\n", -EINVAL, 1, "f:2:3: not a valid LXC configuration: an LXC setting is \"lxc.KEY = VALUE\""},
        {"lxc.a b = c\n", -EINVAL, 0, "f:1:1: not a valid LXC configuration: an LXC setting is \"lxc.KEY = VALUE\""},
        {"# c\n", 0, 0, ""},
    };
    failed_readings_check(lxc_read, rows, ARRAY_COUNT(rows));
}

/* ---- includes ---------------------------------------------------------------------------------------- */

struct tree {
    char *path;
};

static void tree_add(const struct tree *tree, const char *name, const char *text)
{
    AUTO_FREE char *path = mem_printf("%s/%s", tree->path, name);
    AUTO_FCLOSE FILE *file = fopen(path, "we");
    cr_assert_not_null(file);
    cr_assert(fputs(text, file) >= 0);
}

static void tree_remove(const struct tree *tree, const char *const *names)
{
    for (; *names; names++) {
        AUTO_FREE char *path = mem_printf("%s/%s", tree->path, *names);
        cr_expect_eq(remove(path), 0, "%s", path);
    }
    cr_expect_eq(rmdir(tree->path), 0);
    free(tree->path);
}

static struct tree tree_new(void)
{
    struct tree tree = {mem_strdup("/tmp/profgen-lxc-XXXXXX")};
    cr_assert_not_null(mkdtemp(tree.path));
    return tree;
}

Test(lxc, includes_stand_where_they_are_named)
{
    struct tree tree = tree_new();
    AUTO_FREE char *directory = mem_printf("%s/more.d", tree.path);
    AUTO_FREE char *config = mem_printf("%s/config", tree.path);
    cr_assert_eq(mkdir(directory, 0700), 0);
    tree_add(&tree, "common.conf", "# c\n\nlxc.apparmor.profile = unconfined\nlxc.include = second.conf\n");
    tree_add(&tree, "second.conf", "lxc.no_new_privs = 1\n");
    tree_add(&tree, "more.d/b.conf", "lxc.uts.name = b\n");
    tree_add(&tree, "more.d/a.conf", "lxc.uts.name = a\n");
    tree_add(&tree, "more.d/c.txt", "lxc.uts.name = c\n");
    tree_add(&tree, "table", "# c\n/etc etc none bind 0 0\n\n");
    AUTO_COLLECTED struct collected collected;
    collected_read(&collected, &document_kind_lxc, config,
                   "lxc.include = common.conf\nlxc.include = more.d\nlxc.mount.fstab = table\n", lxc_read);
    cr_expect(collected_has("includes", &collected.facts,
                            "b: apparmor.type=unconfined@1:1\nb: no_new_privileges=true@1:1\nb: name=b@2:1\nb: host_paths[0].source=/etc@3:1\n"));
    cr_expect_str_eq(buf_text(&collected.misses), "");
    static const char *const names[] = {"common.conf", "second.conf", "more.d/a.conf", "more.d/b.conf", "more.d/c.txt", "more.d", "table", NULL};
    tree_remove(&tree, names);
}

Test(lxc, what_cannot_be_included_is_said)
{
    struct tree tree = tree_new();
    AUTO_FREE char *config = mem_printf("%s/config", tree.path);
    AUTO_FREE char *pipe_path = mem_printf("%s/pipe", tree.path);
    cr_assert_eq(mkfifo(pipe_path, 0600), 0);
    tree_add(&tree, "self.conf", "lxc.include = self.conf\nlxc.include = self.conf\n");
    tree_add(&tree, "bad.conf", "what\n");
    AUTO_FREE char *blanks = mem_printf("%*s\n", 600 << 10, "");
    tree_add(&tree, "wide.conf", blanks);
    static const struct {
        const char *text, *misses;
    } rows[] = {
        {"lxc.uts.name = x\nlxc.include = none.conf\n", "2: cannot open "},
        {"lxc.uts.name = x\nlxc.include = pipe\n", "2: cannot read "},
        {"lxc.uts.name = x\nlxc.include = -\n", "2: cannot open "},
        {"lxc.uts.name = x\nlxc.include = /dev/zero\n", "2: cannot read /dev/zero: it is no regular file\n"},
        {"lxc.uts.name = x\nlxc.include = bad.conf\n", "2: "},
        {"lxc.include = self.conf\n", "1: includes are nested more than 8 deep\n"},
        {"lxc.include = wide.conf\nlxc.include = wide.conf\n", "2: more than 1 MiB are included\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO_COLLECTED struct collected collected;
        collected_read(&collected, &document_kind_lxc, config, rows[i].text, lxc_read);
        cr_expect_eq(collected.subjects, 1);
        cr_expect_eq(strncmp(buf_text(&collected.misses), rows[i].misses, strlen(rows[i].misses)), 0, "%s: %s", rows[i].text,
                     buf_text(&collected.misses));
    }
    static const char *const names[] = {"self.conf", "bad.conf", "wide.conf", "pipe", NULL};
    tree_remove(&tree, names);
}
