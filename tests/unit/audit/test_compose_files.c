/* What several files say together: variables, extends, include, override files. */
#include <criterion/criterion.h>
#include <ftw.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "support/collected.h"

/* "== NAME" lines part the files; the first is the audited one. A name may have a directory in front. */
struct project {
    const char *what;
    const char *files;
    const char *facts;
    const char *misses; /* all of them; %s is the directory */
    unsigned subjects;
    const char *skips;
};

static int delete_entry(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st, (void)flag, (void)ftw;
    return remove(path);
}

static void write_files(const char *directory, const char *files, struct buf *ret_first, struct buf *ret_first_path)
{
    for (const char *at = files; *at;) {
        cr_assert_eq(strncmp(at, "== ", 3), 0, "%s", at);
        size_t name_length = strcspn(at + 3, "\n");
        AUTO_FREE char *path = mem_printf("%s/%.*s", directory, (int)name_length, at + 3);
        at += 3 + name_length + 1;
        const char *next = strstr(at, "== ");
        size_t length = next ? (size_t)(next - at) : strlen(at);
        *strrchr(path, '/') = '\0';
        (void)mkdir(path, 0700);
        path[strlen(path)] = '/';
        cr_assert_eq(file_write(path, at, length, FILE_CREATE, 0600, NULL), 0, "%s", path);
        if (!ret_first_path->length) {
            buf_add_text(ret_first_path, path);
            buf_add(ret_first, at, length);
        }
        at += length;
    }
}

/* The directory's own name out of what was said. */
static void replace_directory(struct buf *text, const char *directory)
{
    AUTO_BUF struct buf out = BUF_INIT;
    const char *at = buf_text(text);
    for (const char *found; (found = strstr(at, directory)); at = found + strlen(directory) + 1)
        buf_add(&out, at, (size_t)(found - at));
    buf_add_text(&out, at);
    buf_done(text);
    *text = out;
    out = BUF_INIT;
}

static void check(const struct project *project)
{
    char directory[] = "/tmp/profgen-compose-XXXXXX";
    cr_assert_not_null(mkdtemp(directory));
    AUTO_BUF struct buf first = BUF_INIT;
    AUTO_BUF struct buf path = BUF_INIT;
    write_files(directory, project->files, &first, &path);
    AUTO_COLLECTED struct collected collected;
    collected_from(&collected, &document_kind_compose, buf_text(&path), buf_text(&first));
    replace_directory(&collected.misses, directory);
    replace_directory(&collected.skips, directory);
    replace_directory(&collected.facts, directory);
    cr_expect_eq(collected.subjects, project->subjects, "%s: %u subjects\n%s", project->what, collected.subjects,
                 buf_text(&collected.facts));
    cr_expect_str_eq(buf_text(&collected.misses), project->misses ? project->misses : "", "%s: %s", project->what,
                     buf_text(&collected.misses));
    cr_expect_str_eq(buf_text(&collected.skips), project->skips ? project->skips : "", "%s: %s", project->what,
                     buf_text(&collected.skips));
    cr_expect(collected_has(project->what, &collected.facts, project->facts ? project->facts : ""));
    (void)nftw(directory, delete_entry, 8, FTW_DEPTH | FTW_PHYS);
}

#define CHECK(projects)                                                                                     \
    for (size_t i = 0; i < ARRAY_COUNT(projects); i++)                                                      \
    check(&(projects)[i])

