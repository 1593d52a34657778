#include <criterion/criterion.h>

#include "support/collected.h"

/* An object with what every container has and the keys of the row in HostConfig, Config and itself. */
static char *container(const char *host, const char *config, const char *own)
{
    return mem_printf("[{\"Id\": \"1\", \"Name\": \"/web\"%s,\n\"HostConfig\": {%s},\n\"Config\": {%s}}]", own, host, config);
}

struct row {
    const char *host, *config, *own;
    const char *facts;
};

static void expect(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        AUTO_FREE char *text = container(rows[i].host ? rows[i].host : "", rows[i].config ? rows[i].config : "",
                                         rows[i].own ? rows[i].own : "");
        AUTO_COLLECTED struct collected collected;
        collected_from(&collected, &document_kind_inspect, "inspect.json", text);
        cr_expect_eq(collected.misses.length, 0, "%s", buf_text(&collected.misses));
        cr_expect(collected_has(text, &collected.facts, rows[i].facts));
    }
}

#define EXPECT(rows) expect(rows, ARRAY_COUNT(rows))

Test(docker_inspect, confinement)
{
    static const struct row rows[] = {
        {.facts = "web: name=web@1:14\nweb: format=inspect@1:2\nweb: role=container@1:2\nweb: where@1:2\n"
                  "!web: user\n!web: privileged\n!web: seccomp\n!web: apparmor\n!web: memory\n!web: pids\n"},
        {.host = "\"Privileged\": true, \"ReadonlyRootfs\": false",
         .facts = "web: privileged=true@2:16\nweb: read_only_root=false@2:36\nweb: capabilities.effective[40]=CHECKPOINT_RESTORE@2:1\n"},
        {.host = "\"Privileged\": false", .facts = "web: privileged=false@2:16\n!web: capabilities.effective[14]\n"},
        {.host = "\"CapAdd\": [\"SYS_ADMIN\", \"CAP_NET_ADMIN\"], \"CapDrop\": [\"all\"]",
         .facts = "web: capabilities.add[0]=SYS_ADMIN@2:27\nweb: capabilities.add[1]=NET_ADMIN@2:40\n"
                  "web: capabilities.drop[0]=ALL@2:70\n!web: capabilities.effective[2]\n"},
        {.host = "\"CapAdd\": null, \"CapDrop\": null", .facts = "!web: capabilities.add\n!web: capabilities.drop\n"},
        {.config = "\"User\": \"\"", .facts = "web: user.id=0@3:12\n"},
        {.config = "\"User\": \"root\"", .facts = "web: user.id=0@3:12\nweb: user.name=root@3:12\n"},
        {.config = "\"User\": \"1000:www\"", .facts = "web: user.id=1000@3:12\nweb: user.group=www@3:12\n!web: user.name\n"},
        {.config = "\"User\": \"app:0\"", .facts = "web: user.name=app@3:12\nweb: user.group=0@3:12\n!web: user.id\n"},
        {.host = "\"SecurityOpt\": [\"seccomp=unconfined\", \"apparmor=unconfined\", \"label=disable\", \"no-new-privileges\"]",
         .facts = "web: seccomp.type=unconfined@2:32\nweb: apparmor.type=unconfined@2:54\n"
                  "web: selinux.disabled=true@2:77\nweb: no_new_privileges=true@2:94\n"
                  "web: security_opt[3]=no-new-privileges@2:94\n"},
        {.host = "\"SecurityOpt\": [\"seccomp={\\\"defaultAction\\\":\\\"SCMP_ACT_ERRNO\\\"}\", \"no-new-privileges=false\", "
                 "\"label=type:svirt_x\", \"label:level:s0:c1,c2\"]",
         .facts = "web: seccomp.type=localhost@2:32\n!web: seccomp.profile\nweb: no_new_privileges=false@2:82\n"
                  "web: selinux.type=svirt_x@2:109\nweb: selinux.level=s0:c1,c2@2:131\n"},
        {.host = "\"SecurityOpt\": null", .own = ", \"AppArmorProfile\": \"docker-default\"",
         .facts = "web: apparmor.type=default@1:30\n!web: security_opt\n"},
        {.own = ", \"AppArmorProfile\": \"unconfined\"", .facts = "web: apparmor.type=unconfined@1:30\n"},
        {.own = ", \"AppArmorProfile\": \"mine\"", .facts = "web: apparmor.type=localhost@1:30\nweb: apparmor.profile=mine@1:30\n"},
        {.own = ", \"AppArmorProfile\": \"\"", .facts = "!web: apparmor\n"},
        {.own = ", \"AppArmorProfile\": \"containers-default-0.50.1\", \"OCIRuntime\": \"crun\"",
         .facts = "web: apparmor.type=default@1:30\nweb: runtime=crun@1:78\n"},
        {.host = "\"MaskedPaths\": null, \"ReadonlyPaths\": null", .facts = "!web: proc_mount\n"},
        {.host = "\"MaskedPaths\": [\"/proc/kcore\"], \"ReadonlyPaths\": [\"/proc/sys\"]", .facts = "!web: proc_mount\n"},
        {.host = "\"MaskedPaths\": [], \"ReadonlyPaths\": []", .facts = "web: proc_mount=Unmasked@2:16\n"},
        {.host = "\"MaskedPaths\": null, \"ReadonlyPaths\": []", .facts = "web: proc_mount=Unmasked@2:37\n"},
    };
    EXPECT(rows);
}

