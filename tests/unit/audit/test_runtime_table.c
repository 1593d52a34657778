#include <criterion/criterion.h>

#include "support/collected.h"

struct row {
    const char *text;
    const char *facts;
    const char *handler, *value; /* in the context */
};

Test(runtime_table, engines)
{
    static const struct row rows[] = {
        {"version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".containerd]\ndefault_runtime_name = \"runc\"\n"
         "[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.runc]\nruntime_type = \"io.containerd.runc.v2\"\n"
         "[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.gvisor]\nruntime_type = \"io.containerd.runc.v2\"\n"
         "[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.gvisor.options]\nBinaryName = \"/usr/bin/runc\"\n"
         "[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.runsc]\nruntime_type = \"io.containerd.runsc.v1\"\n"
         "privileged_without_host_devices = true\n",
         "containerd: engine=containerd@0:0\ncontainerd: format=containerd@0:0\ncontainerd: default_handler=runc@3:1\n"
         "containerd: handlers[0].name=runc@4:58\ncontainerd: handlers[0].type=io.containerd.runc.v2@5:1\n!containerd: handlers[0].binary\n"
         "containerd: handlers[0].sandboxed=false@4:58\n"
         "containerd: handlers[1].binary=/usr/bin/runc@9:1\ncontainerd: handlers[1].sandboxed=false@6:58\n"
         "containerd: handlers[2].sandboxed=true@10:58\ncontainerd: handlers[2].privileged_without_host_devices=true@12:1\n",
         "gvisor", "/usr/bin/runc"},
        {"version = 3\n[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.kata-qemu]\nruntime_type = 'io.containerd.kata-qemu.v2'\n"
         "runtime_path = '/opt/kata/bin/containerd-shim-kata-v2'\n",
         "containerd: handlers[0].binary=/opt/kata/bin/containerd-shim-kata-v2@4:1\ncontainerd: handlers[0].sandboxed=true@2:61\n",
         "kata-qemu", "/opt/kata/bin/containerd-shim-kata-v2"},
        {"[plugins.cri.containerd.runtimes.youki]\nruntime_type = \"io.containerd.runc.v2\"\n[plugins.cri.containerd.runtimes.mine]\n"
         "runtime_type = \"io.containerd.mine.v1\"\n[plugins.cri.containerd.runtimes.bare]\n",
         "containerd: handlers[0].sandboxed=false@1:34\n!containerd: handlers[1].sandboxed\n!containerd: handlers[2].type\n", "mine",
         "io.containerd.mine.v1"},
        {"disabled_plugins = [\"cri\"]\n", "containerd: engine=containerd@0:0\ncontainerd: handlers=[]@1:1\n!containerd: default_handler\n", NULL, NULL},
        {"[crio.runtime]\ndefault_runtime = \"crun\"\n[crio.runtime.runtimes.crun]\nruntime_path = \"/usr/bin/crun\"\nruntime_type = \"oci\"\n"
         "[crio.runtime.runtimes.kata]\nruntime_path = \"/x/y\"\nruntime_type = \"vm\"\nprivileged_without_host_devices = true\n"
         "[crio.runtime.runtimes.runsc]\nruntime_path = \"\"\n",
         "cri-o: engine=cri-o@0:0\ncri-o: default_handler=crun@2:1\ncri-o: handlers[0].binary=/usr/bin/crun@4:1\ncri-o: handlers[0].sandboxed=false@3:24\n"
         "cri-o: handlers[1].sandboxed=true@6:24\ncri-o: handlers[1].privileged_without_host_devices=true@9:1\n!cri-o: handlers[2].binary\n",
         "crun", "/usr/bin/crun"},
        {"[engine]\nruntime = \"crun\"\n[engine.runtimes]\ncrun = [\"/usr/bin/crun\", \"/bin/crun\"]\nkrun = [\"/usr/bin/krun\"]\nnone = []\n",
         "podman: engine=podman@0:0\npodman: default_handler=crun@2:1\npodman: handlers[0].binary=/usr/bin/crun@4:9\n"
         "podman: handlers[1].sandboxed=true@5:1\npodman: handlers[2].name=none@6:1\n!podman: handlers[2].binary\n",
         "krun", "/usr/bin/krun"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO_COLLECTED struct collected collected;
        collected_read(&collected, &document_kind_runtime_table, "config.toml", rows[i].text, toml_read);
        cr_expect_str_eq(buf_text(&collected.misses), "");
        cr_expect_eq(collected.subjects, 1, "%s", rows[i].text);
        cr_expect(collected_has(rows[i].text, &collected.facts, rows[i].facts));
        const char *value = "";
        if (rows[i].handler)
            cr_expect(context_find(collected.collector.context, CONTEXT_HANDLER, "", rows[i].handler, &value));
        cr_expect_str_eq(value, rows[i].value ? rows[i].value : "", "%s", value);
    }
}

static void write_file(const char *directory, const char *name, const char *text)
{
    AUTO_FREE char *path = mem_printf("%s/%s", directory, name);
    AUTO_FCLOSE FILE *file = fopen(path, "we");
    cr_assert_not_null(file);
    cr_assert(fputs(text, file) >= 0);
}

#define RUNTIMES "[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes."

Test(runtime_table, imports_are_followed)
{
    char directory[] = "/tmp/profgen-import-XXXXXX";
    cr_assert_not_null(mkdtemp(directory));
    write_file(directory, "a.toml", "\n\n" RUNTIMES "runsc]\nruntime_type = \"io.containerd.runsc.v1\"\n");
    write_file(directory, "bad.toml", "what\n");
    AUTO_FREE char *config = mem_printf("%s/config", directory);
    AUTO_COLLECTED struct collected collected;
    collected_read(&collected, &document_kind_runtime_table, config,
                   "version = 2\nimports = [\"a*.toml\", \"none*\", \"/no/such\", \"b*.toml\", \"/*/x\", 5]\n" RUNTIMES "runc]\n",
                   toml_read);
    cr_expect(collected_has("imports", &collected.facts,
                            "containerd: handlers[0].name=runc@3:58\ncontainerd: handlers[1].name=runsc@2:12\n"
                            "containerd: handlers[1].sandboxed=true@2:12\n!containerd: handlers[2]\n"));
    cr_expect(context_find(collected.collector.context, CONTEXT_HANDLER, "", "runsc", NULL));
    cr_expect(strstr(buf_text(&collected.misses), "2: cannot open /no/such: No such file or directory\n"));
    cr_expect(strstr(buf_text(&collected.misses), "bad.toml:1:"), "%s", buf_text(&collected.misses));
    cr_expect(strstr(buf_text(&collected.misses), "2: imports with a pattern for a directory are not followed\n"));
    static const char *const names[] = {"a.toml", "bad.toml"};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        AUTO_FREE char *path = mem_printf("%s/%s", directory, names[i]);
        cr_expect_eq(unlink(path), 0);
    }
    cr_expect_eq(rmdir(directory), 0);
}

Test(runtime_table, what_is_not_one)
{
    static const char *const rows[] = {
        "[package]\nname = \"x\"\n", "version = 2\n", "[plugins.x]\ny = 1\n", "[engine]\nx = 1\n", "crio = 1\n", "plugins = 1\nversion = 2\n",
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO_COLLECTED struct collected collected;
        collected_read(&collected, &document_kind_runtime_table, "x.toml", rows[i], toml_read);
        cr_expect_str_eq(buf_text(&collected.skips), "not recognised\n", "%s", rows[i]);
    }
}