Test(compose_files, variables)
{
    static const struct project projects[] = {
        {.what = "from .env",
         .files = "== c.yaml\nservices:\n  web:\n    image: app:$TAG\n    privileged: ${PRIV}\n    user: \"${ID:-0}:${GROUP-5}\"\n"
                  "    command: [\"$$HOME\", \"${A}${B}\", \"a$\"]\n    mem_limit: ${MEM:-1g}\n"
                  "== .env\n# a comment\nTAG=1.2\nexport PRIV=true\nID=\nA='lit $TAG' # behind\nB=\"x ${TAG}\\t\\$\"\nTAG=1.3\nnonsense\n=x\n",
         .subjects = 1,
         .facts = "web: image.tag=1.3@3:5\nweb: privileged=true@4:5\nweb: user.id=0@5:5\nweb: user.group=5@5:5\n"
                  "web: memory.limit=1073741824@7:5\nweb: command=$HOME lit $TAGx 1.2\t$ a$@6:5\nweb: capabilities.effective[40]=CHECKPOINT_RESTORE@2:3\n"},
        {.what = "forms",
         .files = "== c.yaml\nservices:\n  web:\n    labels:\n      a: \"${SET:+yes}\"\n      b: \"${UNSET:+yes}\"\n      c: \"${EMPTY:-d}\"\n"
                  "      d: \"${EMPTY-d}\"\n      e: \"${SET:?no}\"\n      f: \"${UNSET:?no}\"\n      g: \"${UNSET-${SET}/${UNSET:-deep}}\"\n"
                  "      h: \"${EMPTY+yes}\"\n      i: \"${SET\"\n      j: \"${}\"\n      k: \"${SET!x}\"\n      l: \"$1\"\n      m: ${PWD}/x$HOME\n"
                  "== .env\nSET=s\nEMPTY=\n",
         .subjects = 1,
         .facts = "web: labels.a=yes@4:7\nweb: labels.b=@5:7\nweb: labels.c=d@6:7\nweb: labels.d=@7:7\nweb: labels.e=s@8:7\n"
                  "web: labels.f=@9:7\nweb: labels.g=s/deep@10:7\nweb: labels.h=yes@11:7\nweb: labels.i=@12:7\n"
                  "web: labels.j=@13:7\nweb: labels.l=$1@15:7\nweb: labels.m=./x~@16:7\n"},
        {.what = "without a value",
         .files = "== c.yaml\nservices:\n  web:\n    image: app:$TAG\n    privileged: ${PRIV}\n    user: ${ID}:${GROUP:?a:b}\n    network_mode: $NET\n"
                  "    volumes: [\"${DATA}:/data\", \"${HOME}/.ssh:/s\", \"$PWD:/w\"]\n    environment: {A: $B}\n    restart: $R\n",
         .subjects = 1,
         .facts = "web: image.reference=app:$TAG@3:5\n!web: privileged\nweb: user.name=${ID}:${GROUP:?a:b}@5:5\n!web: user.id\n"
                  "web: namespaces.network=$NET@6:5\nweb: host_paths[0].source=${DATA}@7:15\nweb: host_paths[0].target=/data@7:15\n"
                  "web: host_paths[1].source=~/.ssh@7:32\nweb: host_paths[2].source=.@7:51\n!web: environment[0].value\n",
         .misses = "4: privileged of service web depends on a variable that has no value here: ${PRIV}\n"
                   "5: user of service web depends on a variable that has no value here: ${ID}:${GROUP:?a:b}\n"
                   "6: network_mode of service web depends on a variable that has no value here: $NET\n"
                   "7: volumes of service web depends on a variable that has no value here: ${DATA}:/data\n"},
        {.what = "that choose the files",
         .files = "== compose.yaml\nservices: {web: {image: x}}\n== .env\nCOMPOSE_FILE=a.yaml:b.yaml\n",
         .subjects = 1,
         .misses = "1: .env sets COMPOSE_FILE: Compose reads the files that it names, which is not followed\n"},
        {.what = "env_file",
         .files = "== c.yaml\nservices:\n  web:\n    env_file:\n      - a.env\n      - path: sub/b.env\n      - {path: gone.env, required: false}\n"
                  "      - lost.env\n    environment: [\"A=own\"]\n  one:\n    env_file: a.env\n"
                  "== a.env\nA=1\nB=2\nC=3\n== sub/b.env\nB=4\n",
         .subjects = 2,
         .facts = "web: environment[0].value=own@8:19\nweb: environment[1].name=B@5:9\nweb: environment[1].value=4@5:9\n"
                  "web: environment[2].name=C@4:9\nweb: environment[2].value=3@4:9\n!web: environment[3]\none: environment[2].value=3@10:5\n",
         .misses = "7: cannot read lost.env: No such file or directory\n"},
    };
    CHECK(projects);
}

