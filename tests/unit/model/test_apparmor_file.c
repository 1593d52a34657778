/* Whole AppArmor files: includes, children, conditions, aliases, and what is too much. */
#include <criterion/criterion.h>
#include <string.h>
#include <sys/resource.h>

#include "base/buf.h"
#include "model/apparmor_file.h"

/* ---- includes from memory ----------------------------------------------------------------- */

struct shelf {
    const char *name; /* as an include has it, with its bracket or quotation mark in front; NULL ends the shelf */
    const char *text;
};

static int load(void *context, const char *name, bool angled, const char *from, apparmor_include_take *take, void *taker,
                struct err *err)
{
    int rc = -ENOENT;
    (void)from;
    (void)err;
    for (const struct shelf *one = context; one->name; one++) {
        bool again = one > (const struct shelf *)context && strcmp(one[-1].name, one->name) == 0; /* a directory's next file */
        if (one->name[0] == (angled ? '<' : '"') && strcmp(one->name + 1, name) == 0)
            rc = take(taker, again ? "again" : name, one->text, strlen(one->text));
    }
    return rc;
}

static int parse(const char *text, const struct shelf *shelf, bool partial, struct apparmor_file **ret, struct err *err)
{
    const struct apparmor_file_options options = {
        .partial = partial, .load = shelf ? load : NULL, .load_context = (void *)(uintptr_t)shelf};
    return apparmor_file_parse("test", text, strlen(text), &options, ret, err);
}

static struct apparmor_file *read_file(const char *text, const struct shelf *shelf)
{
    struct apparmor_file *file = NULL;
    struct err err = ERR_INIT;
    cr_assert_eq(parse(text, shelf, false, &file, &err), 0, "%s\n%s", err.sentence, text);
    return file;
}

static bool allows(const struct apparmor_policy *policy, const char *path, aa_mask wanted, bool owner)
{
    return apparmor_policy_evaluate(policy, path, strlen(path), wanted, owner, NULL) == 0;
}


static const struct shelf USUAL[] = {{"<tunables", "@{DIR}=/a/ /b/\n$on = true\ninclude <more>\n"},
                                     {"<more", "@{DIR} += /c/\nalias /old/ -> /new/,\n"},
                                     {"<rules", "@{DIR}/in r, # one\ninclude \"deep\"\n"},
                                     {"\"deep", "/deep r,\n"},
                                     {"<many.d", "/one r,\n"},
                                     {"<many.d", "/two r,\n"},
                                     {"<self", "/self r,\ninclude <self>\n"},
                                     {"<brace", "}\n"},
                                     {"<half", "/half"},
                                     {"<wrong", "/a r,\n\n/b q,\n"},
                                     {NULL, NULL}};

/* ---- what is read ------------------------------------------------------------------------- */

