#include <criterion/criterion.h>
#include <errno.h>

#include "audit/source.h"
#include "support/collected.h"
#include "support/node_dump.h"
#include "support/readings.h"

struct row {
    const char *name;
    const char *text;
    const char *facts;
};

static void expect(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        AUTO_COLLECTED struct collected collected;
        collected_read(&collected, &document_kind_dockerfile, "Dockerfile", rows[i].text, dockerfile_read);
        cr_expect_eq(collected.misses.length, 0, "%s: %s", rows[i].name, buf_text(&collected.misses));
        cr_expect_eq(collected.subjects, 1, "%s", rows[i].name);
        cr_expect(collected_has(rows[i].name, &collected.facts, rows[i].facts));
    }
}

#define EXPECT(rows) expect(rows, ARRAY_COUNT(rows))

Test(dockerfile, stages_and_images)
{
    static const struct row rows[] = {
        {"one stage", "FROM nginx\n",
         "-: where@1:1\n-: format=dockerfile@0:0\n-: stages[0].base.repository=library/nginx@1:1\n-: stages[0].last=true@1:1\n"
         "-: base_images[0].reference=nginx@1:1\n!-: base_images[0].tag\n!-: base_images[1]\n!-: user\n!-: health_check\n"},
        {"named stages", "FROM golang:1.22 AS build\nRUN make\nFROM scratch\nCOPY --from=build /x /x\n",
         "-: where@3:1\n-: stages[0].name=build@1:1\n-: stages[0].last=false@1:1\n-: stages[1].base.reference=scratch@3:1\n"
         "!-: stages[1].base.repository\n-: stages[1].last=true@3:1\n-: base_images[0].tag=1.22@1:1\n!-: base_images[1]\n"},
        {"a stage begins with another", "FROM alpine:3 as base\nUSER 1000\nEXPOSE 80\nHEALTHCHECK CMD x\nfrom BASE As last\n",
         "last: where@5:1\nlast: stages[1].base.reference=BASE@5:1\nlast: user.id=1000@2:1\nlast: stages[1].user.id=1000@2:1\n"
         "last: exposed_ports[0].container=80@3:1\nlast: health_check=present@4:1\n!last: base_images[1]\n"},
        {"copied from images and stages",
         "FROM a:1\nFROM b:2\nCOPY --from=0 /x /x\nCOPY --from=c:3 --chown=1 /x /x\nCOPY --from=d /x /x\n"
         "RUN --mount=type=bind,from=e:5,target=/x --mount=type=cache,target=/y make\n",
         "-: base_images[2].reference=c:3@4:1\n-: base_images[3].reference=d@5:1\n-: base_images[4].reference=e:5@6:1\n!-: base_images[5]\n"},
        {"platform", "FROM --platform=linux/amd64 registry:5000/app\n",
         "-: base_images[0].registry=registry:5000@1:1\n-: base_images[0].repository=app@1:1\n!-: base_images[0].tag\n"},
        {"arguments before the first stage", "ARG V=1.2 \\\n    BASE=debian\nARG FULL=${BASE}:${V}\nFROM $FULL\n",
         "-: base_images[0].reference=debian:1.2@4:1\n-: base_images[0].tag=1.2@4:1\n"},
        {"an argument of a stage is not one of FROM", "ARG A=x:1\nFROM a:1\nARG A=y:2\nFROM $A\n",
         "-: base_images[1].reference=x:1@4:1\n"},
        {"defaults", "ARG TAG\nFROM a:${TAG:-5}\nFROM a${SUFFIX+-x}:${TAG-6}\n",
         "-: base_images[0].tag=5@2:1\n-: base_images[1].reference=a:6@3:1\n"},
        {"an argument nobody knows stays", "ARG TAG\nFROM a:$TAG\n",
         "-: base_images[0].reference=a:$TAG@2:1\n!-: base_images[0].tag\n!-: base_images[0].repository\n"},
        {"CRLF and a mark of byte order", "\xef\xbb\xbf""FROM a:1\r\nUSER app\r\n", "-: base_images[0].tag=1@1:1\n-: user.name=app@2:1\n"},
    };
    EXPECT(rows);
}