Test(compose_files, extends)
{
    static const struct project projects[] = {
        {.what = "in the same file",
         .files = "== c.yaml\nservices:\n  base:\n    privileged: true\n    cap_add: [A, B]\n    user: \"1\"\n  web:\n    extends: base\n"
                  "    cap_add: [C, A]\n    user: \"2\"\n  app:\n    extends: {service: web}\n",
         .subjects = 3,
         .facts = "web: privileged=true@3:5\nweb: user.id=2@9:5\nweb: capabilities.add[0]=A@8:18\nweb: capabilities.add[1]=B@4:18\n"
                  "web: capabilities.add[2]=C@8:15\n!web: capabilities.add[3]\nweb: where@6:3\napp: user.id=2@9:5\napp: privileged=true@3:5\n"
                  "app: where@10:3\n!web: from\n"},
        {.what = "of another file",
         .files = "== c.yaml\nservices:\n  web:\n    extends:\n      file: sub/base.yaml\n      service: b\n    command: x\n    labels: {own: $V}\n"
                  "== sub/base.yaml\n\n\nservices:\n  a:\n    network_mode: host\n    volumes: [\"./data:/d\", \"named:/n\", \"/etc:/e\"]\n"
                  "    env_file: x.env\n  b:\n    extends: a\n    privileged: true\n    command: y\n    labels: [far=$V]\n"
                  "== sub/x.env\nX=1\n== .env\nV=v\n== sub/.env\nV=w\n",
         .subjects = 1,
         .facts = "web: privileged=true@3:5\nweb: namespaces.network=host@3:5\nweb: command=x@6:5\nweb: from=sub/base.yaml:8@2:3\n"
                  "web: host_paths[0].source=./sub/data@3:5\nweb: host_paths[1].source=/etc@3:5\nweb: mounts[1].source=named@3:5\n"
                  "web: environment[0].value=1@3:5\nweb: where@2:3\nweb: labels.own=v@7:14\nweb: labels.far=v@3:5\n"},
        {.what = "of files in a row",
         .files = "== c.yaml\nservices:\n  web: {extends: {file: a/a.yaml, service: s}}\n== a/a.yaml\nservices:\n  s:\n    extends: {file: ../b/b.yaml, service: t}\n    user: '5'\n"
                  "== b/b.yaml\nservices:\n  t: {privileged: true, user: '6', env_file: e}\n== b/e\nE=f\n",
         .subjects = 1,
         .facts = "web: privileged=true@2:9\nweb: user.id=5@2:9\nweb: from=a/a.yaml:2, a/../b/b.yaml:2@2:3\nweb: environment[0].value=f@2:9\n"},
        {.what = "what is not there",
         .files = "== c.yaml\nservices:\n  a:\n    extends: b\n    privileged: true\n  c:\n    extends: {file: gone.yaml, service: d}\n  e:\n    extends: {file: x.yaml, service: d}\n"
                  "  f:\n    extends: {file: x.yaml}\n    image: x\n  g:\n    extends: {file: bad.yaml, service: x}\n  h:\n    extends: {file: 'https://x/y.yaml', service: x}\n"
                  "== x.yaml\nservices: {y: {image: z}}\n== bad.yaml\nservices: [\n",
         .subjects = 6,
         .facts = "a: privileged=true@4:5\nf: image.reference=x@11:5\n",
         .misses = "3: service b, which a extends, is not in c.yaml\n6: cannot read gone.yaml: No such file or directory\n"
                   "8: service d, which e extends, is not in x.yaml\n10: service f extends no service: the name is missing\n"
                   "13: bad.yaml:2:1: not valid YAML: did not find expected node content while parsing a flow node\n"
                   "15: cannot read https://x/y.yaml: it is not on this machine\n"},
        {.what = "circles",
         .files = "== c.yaml\nservices:\n  a: {extends: b, image: x}\n  b: {extends: c}\n  c: {extends: b, privileged: true}\n"
                  "  d: {extends: {file: c.yaml, service: d}}\n",
         .subjects = 4,
         .facts = "a: privileged=true@4:19\n",
         .misses = "3: service b extends itself, or too long a chain of others\n3: service b extends itself, or too long a chain of others\n"
                   "4: service c extends itself, or too long a chain of others\n5: service d extends itself, or too long a chain of others\n"},
    };
    CHECK(projects);
}

