#include <string.h>

#include "base/errno_name.h"
#include "base/json_out.h"
#include "base/mem.h"
#include "report/advice_report.h"

static void write_item(struct json_out *json, const struct advice_item *item)
{
    json_out_inline_object(json);
    json_out_key_text(json, "what", item->what);
    if (item->count)
        json_out_key_u64(json, "count", item->count);
    if (item->seen) {
        json_out_key_u64(json, "results_seen", item->seen);
        json_out_key_u64(json, "failed", item->failed);
    }
    char name[ERRNO_NAME_MAX];
    if (item->error)
        json_out_key_text(json, "errno", errno_name(item->error, name));
    if (*item->answer)
        json_out_key_text(json, "answer", item->answer);
    if (*item->detail)
        json_out_key_text(json, "detail", item->detail);
    json_out_end(json, '}');
}

static void write_evidence(struct json_out *json, const struct advice_evidence *evidence)
{
    json_out_object(json);
    json_out_key_text(json, "effect", advice_effect_name(evidence->effect));
    json_out_key_text(json, "predicate", evidence->rule->predicate);
    json_out_key_text(json, "says", evidence->rule->says);
    json_out_key_text(json, "source", evidence->rule->source);
    json_out_key(json, "items");
    json_out_array(json);
    for (size_t i = 0; i < evidence->item_count; i++)
        write_item(json, &evidence->items[i]);
    json_out_end(json, ']');
    if (evidence->omitted)
        json_out_key_u64(json, "omitted", evidence->omitted);
    json_out_end(json, '}');
}

static void write_costs(struct json_out *json, const struct advice *advice, const struct advice_place *place)
{
    json_out_key(json, "published_costs");
    json_out_array(json);
    for (size_t i = 0; i < data_advice_costs_count; i++) {
        const struct data_advice_costs *cost = &data_advice_costs[i];
        if (!advice_cost_applies(advice, place, cost))
            continue;
        json_out_object(json);
        json_out_key_text(json, "metric", cost->metric);
        json_out_key_text(json, "figure", cost->figure);
        json_out_key_text(json, "when", cost->when);
        json_out_key_text(json, "source", cost->source);
        json_out_end(json, '}');
    }
    json_out_end(json, ']');
}

static void write_class(struct json_out *json, const char *key, const char *name)
{
    json_out_key(json, key);
    if (name && *name)
        json_out_text(json, name);
    else
        json_out_null(json);
}

static void write_place(struct json_out *json, const struct advice *advice, const struct advice_place *place)
{
    json_out_object(json);
    json_out_key_text(json, "platform", place->platform->platform);
    json_out_key_text(json, "name", place->platform->name);
    json_out_key_text(json, "verdict", verdict_name(place->verdict));
    write_class(json, "runtime_class", place->platform->class);
    json_out_key_text(json, "condition", place->platform->condition);
    json_out_key(json, "evidence");
    json_out_array(json);
    for (size_t i = 0; i < place->evidence_count; i++)
        write_evidence(json, &place->evidence[i]);
    json_out_end(json, ']');
    write_costs(json, advice, place);
    json_out_end(json, '}');
}

static void write_load(struct json_out *json, const struct advice_load *load)
{
    json_out_key(json, "load");
    json_out_object(json);
    json_out_key_u64(json, "duration_ns", load->duration_ns);
    json_out_key_bool(json, "served", load->served);
    json_out_key_u64(json, "startup_ns", load->startup_ns);
    json_out_key_u64(json, "startup_opens", load->opens);
    json_out_key_u64(json, "startup_reads", load->reads);
    json_out_key_u64(json, "startup_looks", load->looks);
    json_out_key_u64(json, "startup_files", load->files);
    json_out_key_u64(json, "calls", load->calls);
    json_out_key_u64(json, "calls_per_second", load->calls_per_second);
    json_out_key_u64(json, "serving_calls", load->serving_calls);
    json_out_key_u64(json, "serving_calls_per_second", load->serving_calls_per_second);
    json_out_key_bool(json, "listens", load->listens);
    json_out_key_u64(json, "peak_memory_bytes", load->peak_memory_bytes);
    json_out_key_u64(json, "peak_processes", load->peak_processes);
    json_out_key_u64(json, "peak_threads", load->peak_threads);
    json_out_end(json, '}');
}

static void write_limits(struct json_out *json, const struct advice_limits *limits)
{
    json_out_key(json, "resources");
    json_out_object(json);
    json_out_key_u64(json, "margin_percent", limits->margin);
    json_out_key_u64(json, "memory_request_mib", limits->memory_request_mib);
    json_out_key_u64(json, "memory_limit_mib", limits->memory_limit_mib);
    json_out_key_u64(json, "cpu_mean_milli", limits->cpu_mean_milli);
    json_out_key_u64(json, "cpu_request_milli", limits->cpu_request_milli);
    json_out_key_u64(json, "cpu_limit_milli", limits->cpu_limit_milli);
    json_out_key_u64(json, "pids_limit", limits->pids_limit);
    json_out_end(json, '}');
}

static void write_choice(struct json_out *json, const struct advice_choice *choice)
{
    json_out_key(json, "recommendation");
    json_out_object(json);
    json_out_key_text(json, "platform", choice->platform->platform);
    write_class(json, "runtime_class", choice->platform->class);
    json_out_key_text(json, "why", choice->why);
    write_class(json, "untrusted_platform", choice->untrusted ? choice->untrusted->platform : NULL);
    write_class(json, "untrusted_runtime_class", choice->untrusted ? choice->untrusted->class : NULL);
    json_out_key_text(json, "untrusted_why", choice->untrusted_why);
    json_out_end(json, '}');
}

static void write_unknown(struct json_out *json, const struct advice *advice)
{
    json_out_key(json, "unknown");
    json_out_array(json);
    for (size_t i = 0; i < advice->unknown_count; i++)
        json_out_text(json, advice->unknown[i]);
    json_out_end(json, ']');
}

void advice_json(const struct advice *advice, FILE *out)
{
    AUTO_BUF struct buf text = BUF_INIT;
    struct json_out json;
    json_out_init(&json, &text);
    json_out_object(&json);
    json_out_key_text(&json, "schema", "profgen-advice/1");
    json_out_key_u64(&json, "runs", advice->run_count);
    json_out_key_bool(&json, "complete", advice->complete);
    write_choice(&json, &advice->choice);
    json_out_key(&json, "platforms");
    json_out_array(&json);
    for (size_t i = 0; i < advice->place_count; i++)
        write_place(&json, advice, &advice->places[i]);
    json_out_end(&json, ']');
    write_load(&json, &advice->load);
    write_limits(&json, &advice->limits);
    write_unknown(&json, advice);
    json_out_end(&json, '}');
    (void)fprintf(out, "%s\n", buf_text(&text));
}
