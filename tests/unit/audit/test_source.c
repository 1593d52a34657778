#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>

#include "audit/source.h"
#include "audit/source_syntax.h"

#define ROW(text) text, sizeof(text) - 1

Test(source, syntax_is_told_from_the_bytes)
{
    static const struct {
        const char *bytes;
        size_t length;
        const char *syntax;
    } rows[] = {
        {ROW(""), "empty"},
        {ROW(" \n\t\r\n"), "empty"},
        {ROW("\xef\xbb\xbf\n"), "empty"},
        {ROW("# only a comment\n"), "yaml"},
        {ROW("---\napiVersion: v1\n"), "yaml"},
        {ROW("\xff\xfe" "a\0"), "yaml"},
        {ROW("\xfe\xff" "\0a"), "yaml"},
        {ROW("\xff\xfe\0\0a\0\0\0"), "binary"},
        {ROW("\x7f" "ELF\x02\x01\0"), "binary"},
        {ROW("\x89PNG\r\n\x1a\n\xff\xfe"), "binary"},
        {ROW("gr\xfc\xdf: Latin-1\n"), "yaml"}, /* the reader shall complain, not the eye */
        {ROW("{\"a\": 1}"), "json"},
        {ROW("\xef\xbb\xbf  \n [1]"), "json"},
        {ROW("# c\n{a: 1}\n"), "json"},
        {ROW("[plugins.\"io.containerd.grpc.v1.cri\".containerd]\n"), "toml"},
        {ROW("# c\n\n[[a.b]] # c\n"), "toml"},
        {ROW("version = 2\n"), "toml"},
        {ROW("disabled_plugins = [\"cri\"]\n"), "toml"},
        {ROW("root = '/var'\n"), "toml"},
        {ROW("[crio]\n"), "toml"},
        {ROW("a = b\n"), "yaml"},
        {ROW("lxc.idmap = u 0 100000 65536\n"), "lxc"},
        {ROW("# c\n  lxc.include=/x\n"), "lxc"},
        {ROW("lxc.include: x\n"), "yaml"},
        {ROW("FROM alpine\n"), "dockerfile"},
        {ROW("# syntax=docker/dockerfile:1\n\nfrom alpine as build\n"), "dockerfile"},
        {ROW("ARG V=1 \\\n  W=2\n# c\nFROM alpine:$V\n"), "dockerfile"},
        {ROW("FROM --platform=$BUILDPLATFORM golang:1 AS b\n"), "dockerfile"},
        {ROW("From now on there are no more figs.\n"), "yaml"},
        {ROW("from: me\n"), "yaml"},
        {ROW("ARG x\nand so on\n"), "yaml"},
        {ROW("abi <abi/3.0>,\nprofile x {\n}\n"), "apparmor"},
        {ROW("#include <tunables/global>\n\nprofile docker-nginx flags=(attach_disconnected) {\n"), "apparmor"},
        {ROW("@{X}=/a\n/usr/bin/x {\n"), "apparmor"},
        {ROW("include <tunables/global>\n"), "apparmor"},
        {ROW("profile x { /** rw, }\n"), "apparmor"},
        {ROW("profile x { # all\n  file,\n}\n"), "apparmor"},
        {ROW("profile x\n# all\n{\n  file,\n}\n"), "apparmor"},
        {ROW("profile x: {a: 1}\n"), "yaml"},
        {ROW("profile x:\n  {a: 1}\n"), "yaml"},
        {ROW("profile of a person\n"), "yaml"},
        {ROW("/usr/bin/x: y\n"), "yaml"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
        cr_expect_str_eq(source_syntax(rows[i].bytes, rows[i].length), rows[i].syntax, "%s: got %s", rows[i].bytes,
                         source_syntax(rows[i].bytes, rows[i].length));
}

static int parse(struct source *source, const char *text, struct arena *arena, struct err *err)
{
    source->path = "x";
    buf_add_text(&source->bytes, text);
    return source_parse(source, arena, err);
}

Test(source, documents)
{
    static const struct {
        const char *text, *syntax;
        int code;
        size_t documents;
        const char *sentence; /* a part of it */
        unsigned line;
    } rows[] = {
        {"a: 1\n---\nb: 2\n", "yaml", 0, 2, "", 0},
        {"{\"a\": 1}", "json", 0, 1, "", 0},
        {"{a: 1, b: [x]}", "yaml", 0, 1, "", 0},
        {"[a]\nb = 1\n", "toml", 0, 1, "", 0},
        {"FROM x\n", "dockerfile", 0, 1, "", 0},
        {"lxc.uts.name = x\n", "lxc", 0, 1, "", 0},
        {"profile x {\n}\n", "apparmor", 0, 1, "", 0},
        {"\n\n", "empty", 0, 0, "", 0},
        {"a: 1\n---\nb: [\n", "yaml", -EINVAL, 1, "x:4:1: ", 4},
        {"{\"a\": 1,, \"b\": 2}", "json", -EINVAL, 0, "x:1:9: not valid JSON", 1},
        /* Templates. */
        {"a: 1\nname: {{ .Release.Name }}\n", "yaml", -EINVAL, 0, "x:2:1: an unrendered template; render it (helm template, "
         "kustomize build) and pipe the result to profgen audit -", 2},
        {"a: 1\n---\n{{- if .Values.on }}\nb: 1\n{{- end }}\n", "yaml", -EINVAL, 1, "x:3:1: an unrendered template", 3},
        {"{{- if .Values.on }}\nb: 1\n{{- end }}\n", "json", -EINVAL, 0, "x:1:1: an unrendered template", 1},
        {"a:\n  {{- toYaml .x | nindent 4 }}\n", "yaml", -EINVAL, 0, "x:2:1: an unrendered template", 2},
        {"a: 1\n{% if x %}\n", "yaml", -EINVAL, 0, "x:2:1: an unrendered template", 2},
        {"a: \"{{ x }}\"\n# {{ y }}\nb: [\n", "yaml", -EINVAL, 0, "x:4:1: ", 4},
        {"a: \"{{ x }}\"\nb: |\n  {{ y }}\n", "yaml", 0, 1, "", 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO(arena_free_cleanup) struct arena *arena = arena_new();
        AUTO_SOURCE struct source source = SOURCE_INIT;
        struct err err = ERR_INIT;
        cr_expect_eq(parse(&source, rows[i].text, arena, &err), rows[i].code, "%s: %s", rows[i].text, err.sentence);
        cr_expect_str_eq(source.syntax, rows[i].syntax, "%s: %s", rows[i].text, source.syntax);
        cr_expect_eq(source.stream.count, rows[i].documents, "%s", rows[i].text);
        cr_expect(strstr(err.sentence, rows[i].sentence), "%s: %s", rows[i].text, err.sentence);
        cr_expect_eq(err.sentence[0] != '\0', rows[i].code < 0, "%s: %s", rows[i].text, err.sentence);
        cr_expect_eq(source.stream.error_line, rows[i].line, "%s: line %u", rows[i].text, source.stream.error_line);
    }
}

Test(source, lines)
{
    AUTO_SOURCE struct source source = SOURCE_INIT;
    buf_add_text(&source.bytes, "one\r\n\nthree\rstill\nlast");
    static const char *const lines[] = {"one", "", "three\rstill", "last"};
    for (uint32_t i = 0; i < ARRAY_COUNT(lines); i++) {
        size_t length = 99;
        const char *text = source_line(&source, i + 1, &length);
        cr_assert_not_null(text);
        cr_expect_eq(length, strlen(lines[i]));
        cr_expect_eq(memcmp(text, lines[i], length), 0);
    }
    size_t length;
    cr_expect_null(source_line(&source, 0, &length));
    cr_expect_null(source_line(&source, 5, &length));
    AUTO_SOURCE struct source nothing = SOURCE_INIT;
    cr_expect_null(source_line(&nothing, 1, &length));
}

/* ---- loading --------------------------------------------------------------------------------------- */

static char *make_directory(void)
{
    char *path = mem_strdup("/tmp/profgen-source-XXXXXX");
    cr_assert_not_null(mkdtemp(path));
    return path;
}

static void write_file(const char *path, const char *text)
{
    AUTO_FCLOSE FILE *file = fopen(path, "we");
    cr_assert_not_null(file);
    cr_assert(fputs(text, file) >= 0);
}

static void *write_late(void *path)
{
    (void)usleep(50000);
    AUTO_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC);
    cr_assert_eq(write(fd, "a: ", 3), 3);
    (void)usleep(50000);
    cr_assert_eq(write(fd, "1\n", 2), 2);
    return NULL;
}

Test(source, a_pipe_is_read_to_its_end)
{
    AUTO_FREE char *directory = make_directory();
    AUTO_FREE char *path = mem_printf("%s/pipe", directory);
    cr_assert_eq(mkfifo(path, 0600), 0);
    pthread_t writer;
    cr_assert_eq(pthread_create(&writer, NULL, write_late, path), 0);
    AUTO_SOURCE struct source source = SOURCE_INIT;
    struct err err = ERR_INIT;
    cr_expect_eq(source_load(&source, path, &err), 0, "%s", err.sentence);
    cr_expect_str_eq(buf_text(&source.bytes), "a: 1\n");
    cr_assert_eq(pthread_join(writer, NULL), 0);
    AUTO_SOURCE struct source named = SOURCE_INIT;
    cr_expect_eq(source_load_named(&named, path, 100, &err), -EINVAL);
    cr_expect(strstr(err.sentence, "no regular file"), "%s", err.sentence);
    cr_expect_eq(unlink(path), 0);
    cr_expect_eq(rmdir(directory), 0);
}

Test(source, files_within_the_limit)
{
    AUTO_FREE char *directory = make_directory();
    AUTO_FREE char *path = mem_printf("%s/file", directory);
    write_file(path, "0123456789");
    AUTO_SOURCE struct source source = SOURCE_INIT, small = SOURCE_INIT, huge = SOURCE_INIT;
    struct err err = ERR_INIT;
    cr_expect_eq(source_load(&source, path, &err), 0, "%s", err.sentence);
    cr_expect_str_eq(buf_text(&source.bytes), "0123456789");
    cr_expect_eq(source_load_named(&small, path, 9, &err), -EFBIG);
    cr_expect_eq(truncate(path, (off_t)NODE_BYTES_MAX + 1), 0);
    cr_expect_eq(source_load(&huge, path, &err), -EFBIG);
    cr_expect(strstr(err.sentence, "larger than the limit of 256 MiB"), "%s", err.sentence);
    cr_expect_eq(unlink(path), 0);
    cr_expect_eq(rmdir(directory), 0);
}

Test(source, what_is_no_file)
{
    static const struct {
        const char *path;
        int code;
        const char *sentence;
    } rows[] = {
        {"/", -EINVAL, "cannot read /: it is a directory"},
        {"/dev/zero", -EINVAL, "cannot read /dev/zero: it is a device, no file"},
        {"/no/such", -ENOENT, "cannot open /no/such: No such file or directory"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO_SOURCE struct source source = SOURCE_INIT;
        struct err err = ERR_INIT;
        cr_expect_eq(source_load(&source, rows[i].path, &err), rows[i].code);
        cr_expect_str_eq(err.sentence, rows[i].sentence);
    }
}

/* Files of /proc say that they are empty. */
Test(source, a_size_of_nothing_is_not_believed)
{
    AUTO_SOURCE struct source source = SOURCE_INIT;
    struct err err = ERR_INIT;
    cr_expect_eq(source_load(&source, "/proc/self/status", &err), 0, "%s", err.sentence);
    cr_expect_gt(source.bytes.length, 100);
}
