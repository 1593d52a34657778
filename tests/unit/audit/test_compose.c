/* What one service of one file says, in each of its spellings. */
#include <criterion/criterion.h>
#include <string.h>

#include "support/collected.h"

struct row {
    const char *service; /* its lines, each ending in a line break; the first stands on line 3 */
    const char *facts;
};

static void expect(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        AUTO_BUF struct buf text = BUF_INIT;
        buf_add_text(&text, "services:\n  web:\n");
        for (const char *at = rows[i].service; *at;) {
            size_t length = strcspn(at, "\n") + 1;
            buf_add_text(&text, "    ");
            buf_add(&text, at, length);
            at += length;
        }
        AUTO_COLLECTED struct collected collected;
        collected_from(&collected, &document_kind_compose, "-", buf_text(&text));
        cr_expect_eq(collected.subjects, 1, "%s", buf_text(&text));
        cr_expect_eq(collected.misses.length, 0, "%s%s", buf_text(&text), buf_text(&collected.misses));
        cr_expect(collected_has(rows[i].service, &collected.facts, rows[i].facts));
    }
}

#define EXPECT(rows) expect(rows, ARRAY_COUNT(rows))

Test(compose, confinement)
{
    static const struct row rows[] = {
        {"image: app\n", "web: where@2:3\nweb: format=compose@2:3\nweb: role=container@2:3\nweb: name=web@2:3\n"
                         "web: image.reference=app@3:5\nweb: capabilities.effective[13]=SETFCAP@2:3\n!web: privileged\n!web: user\n"
                         "!web: seccomp\n!web: memory\n!web: mounts\n!web: host_paths\n!web: from\n!web: namespaces\n"},
        {"image: registry:5000/app:1@sha256:0123456789012345678901234567890123456789012345678901234567890123\n",
         "web: image.registry=registry:5000@3:5\nweb: image.tag=1@3:5\n"},
        {"image: a\npull_policy: always\n", "web: pull_policy=always@4:5\n"},
        {"privileged: true\n", "web: privileged=true@3:5\nweb: capabilities.effective[40]=CHECKPOINT_RESTORE@2:3\n"},
        {"privileged: \"true\"\n", "web: privileged=true@3:5\n"},
        {"privileged: false\n", "web: privileged=false@3:5\n!web: capabilities.effective[14]\n"},
        {"cap_add: [SYS_ADMIN]\ncap_drop:\n  - ALL\n",
         "web: capabilities.add[0]=SYS_ADMIN@3:15\nweb: capabilities.drop[0]=ALL@5:9\nweb: capabilities.effective[0]=SYS_ADMIN@2:3\n"
         "!web: capabilities.effective[1]\n"},
        {"cap_add:\n  - cap_net_admin\n", "web: capabilities.add[0]=NET_ADMIN@4:9\n!web: capabilities.drop\n"},
        {"read_only: true\n", "web: read_only_root=true@3:5\n"},
        {"user: root\n", "web: user.id=0@3:5\nweb: user.name=root@3:5\n"},
        {"user: 1000\n", "web: user.id=1000@3:5\n!web: user.group\n"},
        {"user: \"1000:1001\"\n", "web: user.id=1000@3:5\nweb: user.group=1001@3:5\n"},
        {"user: app:docker\n", "web: user.name=app@3:5\nweb: user.group=docker@3:5\n!web: user.id\n"},
        {"use_api_socket: true\n", "web: use_api_socket=true@3:5\n"},
        {"runtime: runsc\n", "web: runtime=runsc@3:5\n"},
        {"group_add:\n  - docker\n  - 999\n", "web: groups[0]=docker@4:9\nweb: groups[1]=999@5:9\n"},
        {"profiles: [debug]\nprivileged: true\n", "web: privileged=true@4:5\n"},
    };
    EXPECT(rows);
}

