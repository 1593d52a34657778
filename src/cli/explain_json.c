#include <string.h>

#include "base/json_out.h"
#include "cli/explain.h"
#include "model/default_profile.h"
#include "model/risk.h"

static void add_texts(struct json_out *json, const char *key, const struct node *node)
{
    if (!node)
        return;
    json_out_key(json, key);
    json_out_array(json);
    if (node_text(node))
        json_out_text(json, node_text(node));
    for (const struct node *item = node_is(node, NODE_LIST) ? node_first(node) : NULL; item; item = item->next)
        if (node_text(item))
            json_out_text(json, node_text(item));
    json_out_end(json, ']');
}

static void add_subjects(struct json_out *json, unsigned subjects)
{
    json_out_key(json, "subjects");
    json_out_inline_array(json);
    for (unsigned kind = 0; kind < SUBJECT_KIND_COUNT; kind++)
        if (subjects >> kind & 1)
            json_out_text(json, subject_kind_name((enum subject_kind)kind));
    json_out_end(json, ']');
}

static void add_fix(struct json_out *json, const struct rule *rule)
{
    json_out_key(json, "fix");
    json_out_object(json);
    if (!node_is(rule->fix, NODE_MAP))
        json_out_key_text(json, "default", rule->info.fix);
    for (const struct node *fix = node_is(rule->fix, NODE_MAP) ? node_first(rule->fix) : NULL; fix; fix = fix->next)
        json_out_key_text(json, fix->key, node_text(fix));
    json_out_end(json, '}');
}

static void add_references(struct json_out *json, const struct rule_info *info)
{
    json_out_key(json, "references");
    json_out_array(json);
    for (size_t i = 0; i < info->reference_count; i++)
        json_out_text(json, info->references[i]);
    json_out_end(json, ']');
}

static void add_pss(struct json_out *json, const struct rule_info *info)
{
    if (!info->pss_level)
        return;
    json_out_key(json, "pss");
    json_out_inline_object(json);
    json_out_key_text(json, "level", info->pss_level);
    json_out_key_text(json, "check", info->pss_check);
    json_out_end(json, '}');
}

static void add_rule(struct json_out *json, const struct rule *rule)
{
    const struct rule_info *info = &rule->info;
    json_out_object(json);
    json_out_key_text(json, "id", info->id);
    json_out_key_text(json, "name", info->name);
    json_out_key_text(json, "title", info->title);
    json_out_key_text(json, "severity", severity_name(info->severity));
    json_out_key_text(json, "layer", layer_name(info->layer));
    add_subjects(json, rule->subjects);
    add_texts(json, "formats", rule->formats);
    json_out_key_text(json, "message", rule->message);
    json_out_key_text(json, "why", info->why);
    add_fix(json, rule);
    add_references(json, info);
    add_pss(json, info);
    if (rule->examples) {
        json_out_key(json, "examples");
        json_out_object(json);
        add_texts(json, "bad", node_get(rule->examples, "bad"));
        add_texts(json, "good", node_get(rule->examples, "good"));
        json_out_end(json, '}');
    }
    json_out_end(json, '}');
}

static void add_capability(struct json_out *json, const struct data_capabilities *row)
{
    json_out_object(json);
    json_out_key_text(json, "name", row->capability);
    json_out_key_u64(json, "number", (uint64_t)row->number);
    json_out_key_text(json, "since_kernel", row->since_kernel);
    json_out_key_text(json, "risk", row->risk);
    json_out_key_text(json, "permits", row->operations);
    json_out_key_text(json, "calls", row->syscalls);
    json_out_key_bool(json, "docker_default", strcmp(row->docker_default, "yes") == 0);
    json_out_key_bool(json, "podman_default", strcmp(row->podman_default, "yes") == 0);
    json_out_key_bool(json, "pss_baseline", strcmp(row->pss_baseline_add, "yes") == 0);
    json_out_key_bool(json, "pss_restricted", strcmp(row->pss_restricted_add, "yes") == 0);
    json_out_end(json, '}');
}

static void add_syscall(struct json_out *json, const char *name)
{
    struct risk risk = risk_of_syscall(name);
    json_out_object(json);
    json_out_key_text(json, "name", name);
    json_out_key_text(json, "risk", risk_level_name(risk.level));
    json_out_key_text(json, "why", risk.why);
    if (risk.facts) {
        json_out_key_text(json, "needs", risk.facts->capability);
        json_out_key_text(json, "cves", risk.facts->cves);
    }
    json_out_key(json, "defaults");
    json_out_object(json);
    for (size_t i = 0; i < data_default_profiles_count; i++) {
        AUTO_FREE char *words = default_profile_words(data_default_profiles[i].engine, name);
        json_out_key_text(json, data_default_profiles[i].engine, words);
    }
    json_out_end(json, '}');
    json_out_end(json, '}');
}

/* One array for each sort of topic; those that nobody asked for are empty. */
void explain_json(const struct topic *topics, size_t count, FILE *out)
{
    AUTO_BUF struct buf text = BUF_INIT;
    struct json_out json;
    json_out_init(&json, &text);
    json_out_object(&json);
    json_out_key_text(&json, "schema", "profgen-explain/1");
    json_out_key(&json, "rules");
    json_out_array(&json);
    for (size_t i = 0; i < count; i++)
        if (topics[i].rule)
            add_rule(&json, topics[i].rule);
    json_out_end(&json, ']');
    json_out_key(&json, "capabilities");
    json_out_array(&json);
    for (size_t i = 0; i < count; i++)
        if (topics[i].capability)
            add_capability(&json, topics[i].capability);
    json_out_end(&json, ']');
    json_out_key(&json, "syscalls");
    json_out_array(&json);
    for (size_t i = 0; i < count; i++)
        if (topics[i].syscall)
            add_syscall(&json, topics[i].syscall);
    json_out_end(&json, ']');
    json_out_end(&json, '}');
    (void)fwrite(text.data, 1, text.length, out);
}
