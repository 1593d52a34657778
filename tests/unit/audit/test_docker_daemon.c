#include <criterion/criterion.h>
#include <string.h>

#include "base/node_in.h"
#include "data.h"
#include "support/collected.h"

Test(docker_daemon, keys_are_sorted)
{
    for (size_t i = 1; i < data_docker_daemon_keys_count; i++)
        cr_expect_lt(strcmp(data_docker_daemon_keys[i - 1].key, data_docker_daemon_keys[i].key), 0, "%s",
                     data_docker_daemon_keys[i].key);
}

Test(docker_daemon, is_known_by_its_content)
{
    static const struct {
        const char *text;
        bool is;
    } rows[] = {
        {"{\"icc\": false}", true},
        {"{\"hosts\": [\"tcp://0.0.0.0:2375\"]}", true},
        {"{\"hosts\": [\"unix:///var/run/docker.sock\"], \"debug\": true}", true},
        {"{\"hosts\": [\"example.org\"]}", false},
        {"{\"runtimes\": {\"kata\": {\"runtimeType\": \"io.containerd.kata.v2\"}}}", true},
        {"{\"runtimes\": {\"node\": \"18\"}}", false},
        {"{\"iptables\": false, \"userns-remap\": \"default\"}", true},
        {"{\"userns-remap\": \"default\", \"icc\": true, \"typo\": 1}", true},
        /* Words that many files know, types that are others', keys of somebody else. */
        {"{}", false},
        {"{\"debug\": true}", false},
        {"{\"labels\": [\"a\"], \"dns\": [\"8.8.8.8\"]}", false},
        {"{\"icc\": \"a profile\"}", false},
        {"{\"icc\": false, \"a\": 1, \"b\": 2}", false},
        {"{\"icc\": false, \"apiVersion\": \"v1\", \"kind\": \"Pod\"}", false},
        {"[\"icc\"]", false},
        {"icc", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO_COLLECTED struct collected collected;
        collected_from(&collected, &document_kind_daemon, "daemon.json", rows[i].text);
        cr_expect_eq(collected.subjects, rows[i].is, "%s", rows[i].text);
    }
}

Test(docker_daemon, facts)
{
    const char *text = "{\n"
                       "  \"icc\": true,\n"
                       "  \"hosts\": [\"fd://\", \"tcp://0.0.0.0:2375\"],\n"
                       "  \"no-new-privilege\": true,\n"
                       "  \"default-ulimits\": {\"nofile\": {\"Name\": \"nofile\", \"Hard\": 64000}},\n"
                       "  \"runtimes\": {\"runsc\": {\"path\": \"/usr/bin/runsc\"},\n"
                       "    \"kata\": {\"runtimeType\": \"io.containerd.kata.v2\"}},\n"
                       "  \"default-runtime\": \"runsc\"\n"
                       "}\n";
    AUTO_COLLECTED struct collected collected;
    collected_from(&collected, &document_kind_daemon, "daemon.json", text);
    cr_expect(collected_has("daemon", &collected.facts,
                            "-: where@1:1\n-: format=daemon@1:1\n-: icc=true@2:3\n-: hosts[1]=tcp://0.0.0.0:2375@3:22\n"
                            "-: unknown_keys[0]=no-new-privilege@4:3\n!-: no-new-privilege\n"
                            "-: default-ulimits.nofile.Hard=64000@5:52\n-: runtimes[0].name=runsc@6:16\n"
                            "-: runtimes[0].path=/usr/bin/runsc@6:26\n-: runtimes[1].name=kata@7:5\n"
                            "-: runtimes[1].path=io.containerd.kata.v2@7:14\n-: default-runtime=runsc@8:3\n"));
    cr_expect_eq(collected.misses.length, 0);
}

Test(docker_daemon, runtimes_are_handlers)
{
    AUTO_COLLECTED struct collected collected;
    collected_from(&collected, &document_kind_daemon, "daemon.json",
                   "{\"icc\": false, \"runtimes\": {\"runsc\": {\"path\": \"/usr/bin/runsc\"}}}");
    const char *value = NULL;
    cr_expect(context_find(collected.collector.context, CONTEXT_HANDLER, "", "runsc", &value));
    cr_expect_str_eq(value, "/usr/bin/runsc");
}