Test(compose, security_opt)
{
    static const struct row rows[] = {
        {"security_opt: [\"no-new-privileges:true\"]\n",
         "web: no_new_privileges=true@3:20\nweb: security_opt[0]=no-new-privileges:true@3:20\n!web: seccomp\n"},
        {"security_opt:\n  - no-new-privileges=true\n", "web: no_new_privileges=true@4:9\n"},
        {"security_opt:\n  - no-new-privileges\n", "web: no_new_privileges=true@4:9\n"},
        {"security_opt:\n  - no-new-privileges:false\n", "web: no_new_privileges=false@4:9\n"},
        {"security_opt:\n  - seccomp:unconfined\n", "web: seccomp.type=unconfined@4:9\n"},
        {"security_opt:\n  - seccomp=unconfined\n", "web: seccomp.type=unconfined@4:9\n!web: seccomp.profile\n"},
        {"security_opt:\n  - seccomp=builtin\n", "web: seccomp.type=default@4:9\n"},
        {"security_opt:\n  - seccomp:./p.json\n", "web: seccomp.type=localhost@4:9\nweb: seccomp.profile=./p.json@4:9\n"},
        {"security_opt:\n  - apparmor:unconfined\n", "web: apparmor.type=unconfined@4:9\n"},
        {"security_opt:\n  - apparmor=docker-default\n", "web: apparmor.type=default@4:9\n"},
        {"security_opt:\n  - apparmor=mine\n", "web: apparmor.type=localhost@4:9\nweb: apparmor.profile=mine@4:9\n"},
        {"security_opt:\n  - label:disable\n", "web: selinux.disabled=true@4:9\n"},
        {"security_opt:\n  - label=disable\n", "web: selinux.disabled=true@4:9\n"},
        {"security_opt:\n  - label:type:spc_t\n  - label=user:u\n  - label=role:r\n  - label:level:s0:c1\n",
         "web: selinux.type=spc_t@4:9\nweb: selinux.user=u@5:9\nweb: selinux.role=r@6:9\nweb: selinux.level=s0:c1@7:9\n"},
        {"security_opt:\n  - systempaths=unconfined\n", "web: proc_mount=Unmasked@4:9\n"},
        {"security_opt:\n  - systempaths:unconfined\n", "web: proc_mount=Unmasked@4:9\n"},
        {"security_opt:\n  - seccomp:unconfined\n  - seccomp:p.json\n", "web: seccomp.type=localhost@5:9\n"},
        {"security_opt: 5\n", "!web: seccomp\n"},
        {"security_opt:\n  - 5\n  - {a: b}\n  -\n", "!web: seccomp\n"},
    };
    EXPECT(rows);
}

Test(compose, namespaces)
{
    static const struct row rows[] = {
        {"network_mode: host\npid: host\nipc: host\nuts: host\nuserns_mode: host\ncgroup: host\n",
         "web: namespaces.network=host@3:5\nweb: namespaces.pid=host@4:5\nweb: namespaces.ipc=host@5:5\n"
         "web: namespaces.uts=host@6:5\nweb: namespaces.user=host@7:5\nweb: namespaces.cgroup=host@8:5\n"},
        {"network_mode: \"service:db\"\npid: container:x\nipc: shareable\n",
         "web: namespaces.network=container:db@3:5\nweb: namespaces.pid=container:x@4:5\nweb: namespaces.ipc=shareable@5:5\n"},
        {"network_mode: none\ncgroup: private\nipc: private\n",
         "web: namespaces.network=private@3:5\nweb: namespaces.cgroup=private@4:5\nweb: namespaces.ipc=private@5:5\n"},
    };
    EXPECT(rows);
}