Test(docker_inspect, namespaces)
{
    static const struct row rows[] = {
        {.host = "\"NetworkMode\": \"host\", \"PidMode\": \"host\", \"IpcMode\": \"shareable\", \"UTSMode\": \"host\", "
                 "\"UsernsMode\": \"host\", \"CgroupnsMode\": \"host\"",
         .facts = "web: namespaces.network=host@2:16\nweb: namespaces.pid=host@2:39\nweb: namespaces.ipc=shareable@2:58\n"
                  "web: namespaces.uts=host@2:82\nweb: namespaces.user=host@2:101\nweb: namespaces.cgroup=host@2:123\n"},
        {.host = "\"NetworkMode\": \"container:ab12\", \"PidMode\": \"\", \"IpcMode\": \"private\", \"UTSMode\": \"\"",
         .facts = "web: namespaces.network=container:ab12@2:16\nweb: namespaces.ipc=private@2:64\n!web: namespaces.pid\n"
                  "!web: namespaces.uts\n"},
        {.host = "\"NetworkMode\": \"none\", \"IpcMode\": \"none\"",
         .facts = "web: namespaces.network=private@2:16\nweb: namespaces.ipc=private@2:39\n"},
        {.host = "\"NetworkMode\": \"default\"", .facts = "!web: namespaces\n"},
        {.host = "\"CgroupMode\": \"host\", \"UsernsMode\": \"private\", \"IDMappings\": {\"UidMap\": [\"0:1:1000\"]}",
         .own = ", \"OCIRuntime\": \"crun\"",
         .facts = "web: namespaces.cgroup=host@2:16\nweb: namespaces.user=private@2:38\n"},
        {.host = "\"UsernsMode\": \"\", \"IDMappings\": {\"UidMap\": [\"0:1:1000\"]}",
         .facts = "web: namespaces.user=private@2:34\n"},
    };
    EXPECT(rows);
}