Test(apparmor_file, everything_around_rules_is_put_in)
{
    static const struct {
        const char *before;
        const char *rules;
        const char *path;
        bool allowed; /* to be read */
    } rows[] = {
        {"include <tunables>", "@{DIR}/x r,", "/c/x", true},
        {"#include <tunables>", "@{DIR}/x r,", "/d/x", false},
        {"include <tunables>\ninclude <more>", "/x r,", "/x", true}, /* once is enough */
        {"include <tunables>", "/old/x r,", "/new/x", true},
        {"include <tunables>", "/old/x r,", "/old/x", true},
        {"include <tunables>", "/{old,older}/x r,", "/new/x", false},
        {"include <tunables>", "deny /\\157ld/x r, /new/** r,", "/new/x", false},
        {"include <tunables>", "include <rules>", "/b/in", true},
        {"include <tunables>", "include <rules>", "/deep", true},
        {"include <tunables>", "audit {\n include <rules>\n }", "/deep", true},
        {"include <tunables>", "include <rules> /behind r,", "/behind", true},
        {"", "include <many.d>", "/two", true},
        {"", "include if exists <nothing>\n /x r,", "/x", true},
        {"", "/x r, #include <many.d>", "/one", true},
        {"", "/x r, # include <many.d>", "/one", false},
        {"", "include <self>", "/self", true},
        {"include <tunables>", "if $on {\n /x r,\n }", "/x", true},
        {"include <tunables>", "if not $on {\n /x r,\n }", "/x", false},
        {"$off=false", "if $off {\n /x r,\n } else {\n /y r,\n }", "/y", true},
        {"$off=false\n$on=TRUE", "if $off {\n /x r,\n } else if $on {\n /y r,\n } else {\n /z r,\n }", "/z", false},
        {"${on} = true\n${off}=false", "if ${on} and not $off {\n /x r,\n }", "/x", true},
        {"$off=false\n$on=true", "if $off {\n /x r,\n } else if ${on} {\n /y r,\n } else {\n /z r,\n }", "/y", true},
        {"", "if defined @{NO} {\n \"/x{\" r,\n } else {\n /y r,\n }", "/y", true},
        {"@{YES}=1", "if defined @{YES} {\n if defined $no { /x r, } else { /y r, }\n }", "/y", true},
        {"$a=true\n$b=false", "if $a and not ($b or not $a) {\n /x r,\n }", "/x", true},
        {"@{A}=@{B}\n@{B}=/x", "@{A} r,", "/x", true},
        {"@{A}=/p/ /q/\n@{B}=@{A}/ /r", "@{B}/x r,", "/q/x", true},
        {"", "@{profile_name}/x r, /y r,", "/y", true},
        {"", "@{exec_path} r,", "/bin/t", true},
        {"@{exec_path}=/else", "@{exec_path} r,", "/bin/t", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO_FREE char *text = mem_printf("%s\nprofile /bin/t {\n %s\n}\n", rows[i].before, rows[i].rules);
        AUTO(apparmor_file_free_cleanup) struct apparmor_file *file = read_file(text, USUAL);
        AUTO_BUF struct buf written = BUF_INIT;
        cr_assert_eq(file->profile_count, 1);
        cr_expect_eq(allows(file->profiles[0], rows[i].path, AA_READ, false), rows[i].allowed, "%s", text);
        apparmor_file_write(file, &written);
        AUTO(apparmor_file_free_cleanup) struct apparmor_file *again = read_file(buf_text(&written), NULL);
        cr_expect_eq(allows(again->profiles[0], rows[i].path, AA_READ, false), rows[i].allowed, "%s", buf_text(&written));
    }
}

Test(apparmor_file, children_and_hats_are_profiles_of_their_own)
{
    static const char text[] = "abi <abi/3.0>,\n"
                               "profile main /bin/main xattrs=(user.tag=\"a b\") flags=(attach_disconnected) {\n"
                               "  /m r,\n"
                               "  profile kid /bin/kid { /k r, }\n"
                               "  hat one flags=(complain) {\n /1 r,\n profile deeper { /d r, }\n }\n"
                               "  ^two {\n /2 r,\n }\n"
                               "  /n r,\n"
                               "}\n"
                               "profile other { /o r, }\n";
    static const struct {
        const char *name;
        const char *parent;
        const char *attachment;
        bool hat;
        const char *may_read;
    } rows[] = {
        {"main", NULL, "/bin/main", false, "/n"},          {"main//kid", "main", "/bin/kid", false, "/k"},
        {"main//one", "main", NULL, true, "/1"},           {"main//one//deeper", "main//one", NULL, false, "/d"},
        {"main//two", "main", NULL, true, "/2"},           {"other", NULL, NULL, false, "/o"},
    };
    AUTO(apparmor_file_free_cleanup) struct apparmor_file *file = read_file(text, NULL);
    AUTO_BUF struct buf written = BUF_INIT;
    AUTO_BUF struct buf twice = BUF_INIT;
    apparmor_file_write(file, &written);
    AUTO(apparmor_file_free_cleanup) struct apparmor_file *again = read_file(buf_text(&written), NULL);
    apparmor_file_write(again, &twice);
    cr_expect_str_eq(buf_text(&written), buf_text(&twice));
    const struct apparmor_file *both[] = {file, again};
    for (size_t k = 0; k < ARRAY_COUNT(both); k++) {
        cr_expect_eq(both[k]->profile_count, ARRAY_COUNT(rows));
        for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
            const struct apparmor_policy *policy = apparmor_file_find(both[k], rows[i].name);
            cr_assert_not_null(policy, "%s", rows[i].name);
            cr_expect_eq(policy->hat, rows[i].hat);
            cr_expect_eq(policy->parent != NULL, rows[i].parent != NULL);
            cr_expect(!policy->parent || strcmp(policy->parent, rows[i].parent) == 0);
            cr_expect_eq(policy->attachment != NULL, rows[i].attachment != NULL, "%s", rows[i].name);
            cr_expect(!policy->attachment || strcmp(policy->attachment, rows[i].attachment) == 0);
            cr_expect(allows(policy, rows[i].may_read, AA_READ, false), "%s", rows[i].name);
            cr_expect(!allows(policy, "/m", AA_READ, false) || i == 0);
        }
        cr_expect_str_eq(both[k]->profiles[0]->xattrs, "user.tag=\"a b\"");
        cr_expect_str_eq(apparmor_file_find(both[k], "main//one")->flags, "complain");
    }
    /* A task that can change its hat opens these. */
    cr_expect(allows(file->profiles[0], "/proc/1/attr/current", AA_WRITE, true));
    cr_expect(!allows(file->profiles[0], "/proc/1/attr/current", AA_WRITE, false));
    cr_expect(!allows(apparmor_file_find(file, "other"), "/proc/1/attr/current", AA_WRITE, true));
}

