/* profgen explain: what a rule, a capability or a system call is about. */
#include <string.h>

#include "base/strings.h"
#include "cli/command.h"
#include "cli/explain.h"
#include "cli/nearest.h"
#include "model/syscall.h"

enum { OPTION_LIST = 1, OPTION_RULES, OPTION_FORMAT };

struct request {
    bool list, json;
    char **directories;
    size_t directory_count;
    char **names;
    size_t name_count;
};

static void request_done(struct request *request)
{
    strings_free(&request->directories, &request->directory_count);
}

static int load_rules(const struct request *request, struct rule_set *rules)
{
    struct err err = ERR_INIT;
    int rc = rule_set_add_built_in(rules, &err);
    for (size_t i = 0; rc == 0 && i < request->directory_count; i++)
        rc = rule_set_add_directory(rules, request->directories[i], &err);
    return rc < 0 ? say_failure(&err, STATUS_FAILED) : STATUS_CLEAN;
}

/* ---- finding what a name means ----------------------------------------------------------------------------------- */

static struct topic find_topic(const struct rule_set *rules, const char *name)
{
    struct topic topic = {.rule = rule_set_find(rules, name)};
    /* bpf and kill are system calls, BPF and CAP_KILL capabilities. */
    const struct syscall *call = syscall_by_name(name);
    if (!topic.rule && call)
        topic.syscall = call->name;
    else if (!topic.rule)
        topic.capability = capability_by_name(name);
    return topic;
}

static void say_unknown(const struct rule_set *rules, const char *name)
{
    struct nearest nearest = nearest_init(name);
    for (size_t i = 0; i < rule_set_count(rules); i++) {
        nearest_offer(&nearest, rule_set_get(rules, i)->info.id);
        nearest_offer(&nearest, rule_set_get(rules, i)->info.name);
    }
    for (size_t i = 0; i < capability_count(); i++) {
        nearest_offer(&nearest, capability_get((int)i)->capability);
        nearest_offer(&nearest, capability_get((int)i)->capability + strlen("CAP_"));
    }
    for (size_t i = 0; i < syscall_count(); i++)
        nearest_offer(&nearest, syscall_at(i)->name);
    if (nearest.word)
        say_error("there is no rule, capability or system call '%s'; did you mean %s?", name, nearest.word);
    else
        say_error("there is no rule, capability or system call '%s'; profgen explain --list lists the rules", name);
}

static int find_topics(const struct request *request, const struct rule_set *rules, struct topic *topics)
{
    int status = STATUS_CLEAN;
    for (size_t i = 0; i < request->name_count; i++) {
        topics[i] = find_topic(rules, request->names[i]);
        if (!topics[i].rule && !topics[i].capability && !topics[i].syscall) {
            say_unknown(rules, request->names[i]);
            status = STATUS_FAILED;
        }
    }
    return status;
}

static size_t topics_of_all(const struct rule_set *rules, struct topic *topics)
{
    for (size_t i = 0; i < rule_set_count(rules); i++)
        topics[i] = (struct topic){.rule = rule_set_get(rules, i)};
    return rule_set_count(rules);
}

/* ---- printing ------------------------------------------------------------------------------------------------------ */

static void print(const struct request *request, const struct topic *topics, size_t count)
{
    struct sheet sheet = {.out = stdout, .color = say_in_color(stdout), .width = say_width(stdout)};
    if (request->json)
        explain_json(topics, count, stdout);
    else if (request->list)
        explain_list(topics, count, &sheet);
    else
        explain_text(topics, count, &sheet);
}

static int explain(const struct request *request)
{
    AUTO(rule_set_free_cleanup) struct rule_set *rules = rule_set_new();
    int status = load_rules(request, rules);
    if (status != STATUS_CLEAN)
        return status;
    size_t count = request->list ? rule_set_count(rules) : request->name_count;
    AUTO_FREE struct topic *topics = mem_zero(count, sizeof(*topics));
    if (request->list)
        (void)topics_of_all(rules, topics);
    else
        status = find_topics(request, rules, topics);
    if (status == STATUS_CLEAN)
        print(request, topics, count);
    return status;
}

static int run_request(struct request *request, const struct option_walk *walk)
{
    request->names = walk->operands;
    request->name_count = (size_t)walk->operand_count;
    if (request->list && request->name_count > 0)
        say_error("--list lists all rules, and takes no names");
    else if (!request->list && request->name_count == 0)
        say_error("explain needs the name of a rule, a capability or a system call; profgen explain --list lists the rules");
    else
        return explain(request);
    return STATUS_FAILED;
}

static int run_explain(const struct command *self, int argc, char **argv)
{
    AUTO(request_done) struct request request = {0};
    struct option_walk walk;
    option_walk_init(&walk, self, argc, argv);
    for (int option; (option = option_next(&walk)) != OPTION_END;) {
        switch (option) {
        case OPTION_LIST:
            request.list = true;
            break;
        case OPTION_RULES:
            strings_add(&request.directories, &request.directory_count, walk.value);
            break;
        case OPTION_FORMAT:
            if (option_text_or_json(&walk, &request.json) < 0)
                return STATUS_FAILED;
            break;
        case OPTION_HELP:
            return STATUS_CLEAN;
        default:
            return STATUS_FAILED;
        }
    }
    return run_request(&request, &walk);
}

static const struct option_row explain_options[] = {
    {.id = OPTION_LIST, .letter = 'l', .name = "list", .help = "List all rules with severity, layer, name and title"},
    {.id = OPTION_RULES, .name = "rules", .value = VALUE_REQUIRED, .placeholder = "DIR",
     .complete = COMPLETE_DIRECTORY, .help = "Add the rules of DIR; may be given again"},
    {.id = OPTION_FORMAT, .name = "format", .value = VALUE_REQUIRED, .placeholder = "FORMAT",
     .complete = COMPLETE_CHOICES, .choices = option_text_json, .help = "Print as text or as JSON"},
    {0},
};

const struct command command_explain = {
    .name = "explain",
    .synopsis = "[OPTIONS] RULE|CAPABILITY|SYSCALL...",
    .summary = "Explain a rule of the audit, a capability or a system call",
    .description = "Prints why a rule objects, what to write instead for each kind of file, what it refers\n"
                   "to, and a bad and a good example. A rule is named by its id or its name. Of a\n"
                   "capability or a system call it prints what it permits and how risky that is.",
    .examples = "profgen explain PG101\n"
                "profgen explain dangerous-capability CAP_SYS_ADMIN mount\n"
                "profgen explain --list",
    .options = explain_options,
    .operands = COMPLETE_NOTHING,
    .run = run_explain,
};