Test(docker_inspect, attached)
{
    static const struct row rows[] = {
        {.own = ", \"Mounts\": [{\"Type\": \"bind\", \"Source\": \"/var/run/../run/docker.sock\", \"Destination\": \"/s\", \"Mode\": \"ro\", "
                "\"RW\": false, \"Propagation\": \"rshared\"}]",
         .host = "\"Binds\": [\"/var/run/docker.sock:/s:ro\"]",
         .facts = "web: host_paths[0].source=/var/run/docker.sock@1:41\nweb: host_paths[0].target=/s@1:41\n"
                  "web: host_paths[0].read_only=true@1:41\nweb: host_paths[0].propagation=rshared@1:41\n"
                  "web: mounts[0].kind=bind@1:41\nweb: mounts[0].options=ro@1:41\n!web: mounts[1]\n!web: host_paths[1]\n"},
        {.own = ", \"Mounts\": [{\"Type\": \"volume\", \"Name\": \"data\", \"Source\": \"/var/lib/docker/volumes/data/_data\", "
                "\"Destination\": \"/d\", \"RW\": true}]",
         .facts = "web: mounts[0].kind=volume@1:41\nweb: mounts[0].read_only=false@1:41\n!web: host_paths\n"},
        {.own = ", \"Mounts\": [{\"Type\": \"volume\", \"Name\": \"etc\", \"Source\": \"/var/lib/docker/volumes/etc/_data\", "
                "\"Destination\": \"/d\", \"RW\": true}]",
         .host = "\"Mounts\": [{\"Type\": \"volume\", \"Source\": \"etc\", \"Target\": \"/d\", \"VolumeOptions\": {\"DriverConfig\": "
                 "{\"Options\": {\"type\": \"none\", \"o\": \"bind\", \"device\": \"/etc\"}}}}]",
         .facts = "web: host_paths[0].source=/etc@1:41\nweb: host_paths[0].name=etc@1:41\nweb: mounts[0].kind=volume@1:41\n"},
        {.host = "\"Binds\": [\"/:/host:rslave,ro\", \"data:/d\"]",
         .facts = "web: host_paths[0].source=/@2:26\nweb: host_paths[0].propagation=rslave@2:26\nweb: host_paths[0].read_only=true@2:26\n"
                  "web: mounts[1].kind=volume@2:47\nweb: mounts[1].source=data@2:47\n!web: host_paths[1]\n"},
        {.host = "\"Tmpfs\": {\"/run\": \"rw,exec,size=64m\"}",
         .facts = "web: mounts[0].kind=tmpfs@2:26\nweb: mounts[0].target=/run@2:26\nweb: mounts[0].options=rw,exec,size=64m@2:26\n"},
        {.host = "\"Devices\": [{\"PathOnHost\": \"/dev/kvm\", \"PathInContainer\": \"/dev/kvm\", \"CgroupPermissions\": \"rwm\"}], "
                 "\"DeviceRequests\": [{\"Driver\": \"\", \"Count\": -1, \"Capabilities\": [[\"gpu\"]]}], \"DeviceCgroupRules\": [\"a *:* rwm\"]",
         .facts = "web: devices[0].source=/dev/kvm@2:29\nweb: devices[0].target=/dev/kvm@2:55\n"
                  "web: devices[0].permissions=rwm@2:86\nweb: devices[1].source=gpu:all@2:150\nweb: device_rules[0]=a *:* rwm@2:214\n"},
        {.host = "\"DeviceRequests\": [{\"Driver\": \"cdi\", \"DeviceIDs\": [\"nvidia.com/gpu=0\"]}]",
         .facts = "web: devices[0].source=nvidia.com/gpu=0@2:67\n!web: devices[1]\n"},
        {.host = "\"PortBindings\": {\"80/tcp\": [{\"HostIp\": \"\", \"HostPort\": \"8080\"}, {\"HostIp\": \"127.0.0.1\", \"HostPort\": \"\"}]}",
         .config = "\"ExposedPorts\": {\"80/tcp\": {}, \"53/udp\": {}}",
         .facts = "web: ports[0].container=80@2:33\nweb: ports[0].host=8080@2:59\nweb: ports[0].protocol=tcp@2:33\n!web: ports[0].address\n"
                  "web: ports[1].host=0@2:104\nweb: ports[1].address=127.0.0.1@2:81\n"
                  "web: ports[2].container=53@3:43\nweb: ports[2].protocol=udp@3:43\n!web: ports[2].host\n!web: ports[3]\n"},
        {.host = "\"PublishAllPorts\": true", .config = "\"ExposedPorts\": {\"80/tcp\": {}}",
         .facts = "web: ports[0].container=80@3:29\nweb: ports[0].host=0@3:29\n"},
        {.host = "\"Sysctls\": {\"kernel.msgmax\": \"1\"}",
         .facts = "web: sysctls[0].name=kernel.msgmax@2:28\nweb: sysctls[0].value=1@2:28\n"},
    };
    EXPECT(rows);
}