Test(apparmor_file, one_profile_is_chosen)
{
    static const struct {
        const char *text;
        const char *name;
        const char *chosen; /* or what the refusal says */
        int rc;
    } rows[] = {
        {"profile a {\n profile b { }\n}\n", NULL, "a", 0},
        {"profile a {\n profile b { }\n}\n", "a//b", "a//b", 0},
        {"profile a {\n profile b { }\n}\n", "b", "has no profile b; it has a, a//b", -ENOENT},
        {"profile a { }\nprofile b { }\n", NULL, "2 profiles: say which one", -EINVAL},
        {"@{A}=1\n", NULL, "there is no profile", -EINVAL},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO(apparmor_file_free_cleanup) struct apparmor_file *file = read_file(rows[i].text, NULL);
        struct apparmor_policy *policy = NULL;
        struct err err = ERR_INIT;
        cr_assert_eq(apparmor_file_choose(file, rows[i].name, &policy, &err), rows[i].rc, "%s", rows[i].text);
        if (rows[i].rc == 0)
            cr_expect_str_eq(policy->name, rows[i].chosen);
        else
            cr_expect(strstr(err.sentence, rows[i].chosen), "%s", err.sentence);
    }
}

Test(apparmor_file, links_are_judged_in_pairs)
{
    static const struct {
        const char *rules;
        const char *link;
        const char *target;
        bool owner;
        bool others;
    } rows[] = {
        {"link /a -> /b,", "/a", "/b", true, true},
        {"link /a -> /b,", "/a", "/c", false, false},
        {"link /a -> /b,", "/b", "/a", false, false},
        {"owner link /a -> /b,", "/a", "/b", true, false},
        {"l /a -> /b*,", "/a", "/bx", true, true},
        {"link subset /a -> /b, /a rw, /b r,", "/a", "/b", false, true},
        {"link subset /a -> /b, /a r, /b rw,", "/a", "/b", true, true},
        {"/a rwl, /b r,", "/a", "/b", false, true},
        {"/a rl, /b rw,", "/a", "/b", true, true},
        {"/a l, deny link /a -> /b,", "/a", "/b", false, false},
        {"/a l, deny link /a -> /b,", "/a", "/c", true, true},
        {"/a l -> /b,", "/a", "/c", true, true}, /* behind the path a second name is not heeded */
        {"/a lix, /b ix,", "/a", "/b", true, true},
        {"/a lix, /b px,", "/a", "/b", false, true},
        {"/a lpx, /b rPx,", "/a", "/b", false, true},
        {"/a lPx, /b rpx,", "/a", "/b", true, true},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO_FREE char *text = mem_printf("profile t {\n %s\n}\n", rows[i].rules);
        AUTO(apparmor_file_free_cleanup) struct apparmor_file *file = read_file(text, NULL);
        for (unsigned owner = 0; owner < 2; owner++)
            cr_expect_eq(apparmor_policy_allows_link(file->profiles[0], rows[i].link, strlen(rows[i].link), rows[i].target,
                                                     strlen(rows[i].target), owner),
                         owner ? rows[i].owner : rows[i].others, "%s (owner %u)", rows[i].rules, owner);
    }
}