Test(compose_files, merging)
{
    static const struct project projects[] = {
        {.what = "by the rules of the specification",
         .files = "== c.yaml\nservices:\n  base:\n    command: [a, b]\n    healthcheck: {test: [CMD, a], interval: 5s}\n    environment: {A: 1, B: 2}\n"
                  "    volumes: [\"xx:/x\", \"/etc:/y\"]\n    ports: [\"80:80\"]\n    devices: [\"/dev/a:/dev/x\"]\n    security_opt: [\"seccomp:unconfined\"]\n"
                  "    tmpfs: /run\n    labels: [l=1]\n    ulimits: {nproc: 5, nofile: {soft: 1, hard: 2}}\n    deploy: {resources: {limits: {memory: 1g, pids: 5}}}\n"
                  "    sysctls: {k: 1}\n    read_only: true\n"
                  "  web:\n    extends: base\n    command: c\n    healthcheck: {test: [CMD, b]}\n    environment: [\"B=3\", \"C=4\"]\n"
                  "    volumes: [\"/opt:/y:ro\", {type: tmpfs, target: /z}]\n    ports: [\"80:80\", \"81:81\"]\n    devices: [\"/dev/b:/dev/x\"]\n"
                  "    security_opt: [\"apparmor:x\"]\n    tmpfs: [/tmp]\n    labels: {l: 2, m: 3}\n    ulimits: {nproc: {soft: 7, hard: 8}, nofile: {soft: 3}}\n"
                  "    deploy: {resources: {limits: {memory: 2g}}}\n    sysctls: [k=2]\n    read_only:\n",
         .subjects = 2,
         .facts = "web: command=c@18:5\nweb: commands[0]=b@19:19\n!web: commands[1]\nweb: environment[0].value=1@5:19\nweb: environment[1].value=3@20:19\n"
                  "web: environment[2].value=4@20:26\nweb: mounts[0].source=xx@6:15\nweb: mounts[1].source=/opt@21:15\nweb: mounts[2].target=/z@21:29\n"
                  "web: host_paths[0].read_only=true@21:15\n!web: host_paths[1]\nweb: ports[1].host=81@22:22\n!web: ports[2]\n"
                  "web: devices[0].source=/dev/b@23:15\n!web: devices[1]\nweb: seccomp.type=unconfined@9:20\nweb: apparmor.profile=x@24:20\n"
                  "web: mounts[3].target=/run@10:5\nweb: mounts[4].target=/tmp@25:13\nweb: labels.l=2@26:14\nweb: ulimits[0].hard=8@27:32\n"
                  "web: ulimits[1].soft=3@27:51\nweb: ulimits[1].hard=2@12:43\nweb: memory.limit=2147483648@28:35\nweb: pids.limit=5@13:47\n"
                  "web: sysctls[0].value=2@29:15\n!web: sysctls[1]\nweb: read_only_root=true@15:5\n"},
        {.what = "reset and override",
         .files = "== c.yaml\nservices:\n  base:\n    privileged: true\n    cap_add: [A]\n    ports: [\"80:80\"]\n    environment: {A: 1, B: 2}\n"
                  "  web:\n    extends: base\n    privileged: !reset null\n    cap_add: !override [B]\n    ports: !reset []\n    environment: {A: !reset null}\n"
                  "    user: !reset root\n",
         .subjects = 2,
         .facts = "!web: privileged\nweb: capabilities.add[0]=B@10:25\n!web: capabilities.add[1]\n!web: ports\n"
                  "web: environment[0].name=B@6:25\n!web: environment[1]\n!web: user\n"},
    };
    CHECK(projects);
}