Test(docker_inspect, limits)
{
    static const struct row rows[] = {
        {.host = "\"Memory\": 0, \"NanoCpus\": 0, \"CpuQuota\": 0, \"CpuShares\": 0, \"PidsLimit\": null, \"MemorySwap\": 0, \"ShmSize\": 0",
         .facts = "!web: memory\n!web: cpu\n!web: pids\n!web: shm_size\n"},
        {.host = "\"Memory\": 536870912, \"MemoryReservation\": 268435456, \"MemorySwap\": -1, \"MemorySwappiness\": 60",
         .facts = "web: memory.limit=536870912@2:16\nweb: memory.request=268435456@2:37\nweb: memory_swap=-1@2:69\nweb: swappiness=60@2:87\n"},
        {.host = "\"NanoCpus\": 1500000000", .facts = "web: cpu.limit=1500@2:16\n"},
        {.host = "\"CpuQuota\": 50000, \"CpuPeriod\": 100000", .facts = "web: cpu.limit=500@2:16\n"},
        {.host = "\"CpuQuota\": 50000, \"CpuPeriod\": 0", .facts = "web: cpu.limit=500@2:16\n"},
        {.host = "\"CpusetCpus\": \"0-2,7\", \"CpuShares\": 512", .facts = "web: cpu.limit=4000@2:16\nweb: cpu.request=500@2:39\n"},
        {.host = "\"CpusetCpus\": \"3-1\"", .facts = "!web: cpu\n"},
        {.host = "\"PidsLimit\": 0", .facts = "web: pids.limit=-1@2:16\n"},
        {.host = "\"PidsLimit\": -1", .facts = "web: pids.limit=-1@2:16\n"},
        {.host = "\"PidsLimit\": 100", .facts = "web: pids.limit=100@2:16\n"},
        {.host = "\"Ulimits\": [{\"Name\": \"nofile\", \"Hard\": 2048, \"Soft\": 1024}, {\"Name\": \"RLIMIT_NPROC\", \"Hard\": -1, \"Soft\": -1}]",
         .facts = "web: ulimits[0].name=nofile@2:28\nweb: ulimits[0].soft=1024@2:61\nweb: ulimits[0].hard=2048@2:47\n"
                  "web: ulimits[1].name=nproc@2:76\nweb: ulimits[1].soft=-1@2:113\n"},
        {.host = "\"OomKillDisable\": true, \"OomScoreAdj\": -500, \"ShmSize\": 67108864, \"StorageOpt\": {\"size\": \"10G\"}",
         .facts = "web: oom_kill_disable=true@2:16\nweb: oom_score_adj=-500@2:40\nweb: shm_size=67108864@2:61\n"
                  "web: ephemeral_storage.limit=10737418240@2:97\n"},
    };
    EXPECT(rows);
}