Test(apparmor_file, an_exec_leads_somewhere)
{
    static const struct {
        const char *rules;
        enum aa_exec_kind kind;
        enum aa_exec_kind fallback;
        bool clean;
        const char *target;
    } rows[] = {
        {"/x r,", AA_EXEC_REFUSED, AA_EXEC_REFUSED, false, NULL},
        {"/x ix,", AA_EXEC_INHERIT, AA_EXEC_REFUSED, false, NULL},
        {"/x px,", AA_EXEC_PROFILE, AA_EXEC_REFUSED, false, NULL},
        {"/x Pix -> y,", AA_EXEC_PROFILE, AA_EXEC_INHERIT, true, "y"},
        {"/x cux,", AA_EXEC_CHILD, AA_EXEC_UNCONFINED, false, NULL},
        {"/x Ux,", AA_EXEC_UNCONFINED, AA_EXEC_REFUSED, true, NULL},
        {"safe /x cx -> \"a b\",", AA_EXEC_CHILD, AA_EXEC_REFUSED, true, "\"a b\""},
        {"/x px, /* ix,", AA_EXEC_PROFILE, AA_EXEC_REFUSED, false, NULL},
        {"/* ix, /{w,x} ux,", AA_EXEC_UNCONFINED, AA_EXEC_REFUSED, false, NULL},
        {"/x ix, deny /* x,", AA_EXEC_REFUSED, AA_EXEC_REFUSED, false, NULL},
        {"priority=1 /* ux, /x ix,", AA_EXEC_UNCONFINED, AA_EXEC_REFUSED, false, NULL},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO_FREE char *text = mem_printf("profile t {\n %s\n}\n", rows[i].rules);
        AUTO(apparmor_file_free_cleanup) struct apparmor_file *file = read_file(text, NULL);
        struct aa_exec exec;
        apparmor_policy_exec(file->profiles[0], "/x", 2, true, &exec);
        cr_expect_eq(exec.kind, rows[i].kind, "%s", rows[i].rules);
        cr_expect_eq(exec.fallback, rows[i].fallback, "%s", rows[i].rules);
        cr_expect_eq(exec.clean, rows[i].clean, "%s", rows[i].rules);
        cr_expect_eq(exec.target != NULL, rows[i].target != NULL, "%s", rows[i].rules);
        cr_expect(!exec.target || strcmp(exec.target, rows[i].target) == 0, "%s", rows[i].rules);
    }
}

/* ---- what is not read --------------------------------------------------------------------- */