Test(compose, volumes)
{
    static const struct row rows[] = {
        {"volumes:\n  - /var/run/docker.sock:/var/run/docker.sock\n",
         "web: host_paths[0].source=/var/run/docker.sock@4:9\nweb: host_paths[0].target=/var/run/docker.sock@4:9\n"
         "web: host_paths[0].read_only=false@4:9\nweb: mounts[0].kind=bind@4:9\n!web: host_paths[0].name\n"},
        {"volumes:\n  - /etc/../:/host:ro,rshared\n",
         "web: host_paths[0].source=/@4:9\nweb: host_paths[0].read_only=true@4:9\nweb: host_paths[0].propagation=rshared@4:9\n"
         "web: mounts[0].options=ro,rshared@4:9\n"},
        {"volumes: [\"./src:/app:z\", \"~/.ssh:/root/.ssh\", \"../x:/x\"]\n",
         "web: host_paths[0].source=./src@3:15\nweb: host_paths[1].source=~/.ssh@3:31\nweb: host_paths[2].source=../x@3:52\n"},
        {"volumes:\n  - data:/data\n  - /anonymous\n",
         "web: mounts[0].kind=volume@4:9\nweb: mounts[0].source=data@4:9\nweb: mounts[1].kind=volume@5:9\n"
         "web: mounts[1].target=/anonymous@5:9\n!web: mounts[1].source\n!web: host_paths\n"},
        {"volumes:\n  - C:\\data:/data:ro\n", "web: host_paths[0].source=C:\\data@4:9\nweb: mounts[0].target=/data@4:9\n"},
        {"volumes:\n  - type: bind\n    source: /\n    target: /host\n    read_only: true\n    bind:\n      propagation: rslave\n",
         "web: host_paths[0].source=/@4:9\nweb: host_paths[0].read_only=true@4:9\nweb: host_paths[0].propagation=rslave@4:9\n"},
        {"volumes:\n  - {type: volume, source: data, target: /d}\n  - {type: tmpfs, target: /t, tmpfs: {size: 10m}}\n",
         "web: mounts[0].kind=volume@4:9\nweb: mounts[1].kind=tmpfs@5:9\nweb: mounts[1].options=size=10m@5:9\n!web: host_paths\n"},
        {"tmpfs: /run:size=64m,noexec\n", "web: mounts[0].kind=tmpfs@3:5\nweb: mounts[0].target=/run@3:5\n"
                                          "web: mounts[0].options=size=64m,noexec@3:5\n"},
        {"tmpfs:\n  - /run\n  - /tmp\n", "web: mounts[0].target=/run@4:9\nweb: mounts[1].target=/tmp@5:9\n"},
        {"devices:\n  - /dev/kvm\n  - /dev/a:/dev/b:rw\n  - /dev/c:r\n  - nvidia.com/gpu=all\n  - {source: /dev/d, target: /dev/e, permissions: m}\n",
         "web: devices[0].source=/dev/kvm@4:9\n!web: devices[0].target\nweb: devices[1].source=/dev/a@5:9\nweb: devices[1].target=/dev/b@5:9\n"
         "web: devices[1].permissions=rw@5:9\nweb: devices[2].permissions=r@6:9\nweb: devices[3].source=nvidia.com/gpu=all@7:9\n"
         "web: devices[4].source=/dev/d@8:10\nweb: devices[4].target=/dev/e@8:26\nweb: devices[4].permissions=m@8:42\n"},
        {"device_cgroup_rules:\n  - 'c 1:3 mr'\n", "web: device_rules[0]=c 1:3 mr@4:9\n"},
        {"gpus: all\n", "web: devices[0].source=gpu:all@3:5\n"},
        {"gpus:\n  - driver: nvidia\n    count: 2\n", "web: devices[0].source=gpu:2@5:9\n"},
        {"deploy:\n  resources:\n    reservations:\n      devices:\n        - driver: nvidia\n          device_ids: ['0']\n          capabilities: [gpu]\n",
         "web: devices[0].source=0@8:28\n!web: devices[1]\n"},
        {"volumes_from:\n  - db:ro\nlinks: [a, 'b:c']\n", "web: volumes_from[0]=db:ro@4:9\nweb: links[1]=b:c@5:16\n"},
    };
    EXPECT(rows);
}

Test(compose, named_volumes_that_are_host_paths)
{
    const char *text = "services:\n  web:\n    volumes:\n      - etc:/e\n      - nfs:/n\n      - {type: volume, source: etc, target: /f, read_only: true}\n"
                       "volumes:\n  etc:\n    driver_opts: {type: none, o: \"ro,bind\", device: /etc}\n"
                       "  nfs:\n    driver_opts: {type: nfs, o: addr=binder, device: ':/x'}\n";
    AUTO_COLLECTED struct collected collected;
    collected_from(&collected, &document_kind_compose, "-", text);
    cr_expect(collected_has("volumes", &collected.facts,
                            "web: host_paths[0].source=/etc@4:9\nweb: host_paths[0].name=etc@4:9\nweb: host_paths[0].target=/e@4:9\n"
                            "web: mounts[0].source=etc@4:9\nweb: mounts[0].kind=volume@4:9\n"
                            "web: host_paths[1].source=/etc@6:9\nweb: host_paths[1].target=/f@6:9\n!web: host_paths[2]\n"));
}