Test(dockerfile, users)
{
    static const struct row rows[] = {
        {"number", "FROM a\nUSER 1000\n", "-: user.id=1000@2:1\n-: user.name=1000@2:1\n!-: user.group\n"},
        {"root", "FROM a\nUSER root\n", "-: user.id=0@2:1\n-: user.name=root@2:1\n"},
        {"zero and a group", "FROM a\n  user 0:www\n", "-: user.id=0@2:3\n-: user.group=www@2:3\n"},
        {"name", "FROM a\nUSER app\n", "-: user.name=app@2:1\n!-: user.id\n"},
        {"the last one counts", "FROM a\nUSER app\nRUN x\nUSER root\n", "-: user.id=0@4:1\n"},
        {"of the last stage", "FROM a\nUSER app\nFROM b\n", "!-: user\n-: stages[0].user.name=app@2:1\n"},
        {"variables", "FROM a\nARG ID=7\nENV G=8\nUSER ${ID}:$G\n", "-: user.id=7@4:1\n-: user.group=8@4:1\n"},
        {"a global argument must be asked for", "ARG ID=7\nFROM a\nUSER $ID\n", "-: user.name=$ID@3:1\n!-: user.id\n"},
        {"and is then known", "ARG ID=7\nFROM a\nARG ID\nUSER $ID\n", "-: user.id=7@4:1\n"},
        {"ENV wins over ARG", "FROM a\nENV ID=1\nARG ID=2\nUSER $ID\n", "-: user.id=1@4:1\n"},
        {"unknown", "FROM a\nARG ID\nUSER ${ID}\n", "-: user.name=${ID}@3:1\n!-: user.id\n"},
        {"quoted", "FROM a\nUSER \"5\"\n", "-: user.id=5@2:1\n"},
        {"ONBUILD does nothing here", "FROM a\nONBUILD USER root\n", "!-: user\n-: instructions[1].text=USER root@2:1\n"},
    };
    EXPECT(rows);
}

Test(dockerfile, instructions)
{
    static const struct row rows[] = {
        {"continued lines with comments between", "FROM a\nRUN one && \\\n  # why\n\n  two\nUSER 1\n",
         "-: commands[0]=one &&   two@2:1\n-: instructions[1].name=RUN@2:1\n-: instructions[1].stage=0@2:1\n-: user.id=1@6:1\n"},
        {"blanks behind the mark", "FROM a\nRUN x \\  \n y\n", "-: commands[0]=x  y@2:1\n"},
        {"two marks are none", "FROM a\nRUN x \\\\\nUSER 1\n", "-: commands[0]=x \\\\@2:1\n-: user.id=1@3:1\n"},
        {"another escape", "# escape=`\nFROM a\nRUN dir C:\\\nRUN x `\n y\n", "-: commands[0]=dir C:\\@3:1\n-: commands[1]=x  y@4:1\n"},
        {"a directive behind a comment is none", "# c\n# escape=`\nFROM a\nRUN x \\\n y\n", "-: commands[0]=x  y@4:1\n"},
        {"JSON form", "FROM a\nRUN [\"sh\", \"-c\", \"x \\\"y\\\"\"]\n", "-: commands[0]=sh -c x \"y\"@2:1\n"},
        {"shell form that begins like JSON", "FROM a\nRUN [ -f x ] && y\n", "-: commands[0]=[ -f x ] && y@2:1\n"},
        {"flags", "FROM a\nRUN --network=host --security=insecure make\n",
         "-: commands[0]=make@2:1\n-: instructions[1].text=--network=host --security=insecure make@2:1\n"},
        {"a here-document", "FROM a\nRUN <<EOF\napt-get update\n  FROM b\nEOF\nUSER 1\n",
         "-: commands[0]=<<EOF\n-: user.id=1@6:1\n!-: stages[1]\n"},
        {"two of them, quoted and with tabs", "FROM a\nRUN sh <<-'A' 3<<\"B\"\n\tone\n\tA\nA\ntwo\nB\nUSER 1\n", "-: user.id=1@8:1\n"},
        {"no here-document in a shell's string", "FROM a\nRUN echo \"<<EOF\" x<<y\nUSER 1\n", "-: user.id=1@3:1\n"},
        {"no here-document elsewhere", "FROM a\nCMD cat <<EOF\nUSER 1\n", "-: user.id=1@3:1\n"},
        {"ONBUILD", "FROM a\nONBUILD RUN evil\n", "-: commands[0]=evil@2:1\n-: instructions[1].name=ONBUILD@2:1\n"},
        {"ONBUILD with a here-document", "FROM a\nONBUILD RUN <<X\nevil\nX\nUSER 1\n", "-: user.id=1@5:1\n"},
        {"health", "FROM a\nHEALTHCHECK --interval=5s CMD x\n", "-: health_check=present@2:1\n"},
        {"no health", "FROM a\nHEALTHCHECK none\n", "-: health_check=disabled@2:1\n"},
        {"ports", "FROM a\nENV P=90\nEXPOSE 80 443/udp $P 5-7/tcp x 70000\n",
         "-: exposed_ports[0].container=80@3:1\n-: exposed_ports[0].protocol=tcp@3:1\n-: exposed_ports[1].container=443@3:1\n"
         "-: exposed_ports[1].protocol=udp@3:1\n-: exposed_ports[2].container=90@3:1\n-: exposed_ports[5].container=7@3:1\n!-: exposed_ports[6]\n"},
        {"many ports", "FROM a\nEXPOSE 1-65535\n",
         "-: exposed_ports[62].container=63@2:1\n-: exposed_ports[63].container=65535@2:1\n!-: exposed_ports[64]\n"},
        {"environment", "ARG TOKEN\nFROM a\nENV A=1 B=\"x y\" C=$A\\ z\nENV OLD all of it\nARG D=4\n",
         "-: environment[0].name=TOKEN@1:1\n!-: environment[0].value\n-: environment[1].value=1@3:1\n-: environment[2].value=x y@3:1\n"
         "-: environment[3].value=$A z@3:1\n-: environment[4].name=OLD@4:1\n-: environment[4].value=all of it@4:1\n"
         "-: environment[5].value=4@5:1\n"},
        {"additions", "FROM a\nADD https://x/y.tgz a b /t/\nADD [\"git@h:r\", \"/u\"]\nADD --chown=1 c /v\nCOPY https://z /w\nADD <<E /x\nhi\nE\n",
         "-: adds[0].source=https://x/y.tgz@2:1\n-: adds[0].remote=true@2:1\n-: adds[0].target=/t/@2:1\n-: adds[1].source=a@2:1\n"
         "-: adds[1].remote=false@2:1\n-: adds[3].source=git@h:r@3:1\n-: adds[3].remote=true@3:1\n-: adds[4].target=/v@4:1\n!-: adds[5]\n"},
    };
    EXPECT(rows);
}