Test(apparmor_file, refusals_name_the_file_and_line)
{
    static const struct {
        const char *text;
        const char *says;
    } rows[] = {
        {"profile t {\n include <no>\n}\n", "test:2: the include no is not found"},
        {"profile t {\n include\n}\n", "test:2: what is included is not named"},
        {"profile t {\n include <a\n}\n", "test:2: what is included is not named"},
        {"profile t {\n include <wrong>\n}\n", "wrong:3: q is not a mode"},
        {"profile t {\n include <brace>\n}\n", "brace:1: a brace closes"},
        {"profile t {\n include <half>\n}\n", "half:1: the text ends"},
        {"$a = perhaps\n", "test:1: $a is not set to true or false"},
        {"${a = true\n", "test:1: ${a is not a variable's name"},
        {"$a = true\n$a = true\n", "test:2: $a is defined twice"},
        {"alias /a /b,\n", "test:1: an alias has the form"},
        {"alias a -> b,\n", "test:1: an alias stands for a path"},
        {"profile t {\n if $a and {\n }\n}\n", "$a is not set"},
        {"profile t {\n if not (defined $a {\n }\n}\n", "parenthesis"},
        {"profile t {\n if defined $a\n /x r,\n}\n", "in braces"},
        {"profile t {\n if defined $a {\n /x r,\n", "not closed"},
        {"profile t {\n profile u { }\n profile u { }\n}\n", "test:3: the profile t//u is defined twice"},
        {"profile t xattrs=(a=b {\n}\n", "extended attributes"},
        {"profile t {\n lpx /a -> /b,\n}\n", "either a name to link or a profile"},
        {"hat {\n}\n", "test:2: } is not understood"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct apparmor_file *file = NULL;
        struct err err = ERR_INIT;
        cr_expect_lt(parse(rows[i].text, USUAL, false, &file, &err), 0, "%s", rows[i].text);
        cr_expect(strstr(err.sentence, rows[i].says), "%s: %s", rows[i].text, err.sentence);
        cr_expect_null(file);
    }
}

Test(apparmor_file, of_a_part_the_rest_is_noted)
{
    static const char text[] = "include <no/tunables>\n"
                               "profile t {\n"
                               "  include <no/rules>\n"
                               "  include if exists <no/more>\n"
                               "  /a r,\n"
                               "  @{NO}/b r,\n"
                               "  if $unset {\n /c r,\n \"}\" r,\n }\n"
                               "  mount options=(ro,\n rw) /x{a,b} -> /y\"z,\n"
                               "  include <wrong>\n"
                               "  /d/{a,b} r,\n"
                               "}\n";
    static const struct {
        enum apparmor_note_kind kind;
        uint32_t line;
        bool included;
        const char *profile;
        const char *says;
    } notes[] = {
        {APPARMOR_NOTE_MISSING_INCLUDE, 1, false, NULL, "no/tunables"},
        {APPARMOR_NOTE_MISSING_INCLUDE, 3, false, "t", "no/rules"},
        {APPARMOR_NOTE_RULE, 6, false, "t", "the variable @{NO} is not defined"},
        {APPARMOR_NOTE_RULE, 7, false, "t", "the condition's variable $unset is not set"},
        {APPARMOR_NOTE_RULE, 11, false, "t", "a quoted word is not closed"},
        {APPARMOR_NOTE_RULE, 13, true, "t", "q is not a mode"},
    };
    AUTO(apparmor_file_free_cleanup) struct apparmor_file *file = NULL;
    struct err err = ERR_INIT;
    cr_assert_eq(parse(text, USUAL, true, &file, &err), 0, "%s", err.sentence);
    cr_assert_eq(file->note_count, ARRAY_COUNT(notes), "%zu", file->note_count);
    for (size_t i = 0; i < ARRAY_COUNT(notes); i++) {
        const struct apparmor_note *note = &file->notes[i];
        cr_expect_eq(note->kind, notes[i].kind, "%s", note->text);
        cr_expect_eq(note->line, notes[i].line, "%s: %u", note->text, note->line);
        cr_expect_eq(note->included, notes[i].included, "%s", note->text);
        cr_expect_eq(note->profile != NULL, notes[i].profile != NULL, "%s", note->text);
        cr_expect(strncmp(note->text, notes[i].says, strlen(notes[i].says)) == 0, "%s", note->text);
    }
    cr_expect(allows(file->profiles[0], "/d/b", AA_READ, false));
    cr_expect(!allows(file->profiles[0], "/c", AA_READ, false));
    cr_expect_eq(file->include_count, 4);
    cr_expect(file->includes[2].optional && !file->includes[2].found && file->includes[3].found);
    cr_expect_eq(file->profiles[0]->files[1].line, 13); /* of the include */
    cr_expect(file->profiles[0]->files[1].included);
}

/* ---- what is too much --------------------------------------------------------------------- */

/* Every file includes the next two: more than there are atoms. */
static int load_tree(void *context, const char *name, bool angled, const char *from, apparmor_include_take *take, void *taker,
                     struct err *err)
{
    unsigned *count = context;
    (void)angled;
    (void)from;
    (void)err;
    AUTO_FREE char *text = mem_printf("include <%s0>\ninclude <%s1>\n", name, name);
    ++*count;
    return take(taker, name, text, strlen(text));
}

static void add_many(struct buf *out, const char *text, unsigned count)
{
    while (count-- > 0)
        buf_add_text(out, text);
}

Test(apparmor_file, hostile_files_end_soon, .timeout = 60)
{
    struct err err = ERR_INIT;
    struct apparmor_file *file = NULL;
    unsigned count = 0;
    const struct apparmor_file_options options = {.load = load_tree, .load_context = &count, .partial = true};
    const char tree[] = "profile t {\n include <a>\n}\n";
    cr_expect_eq(apparmor_file_parse("test", tree, strlen(tree), &options, &file, &err), -E2BIG, "%s", err.sentence);
    cr_expect_leq(count, APPARMOR_FILE_INCLUDES_MAX + 1);

    AUTO_BUF struct buf nested = BUF_INIT;
    buf_add_text(&nested, "profile t {\n");
    add_many(&nested, "audit { ", 100000);
    cr_expect_lt(parse(buf_text(&nested), NULL, false, &file, &err), 0);
    cr_expect(strstr(err.sentence, "nested too deep"), "%s", err.sentence);
    buf_clear(&nested);
    add_many(&nested, "profile t { ", 100000);
    cr_expect_lt(parse(buf_text(&nested), NULL, false, &file, &err), 0);
    cr_expect(strstr(err.sentence, "nested too deep"), "%s", err.sentence);
    buf_clear(&nested);
    buf_add_text(&nested, "profile t {\n if ");
    add_many(&nested, "not (", 100000);
    cr_expect_lt(parse(buf_text(&nested), NULL, false, &file, &err), 0);
    cr_expect(strstr(err.sentence, "nested too deep"), "%s", err.sentence);
}

/* This file of some 170 KiB would take 600 MiB, were its values made before they are measured. */
Test(apparmor_file, long_values_are_not_multiplied, .timeout = 60)
{
    AUTO_BUF struct buf text = BUF_INIT;
    struct apparmor_file *file = NULL;
    struct err err = ERR_INIT;
    struct rusage before, after;
    buf_add_text(&text, "@{B}=");
    for (unsigned i = 0; i < 4000; i++)
        buf_printf(&text, "v%u ", i);
    buf_add_text(&text, "\n@{A}=@{B}");
    add_many(&text, "x", 150000);
    buf_add_text(&text, "\nprofile t {\n /@{A} r,\n}\n");
    cr_assert_eq(getrusage(RUSAGE_SELF, &before), 0);
    cr_expect_lt(parse(buf_text(&text), NULL, false, &file, &err), 0);
    cr_assert_eq(getrusage(RUSAGE_SELF, &after), 0);
    cr_expect(strstr(err.sentence, "exceeds 64 KiB"), "%s", err.sentence);
    cr_expect_lt(after.ru_maxrss - before.ru_maxrss, 200 << 10, "%ld KiB", after.ru_maxrss - before.ru_maxrss);
    apparmor_file_free(file);
}

Test(apparmor_file, variables_do_not_explode, .timeout = 60)
{
    static const struct {
        const char *first; /* value of the first variable */
        const char *next;  /* of each that follows, with the one before as %s */
    } rows[] = {
        {"a b", "@{%c}@{%c}"},     /* twice as long and all combinations, every time */
        {"\"\"", "@{%c}@{%c}"},    /* nothing, ever more often */
        {"\"\" \"\"", "@{%c} @{%c}"},
        {"x", "@{%c}@{%c}@{%c}"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO_BUF struct buf text = BUF_INIT;
        struct apparmor_file *file = NULL;
        struct err err = ERR_INIT;
        buf_printf(&text, "@{A}=%s\n", rows[i].first);
        for (char name = 'B'; name < 'P'; name++) {
            buf_printf(&text, "@{%c}=", name);
            for (unsigned k = 0; k < 100; k++)
                for (const char *c = rows[i].next; *c; c++) {
                    if (c[0] == '%')
                        buf_add_char(&text, (char)(name - 1));
                    else if (c == rows[i].next || c[-1] != '%')
                        buf_add_char(&text, *c);
                }
            buf_add_char(&text, '\n');
        }
        buf_add_text(&text, "profile t {\n /x@{O} r,\n}\n");
        cr_expect_lt(parse(buf_text(&text), NULL, false, &file, &err), 0, "%zu", i);
        cr_expect(strstr(err.sentence, "variables"), "%s", err.sentence);
        apparmor_file_free(file);
    }
}