Test(compose_files, include)
{
    static const struct project projects[] = {
        {.what = "short and long",
         .files = "== c.yaml\ninclude:\n  - a/a.yaml\n  - path: [b/b.yaml, b/o.yaml]\n    env_file: b.env\n  - path: d/d.yaml\n    project_directory: e\n"
                  "services:\n  web: {image: x}\n"
                  "== a/a.yaml\nservices:\n  one: {privileged: true, image: \"i:$V\", env_file: n.env}\n  web: {image: ignored}\n"
                  "== a/.env\nV=a\n== a/n.env\nN=1\n"
                  "== b/b.yaml\nservices:\n  two: {user: '1', image: \"i:$V\"}\n== b/o.yaml\nservices:\n  two: {user: '2'}\n== b.env\nV=b\n"
                  "== d/d.yaml\nvolumes: {vv: {driver_opts: {o: bind, device: /etc}}}\nservices:\n  three: {volumes: ['vv:/v'], env_file: f.env}\n== e/f.env\nF=1\n",
         .subjects = 4,
         .facts = "one: privileged=true@2:5\none: from=a/a.yaml:2@2:5\none: image.tag=a@2:5\none: environment[0].value=1@2:5\none: where@2:5\n"
                  "two: user.id=2@3:5\ntwo: image.tag=b@3:5\ntwo: from=b/b.yaml:2, b/o.yaml:2@3:5\n"
                  "three: host_paths[0].source=/etc@5:5\nthree: environment[0].name=F@5:5\nweb: image.reference=x@8:9\n!web: from\n"},
        {.what = "nothing else",
         .files = "== c.yaml\ninclude: [a.yaml]\n== a.yaml\ninclude: [b.yaml]\n== b.yaml\nservices: {s: {image: x}}\n",
         .subjects = 1,
         .facts = "s: image.reference=x@1:11\n"},
        {.what = "circles and gaps",
         .files = "== c.yaml\ninclude:\n  - a.yaml\n  - gone.yaml\n  - {env_file: x}\n  - /dev/null\nservices: {w: {image: x}}\n== a.yaml\ninclude: [c.yaml, a.yaml]\nservices: {s: {image: x}}\n",
         .subjects = 2,
         .misses = "2: c.yaml includes itself, or too long a chain of others\n2: a.yaml includes itself, or too long a chain of others\n"
                   "3: cannot read gone.yaml: No such file or directory\n4: an include names no path\n5: cannot read /dev/null: it is no regular file\n"},
    };
    CHECK(projects);
}