/* A variable that holds itself many times over. */
Test(dockerfile, variables_do_not_grow_without_end)
{
    AUTO_BUF struct buf text = BUF_INIT;
    buf_add_text(&text, "FROM a\nENV A=0123456789\n");
    for (int i = 0; i < 2000; i++)
        buf_add_text(&text, "ENV A=$A$A$A$A\n");
    AUTO_COLLECTED struct collected collected;
    collected_read(&collected, &document_kind_dockerfile, "Dockerfile", buf_text(&text), dockerfile_read);
    cr_expect_eq(collected.subjects, 1);
    cr_expect_lt(arena_used(collected.collector.arena), 64u << 20);
}

Test(dockerfile, errors_say_where)
{
    static const struct failed_reading rows[] = {
        {"FROM a\nFRM b\nUSER 1\n", -EINVAL, 1, "f:2:1: not a valid Dockerfile: \"FRM\" is no instruction of a Dockerfile"},
        {"FROM a\n  RUN <<EOF\nx\n", -EINVAL, 1, "f:2:3: not a valid Dockerfile: the here-document EOF has no end"},
        {"{{ x }}\n", -EINVAL, 0, "f:1:1: not a valid Dockerfile: \"{{\" is no instruction of a Dockerfile"},
        {"", 0, 0, ""},
        {"# c\n\n", 0, 0, ""},
        {"FROM a\nRUN x \\", 0, 1, ""},
    };
    failed_readings_check(dockerfile_read, rows, ARRAY_COUNT(rows));
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    AUTO_FREE char *large = mem_zero(1, (1 << 20) + 2);
    memset(large, '#', (1 << 20) + 1);
    struct node_stream stream;
    cr_expect_eq(dockerfile_read("D", large, strlen(large), arena, &stream, NULL), -E2BIG);
}

Test(dockerfile, nothing_is_built_without_from)
{
    AUTO_COLLECTED struct collected collected;
    collected_read(&collected, &document_kind_dockerfile, "Dockerfile", "ARG A\n", dockerfile_read);
    cr_expect_eq(collected.subjects, 0);
    cr_expect_str_eq(buf_text(&collected.misses), "1: there is no FROM, so nothing is built\n");
}