Test(docker_inspect, what_runs)
{
    static const struct row rows[] = {
        {.config = "\"Image\": \"registry:5000/app\", \"Entrypoint\": [\"/bin/sh\", \"-c\"], \"Cmd\": [\"run it\"], \"Env\": [\"A=b=c\", \"D\"]",
         .facts = "web: image.registry=registry:5000@3:12\nweb: image.repository=app@3:12\n!web: image.tag\n"
                  "web: command=/bin/sh -c run it@3:42\nweb: environment[0].name=A@3:102\nweb: environment[0].value=b=c@3:102\n"
                  "web: environment[1].name=D@3:111\n!web: environment[1].value\n"},
        {.config = "\"Healthcheck\": {\"Test\": [\"CMD-SHELL\", \"curl -f x\"]}",
         .facts = "web: health_check=present@3:12\nweb: commands[0]=curl -f x@3:28\n"},
        {.config = "\"Healthcheck\": {\"Test\": [\"NONE\"]}", .facts = "web: health_check=disabled@3:12\n!web: commands\n"},
        {.host = "\"RestartPolicy\": {\"Name\": \"on-failure\", \"MaximumRetryCount\": 5}, \"Runtime\": \"runsc\"",
         .facts = "web: restart.policy=on-failure@2:34\nweb: restart.max_attempts=5@2:56\nweb: runtime=runsc@2:81\n"},
        {.host = "\"GroupAdd\": [\"docker\"], \"ExtraHosts\": [\"h:host-gateway\"], \"VolumesFrom\": [\"db\"], \"Links\": [\"/a:/web/a\"]",
         .facts = "web: groups[0]=docker@2:29\nweb: extra_hosts[0]=h:host-gateway@2:55\nweb: host_gateway=true@2:40\n"
                  "web: volumes_from[0]=db@2:90\nweb: links[0]=/a:/web/a@2:107\n"},
        {.config = "\"Labels\": {\"a.b\": \"c\"}", .facts = "web: labels.a.b=c@3:23\n"},
        {.own = ", \"EffectiveCaps\": [\"CAP_CHOWN\"], \"BoundingCaps\": [\"CAP_CHOWN\", \"CAP_SETUID\"], \"ImageName\": \"docker.io/library/nginx:1\"",
         .host = "\"CapAdd\": [\"CAP_NET_ADMIN\"], \"CapDrop\": []",
         .facts = "web: capabilities.effective[0]=CHOWN@1:79\nweb: capabilities.effective[1]=SETUID@1:92\n!web: capabilities.effective[2]\n"
                  "web: capabilities.add[0]=NET_ADMIN@2:27\nweb: image.tag=1@1:107\n"},
    };
    EXPECT(rows);
}

Test(docker_inspect, other_objects_are_told)
{
    static const struct {
        const char *text;
        unsigned subjects;
        const char *skips, *misses;
    } rows[] = {
        {"[{\"Id\": \"1\", \"RepoTags\": [\"a\"], \"RootFS\": {}, \"Config\": {}}]", 0,
         "it describes images as docker inspect prints them, and no container\n", ""},
        {"[{\"Name\": \"bridge\", \"Scope\": \"local\", \"Driver\": \"bridge\", \"IPAM\": {}}]", 0,
         "it describes networks as docker inspect prints them, and no container\n", ""},
        {"[{\"Name\": \"v\", \"Mountpoint\": \"/x\", \"Driver\": \"local\"}]", 0,
         "it describes volumes as docker inspect prints them, and no container\n", ""},
        {"{\"Name\": \"/one\", \"HostConfig\": {}, \"Config\": {}}", 1, "", ""},
        {"[{\"HostConfig\": {}, \"Config\": {}}, {\"HostConfig\": {}, \"Config\": {}}, {\"RepoTags\": [], \"RootFS\": {}}]", 2, "", ""},
        {"[{\"HostConfig\": {}, \"Config\": {}},\n 5]", 1, "",
         "2: an object of docker inspect is no container, image, network or volume\n"},
        {"[]", 0, "not recognised\n", ""},
        {"[{\"a\": 1}]", 0, "not recognised\n", ""},
        {"{\"HostConfig\": 1, \"Config\": [], \"Mounts\": 3}", 1, "", ""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO_COLLECTED struct collected collected;
        collected_from(&collected, &document_kind_inspect, "-", rows[i].text);
        cr_expect_eq(collected.subjects, rows[i].subjects, "%s", rows[i].text);
        cr_expect_str_eq(buf_text(&collected.skips), rows[i].skips, "%s", rows[i].text);
        cr_expect_str_eq(buf_text(&collected.misses), rows[i].misses, "%s", rows[i].text);
    }
}