Test(compose_files, override_files)
{
    static const struct project projects[] = {
        {.what = "merged into their base",
         .files = "== compose.yaml\nservices:\n  web:\n    image: a\n    privileged: false\n    cap_add: [A]\n"
                  "== compose.override.yaml\n\nservices:\n  web:\n    privileged: true\n    cap_add: [B]\n    network_mode: host\n  debug:\n    pid: host\n",
         .subjects = 2,
         .facts = "web: image.reference=a@3:5\nweb: privileged=true@4:5\nweb: capabilities.add[0]=A@5:15\nweb: capabilities.add[1]=B@5:5\n"
                  "web: namespaces.network=host@2:3\nweb: from=compose.override.yaml:3@2:3\nweb: where@2:3\n"
                  "debug: namespaces.pid=host@1:1\ndebug: from=compose.override.yaml:7@1:1\ndebug: where@1:1\n"},
        {.what = "told as read through it",
         .files = "== compose.override.yml\nservices: {web: {privileged: true}}\n== compose.yaml\nservices: {web: {image: a}}\n",
         .skips = "it overrides compose.yaml and is judged as part of it\n"},
        {.what = "judged when they stand alone",
         .files = "== compose.override.yml\nservices: {web: {privileged: true}}\n",
         .subjects = 1,
         .facts = "web: privileged=true@1:18\n"},
        {.what = "of the name that counts",
         .files = "== docker-compose.yml\nservices: {web: {privileged: false}}\n== compose.yaml\nservices: {web: {image: a}}\n"
                  "== docker-compose.override.yml\nservices: {web: {privileged: true}}\n",
         .subjects = 1,
         .facts = "web: privileged=false@1:18\n"},
        {.what = "for no file of another name",
         .files = "== prod.yaml\nservices: {web: {privileged: false}}\n== compose.override.yaml\nservices: {web: {privileged: true}}\n",
         .subjects = 1,
         .facts = "web: privileged=false@1:18\n"},
    };
    CHECK(projects);
}

/* What would take for ever, or be for ever: told in a sentence, and the rest is judged. */
static void add_chain(struct buf *text)
{
    for (unsigned i = 1; i <= 100; i++)
        buf_printf(text, "  s%u: {extends: s%.0u}\n", i, i - 1); /* the first one s: no digits of 0 */
}

static void add_services(struct buf *text)
{
    for (unsigned i = 1; i <= 30000; i++)
        buf_printf(text, "  t%u: {image: x}\n", i);
}

static void add_ports(struct buf *text)
{
    buf_add_text(text, "  p: {ports: [1");
    for (unsigned i = 0; i < 5000; i++)
        buf_add_text(text, ", 1-65535");
    buf_add_text(text, "]}\n");
}

Test(compose_files, limits)
{
    static const struct {
        const char *text;
        void (*add)(struct buf *text);
        const char *misses; /* a part of them */
    } rows[] = {
        {"services:\n  s: {image: x, extends: {file: pipe, service: x}}\n", NULL, "pipe: it is no regular file"},
        {"services:\n  s: {image: x, env_file: pipe}\n", NULL, "pipe: it is no regular file"},
        {"include: [/dev/zero]\nservices:\n  s: {image: x}\n", NULL, "/dev/zero: it is no regular file"},
        {"services:\n  s: {extends: {file: ., service: a}}\n", NULL, ".: it is no regular file"},
        {"services:\n  s: {image: x}\n", add_chain, "too long a chain"},
        {"services:\n  s: {image: x}\n", add_services, "the project is too large"},
        {"services:\n  s: {image: x}\n", add_ports, "the project is too large"},
    };
    char directory[] = "/tmp/profgen-compose-XXXXXX";
    cr_assert_not_null(mkdtemp(directory));
    AUTO_FREE char *path = mem_printf("%s/c.yaml", directory);
    AUTO_FREE char *pipe = mem_printf("%s/pipe", directory);
    cr_assert_eq(mkfifo(pipe, 0600), 0);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO_BUF struct buf text = BUF_INIT;
        buf_add_text(&text, rows[i].text);
        if (rows[i].add)
            rows[i].add(&text);
        AUTO_COLLECTED struct collected collected;
        collected_from(&collected, &document_kind_compose, path, buf_text(&text));
        cr_expect_not_null(strstr(buf_text(&collected.misses), rows[i].misses), "%s%s", rows[i].text,
                           buf_text(&collected.misses));
        cr_expect_not_null(strstr(buf_text(&collected.facts), "s: format=compose"), "%s", rows[i].text);
    }
    (void)nftw(directory, delete_entry, 8, FTW_DEPTH | FTW_PHYS);
}