Test(compose, networks_that_are_the_host)
{
    const char *text = "services:\n  a:\n    networks: [x, y]\n  b:\n    networks: {z: {aliases: [q]}}\n  c:\n    networks: [x]\n"
                       "networks:\n  x:\n  y: {external: true, name: host}\n  z: {driver: host}\n";
    AUTO_COLLECTED struct collected collected;
    collected_from(&collected, &document_kind_compose, "-", text);
    cr_expect(collected_has("networks", &collected.facts,
                            "a: namespaces.network=host@3:19\nb: namespaces.network=host@5:16\n!c: namespaces\n"));
}

Test(compose, ports)
{
    static const struct row rows[] = {
        {"ports:\n  - 3000\n", "web: ports[0].container=3000@4:9\nweb: ports[0].host=0@4:9\nweb: ports[0].protocol=tcp@4:9\n!web: ports[0].address\n"},
        {"ports:\n  - \"80:8080/udp\"\n", "web: ports[0].host=80@4:9\nweb: ports[0].container=8080@4:9\nweb: ports[0].protocol=udp@4:9\n"},
        {"ports:\n  - \"127.0.0.1:8001:81\"\n", "web: ports[0].address=127.0.0.1@4:9\nweb: ports[0].host=8001@4:9\nweb: ports[0].container=81@4:9\n"},
        {"ports:\n  - \"127.0.0.1::81\"\n", "web: ports[0].address=127.0.0.1@4:9\nweb: ports[0].host=0@4:9\n"},
        {"ports:\n  - \"[::1]:80:81\"\n  - \"::1:82:83\"\n",
         "web: ports[0].address=::1@4:9\nweb: ports[0].host=80@4:9\nweb: ports[1].address=::1@5:9\nweb: ports[1].host=82@5:9\n"},
        {"ports:\n  - \"9090-9091:8080-8081\"\n",
         "web: ports[0].host=9090@4:9\nweb: ports[0].container=8080@4:9\nweb: ports[1].host=9091@4:9\nweb: ports[1].container=8081@4:9\n!web: ports[2]\n"},
        {"ports:\n  - \"8000-9000:80\"\n", "web: ports[0].host=8000@4:9\n!web: ports[1]\n"},
        {"ports:\n  - \"1-65535\"\n", "web: ports[62].container=63@4:9\nweb: ports[63].container=65535@4:9\n!web: ports[64]\n"},
        {"ports:\n  - target: 80\n    published: \"8080\"\n    host_ip: 127.0.0.1\n    protocol: udp\n    mode: host\n",
         "web: ports[0].host=8080@4:9\nweb: ports[0].container=80@4:9\nweb: ports[0].address=127.0.0.1@4:9\nweb: ports[0].protocol=udp@4:9\n"},
        {"ports:\n  - {target: 80, published: 8080-8090}\n  - {target: 81}\n",
         "web: ports[0].host=8080@4:9\nweb: ports[1].host=0@5:9\nweb: ports[1].container=81@5:9\n!web: ports[2]\n"},
        {"expose:\n  - \"3000\"\n  - 8000-8001/udp\n",
         "web: ports[0].container=3000@4:9\n!web: ports[0].host\nweb: ports[2].container=8001@5:9\nweb: ports[2].protocol=udp@5:9\n"},
        {"ports:\n  - \"${PORT}:80\"\n", "web: ports[0].host=0@4:9\nweb: ports[0].container=80@4:9\n"},
        {"ports:\n  - \"${ADDR:?none}:81:80\"\n", "web: ports[0].host=81@4:9\nweb: ports[0].address=${ADDR:?none}@4:9\n"},
        {"ports: [\"x\", \"80:\", \"70000\", \"5-3\", \"-1\", \"\", [], {}, \":\", \"1:2:3:4:5:6:7:8:9\"]\n", "web: ports[0].container=9@3:64\n!web: ports[1]\n"},
    };
    EXPECT(rows);
}

