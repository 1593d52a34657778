#include <string.h>

#include "base/json_out.h"
#include "model/capability.h"
#include "report/breadth_report.h"

static void add_probe(struct json_out *json, const struct breadth_probe *probe)
{
    json_out_object(json);
    json_out_key_text(json, "probe", probe->probe);
    json_out_key_text(json, "what", probe->what);
    if (probe->abi != ABI_NONE)
        json_out_key_text(json, "abi", arch_get(probe->abi)->name);
    json_out_key_text(json, "severity", severity_name(probe->severity));
    if (*probe->needs)
        json_out_key_text(json, "needs", probe->needs);
    json_out_key_bool(json, "usable", probe->usable);
    if (probe->by_user_namespace)
        json_out_key_bool(json, "by_user_namespace", true);
    json_out_key_u64(json, "points", probe->points);
    json_out_key_text(json, "why", probe->why);
    json_out_end(json, '}');
}

static void add_row(struct json_out *json, const struct breadth *breadth, const struct breadth_row *row)
{
    json_out_object(json);
    json_out_key_text(json, "kind", breadth_kind_name(row->kind));
    json_out_key_text(json, "name", row->name);
    json_out_key_u64(json, "points", row->points);
    json_out_key_text(json, "why", row->why);
    if (row->worst) {
        json_out_key_text(json, "severity", severity_name(row->worst->severity));
        json_out_key_bool(json, "usable", row->worst->usable);
        json_out_key(json, "probes");
        json_out_array(json);
        for (size_t i = 0; i < breadth->probe_count; i++)
            if (strcmp(breadth->probes[i].way, row->worst->way) == 0)
                add_probe(json, &breadth->probes[i]);
        json_out_end(json, ']');
    }
    json_out_end(json, '}');
}

/* What a seccomp profile has and an AppArmor profile has not. */
static void add_calls(struct json_out *json, const struct breadth *breadth)
{
    json_out_key_u64(json, "allowed_calls", breadth->allowed_calls);
    json_out_key(json, "abis");
    json_out_inline_array(json);
    for (enum abi abi = 0; abi < ABI_COUNT; abi++)
        if (breadth->has_abi[abi])
            json_out_text(json, arch_get(abi)->name);
    json_out_end(json, ']');
    json_out_key(json, "undone");
    json_out_array(json);
    for (size_t i = 0; i < breadth->undone_count; i++) {
        json_out_inline_object(json);
        json_out_key_text(json, "denied", breadth->undone[i]->denied);
        json_out_key_text(json, "passes", breadth->undone[i]->passes);
        json_out_key_text(json, "why", breadth->undone[i]->why);
        json_out_end(json, '}');
    }
    json_out_end(json, ']');
}

static void add_entry(struct json_out *json, const struct breadth_entry *entry)
{
    const struct breadth *breadth = &entry->breadth;
    json_out_object(json);
    json_out_key(json, "name");
    json_out_bytes(json, entry->name, strlen(entry->name));
    if (entry->about) {
        json_out_key(json, "about");
        json_out_bytes(json, entry->about, strlen(entry->about));
    }
    json_out_key_text(json, "kind", entry->is_apparmor ? "apparmor" : "seccomp");
    json_out_key_bool(json, "reference", entry->is_reference);
    json_out_key_u64(json, "score", breadth->score);
    json_out_key_u64(json, "lost", breadth->lost);
    json_out_key_text(json, "grade", breadth->grade->grade);
    json_out_key_text(json, "meaning", breadth->grade->meaning);
    if (!entry->is_apparmor)
        add_calls(json, breadth);
    json_out_key(json, "rows");
    json_out_array(json);
    for (size_t i = 0; i < breadth->row_count; i++)
        add_row(json, breadth, &breadth->rows[i]);
    json_out_end(json, ']');
    json_out_end(json, '}');
}

void breadth_json(const struct breadth_report *report, FILE *out)
{
    AUTO_BUF struct buf text = BUF_INIT;
    struct json_out json;
    json_out_init(&json, &text);
    json_out_object(&json);
    json_out_key_text(&json, "schema", "profgen-breadth/1");
    json_out_key(&json, "capabilities");
    json_out_inline_array(&json);
    for (size_t i = 0; i < capability_count(); i++)
        if (report->capabilities >> i & 1)
            json_out_text(&json, capability_get((int)i)->capability);
    json_out_end(&json, ']');
    json_out_key(&json, "profiles");
    json_out_array(&json);
    for (size_t i = 0; i < report->count; i++)
        add_entry(&json, &report->entries[i]);
    json_out_end(&json, ']');
    json_out_end(&json, '}');
    (void)fwrite(text.data, 1, text.length, out);
}