Test(compose, limits)
{
    static const struct row rows[] = {
        {"mem_limit: 512m\nmem_reservation: 256MB\nmemswap_limit: -1\nmem_swappiness: 10\nshm_size: 64mb\n",
         "web: memory.limit=536870912@3:5\nweb: memory.request=268435456@4:5\nweb: memory_swap=-1@5:5\nweb: swappiness=10@6:5\nweb: shm_size=67108864@7:5\n"},
        {"mem_limit: 1073741824\n", "web: memory.limit=1073741824@3:5\n"},
        {"mem_limit: 0\ncpus: 0\n", "!web: memory\n!web: cpu\n"},
        {"cpus: 0.5\n", "web: cpu.limit=500@3:5\n"},
        {"cpus: '1.5'\ncpu_shares: 1024\n", "web: cpu.limit=1500@3:5\nweb: cpu.request=1000@4:5\n"},
        {"cpu_quota: 50000\ncpu_period: 100000\n", "web: cpu.limit=500@3:5\n"},
        {"cpu_count: 2\n", "web: cpu.limit=2000@3:5\n"},
        {"cpuset: 0,1\n", "web: cpu.limit=2000@3:5\n"},
        {"pids_limit: 100\n", "web: pids.limit=100@3:5\n"},
        {"pids_limit: -1\n", "web: pids.limit=-1@3:5\n"},
        {"deploy:\n  resources:\n    limits: {cpus: '0.50', memory: 50M, pids: 5}\n    reservations: {cpus: '0.25', memory: 20M}\n",
         "web: cpu.limit=500@5:18\nweb: memory.limit=52428800@5:32\nweb: pids.limit=5@5:45\nweb: cpu.request=250@6:24\nweb: memory.request=20971520@6:38\n"},
        {"mem_limit: 1g\ndeploy: {resources: {limits: {memory: 50M}}}\n", "web: memory.limit=52428800@4:35\n"},
        {"ulimits:\n  nproc: 65535\n  nofile: {soft: 20000, hard: 40000}\n  memlock: -1\n",
         "web: ulimits[0].name=nproc@4:7\nweb: ulimits[0].soft=65535@4:7\nweb: ulimits[0].hard=65535@4:7\nweb: ulimits[1].soft=20000@5:16\n"
         "web: ulimits[1].hard=40000@5:29\nweb: ulimits[2].hard=-1@6:7\n"},
        {"oom_kill_disable: true\noom_score_adj: -500\n", "web: oom_kill_disable=true@3:5\nweb: oom_score_adj=-500@4:5\n"},
        {"storage_opt: {size: 1G}\n", "web: ephemeral_storage.limit=1073741824@3:19\n"},
        {"sysctls:\n  net.core.somaxconn: 1024\n", "web: sysctls[0].name=net.core.somaxconn@4:7\nweb: sysctls[0].value=1024@4:7\n"},
        {"sysctls:\n  - kernel.msgmax=1\n", "web: sysctls[0].name=kernel.msgmax@4:9\nweb: sysctls[0].value=1@4:9\n"},
    };
    EXPECT(rows);
}

Test(compose, what_runs)
{
    static const struct row rows[] = {
        {"environment:\n  A: b\n  SHELL_HAS_IT:\n  N: 1\n",
         "web: environment[0].name=A@4:7\nweb: environment[0].value=b@4:7\nweb: environment[1].name=SHELL_HAS_IT@5:7\n!web: environment[1].value\n"
         "web: environment[2].value=1@6:7\n"},
        {"environment:\n  - A=b=c\n  - D\n  - E=\n",
         "web: environment[0].value=b=c@4:9\n!web: environment[1].value\nweb: environment[2].value=@6:9\n"},
        {"environment:\n  - A=${UNKNOWN}\n  - B=${UNKNOWN:-known}\n", "!web: environment[0].value\nweb: environment[1].value=known@5:9\n"},
        {"entrypoint: /bin/sh -c\ncommand: [\"a\", \"b c\"]\n", "web: command=/bin/sh -c a b c@3:5\n"},
        {"command: \"run   it\"\n", "web: command=run it@3:5\n"},
        {"healthcheck: {test: [\"CMD\", \"curl\", \"x\"]}\n", "web: health_check=present@3:5\nweb: commands[0]=curl x@3:19\n"},
        {"healthcheck: {test: curl x}\n", "web: commands[0]=curl x@3:19\n"},
        {"healthcheck: {disable: true}\n", "web: health_check=disabled@3:5\n"},
        {"healthcheck: {test: [NONE]}\n", "web: health_check=disabled@3:5\n!web: commands\n"},
        {"healthcheck: {test: NONE}\n", "web: health_check=disabled@3:5\n"},
        {"post_start:\n  - command: ./a.sh\n    privileged: true\npre_stop:\n  - command: [b, c]\n", "web: commands[0]=./a.sh@4:9\nweb: commands[1]=b c@7:9\n"},
        {"restart: always\n", "web: restart.policy=always@3:5\n!web: restart.max_attempts\n"},
        {"restart: on-failure:5\n", "web: restart.policy=on-failure@3:5\nweb: restart.max_attempts=5@3:5\n"},
        {"restart: no\n", "web: restart.policy=no@3:5\n"},
        {"restart: always\ndeploy: {restart_policy: {condition: on-failure, max_attempts: 3}}\n",
         "web: restart.policy=on-failure@4:14\nweb: restart.max_attempts=3@4:54\n"},
        {"deploy: {restart_policy: {condition: any}}\n", "web: restart.policy=always@3:14\n"},
        {"extra_hosts:\n  - \"a=host-gateway\"\n  - \"b:1.2.3.4\"\n  - \"c=[::1]\"\n",
         "web: extra_hosts[0]=a:host-gateway@4:9\nweb: extra_hosts[1]=b:1.2.3.4@5:9\nweb: extra_hosts[2]=c:[::1]@6:9\nweb: host_gateway=true@3:5\n"},
        {"extra_hosts: {a: 1.2.3.4}\n", "web: extra_hosts[0]=a:1.2.3.4@3:19\nweb: host_gateway=false@3:5\n"},
        {"labels: {a.b: c}\nannotations: [d=e]\n", "web: labels.a.b=c@3:14\nweb: annotations.d=e@4:19\n"},
        {"labels:\n  - a=b\n", "web: labels.a=b@4:9\n"},
    };
    EXPECT(rows);
}

Test(compose, yaml_of_any_shape)
{
    const char *text = "x-base: &base\n  privileged: true\n  cap_add: [NET_ADMIN]\nservices:\n  web:\n    <<: *base\n    image: a\n"
                       "  json: {\"image\": \"b\", \"privileged\": false}\n  none:\n";
    AUTO_COLLECTED struct collected collected;
    collected_from(&collected, &document_kind_compose, "-", text);
    cr_expect_eq(collected.subjects, 2);
    cr_expect(collected_has("merge key", &collected.facts,
                            "web: privileged=true@2:3\nweb: capabilities.add[0]=NET_ADMIN@3:13\nweb: where@5:3\njson: privileged=false@8:24\n"));
}

Test(compose, is_known_by_its_content)
{
    static const struct {
        const char *text;
        bool is;
    } rows[] = {
        {"services: {a: {image: b}}", true},
        {"services: {a: {build: .}, b: }", true},
        {"version: '3'\nservices: {a: {privileged: true}}", true},
        {"services: {a: {annotations: {}}}", true},
        {"services: {a: {cpu_rt_runtime: 1}}", true},
        {"services: {a: {mem_limit: 1}}", true},
        {"services: {a: {working_dir: /}}", true},
        {"services: {a: {x: 1, y: 2, uts: host}}", true},
        {"include: [a.yaml]", true},
        {"include: [{path: a.yaml}]\nname: x", true},
        {"services: {}", false},
        {"services: [a]", false},
        {"services: {a: 5}", false},
        {"services: {App\\Foo: {autowire: true}}", false},
        {"apiVersion: v1\nkind: Pod\nservices: {a: {image: b}}", false},
        {"include: [{local: a.yml}]\nstages: [a]", false},
        {"include: [a.yaml]\njob: {script: x}", false},
        {"include: a.yaml", false},
        {"image: a", false},
        {"- services", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO_COLLECTED struct collected collected;
        collected_from(&collected, &document_kind_compose, "/nowhere/compose.yaml", rows[i].text);
        cr_expect_eq(collected.skips.length == 0, rows[i].is, "%s", rows[i].text);
    }
}
