#include <string.h>

#include "base/json_out.h"
#include "report/diff_report.h"

static void add_file(struct json_out *json, const char *key, const char *name, const char *kind)
{
    json_out_key(json, key);
    json_out_inline_object(json);
    json_out_key(json, "file");
    json_out_bytes(json, name, strlen(name));
    json_out_key_text(json, "kind", kind);
    json_out_end(json, '}');
}

static void add_optional(struct json_out *json, const char *key, const char *text)
{
    if (text)
        json_out_key_text(json, key, text);
}

static void add_cves(struct json_out *json, const char *cves)
{
    AUTO_BUF struct buf one = BUF_INIT;
    json_out_key(json, "cves");
    json_out_inline_array(json);
    while (*cves) {
        size_t length = strcspn(cves, " ");
        buf_clear(&one);
        buf_add(&one, cves, length);
        json_out_text(json, buf_text(&one));
        cves += length + strspn(cves + length, " ");
    }
    json_out_end(json, ']');
}

static void add_abis(struct json_out *json, unsigned abis)
{
    json_out_key(json, "abis");
    json_out_inline_array(json);
    for (unsigned abi = 0; abi < ABI_COUNT; abi++)
        if (abis >> abi & 1)
            json_out_text(json, arch_get((enum abi)abi)->name);
    json_out_end(json, ']');
}

static void add_row(struct json_out *json, const struct diff_row *row)
{
    json_out_object(json);
    json_out_key_text(json, "side", diff_side_name(row->side));
    json_out_key_text(json, "kind", diff_kind_name(row->kind));
    json_out_key_text(json, "subject", row->subject);
    if (row->abis)
        add_abis(json, row->abis);
    add_optional(json, "when", row->when);
    add_optional(json, "context", row->context);
    json_out_key_text(json, "a", row->a);
    json_out_key_text(json, "b", row->b);
    add_optional(json, "example", row->example);
    json_out_key_text(json, "risk", risk_level_name(row->risk));
    add_optional(json, "why", row->why);
    if (row->cves)
        add_cves(json, row->cves);
    json_out_end(json, '}');
}

void diff_json(const struct diff_report *report, FILE *out)
{
    const struct diff *diff = report->diff;
    AUTO_BUF struct buf text = BUF_INIT;
    struct json_out json;
    json_out_init(&json, &text);
    json_out_object(&json);
    json_out_key_text(&json, "schema", "profgen-diff/1");
    add_file(&json, "a", report->names[0], report->kinds[0]);
    add_file(&json, "b", report->names[1], report->kinds[1]);
    json_out_key_text(&json, "verdict", diff_verdict_name(diff_verdict(diff)));
    json_out_key(&json, "counts");
    json_out_inline_object(&json);
    for (unsigned side = 0; side < DIFF_SIDE_COUNT; side++)
        json_out_key_u64(&json, diff_side_name((enum diff_side)side), diff_count(diff, (enum diff_side)side));
    json_out_end(&json, '}');
    json_out_key(&json, "differences");
    json_out_array(&json);
    for (size_t i = 0; i < diff->count; i++)
        add_row(&json, &diff->rows[i]);
    json_out_end(&json, ']');
    json_out_key(&json, "notes");
    json_out_array(&json);
    for (size_t i = 0; i < diff->note_count; i++)
        json_out_text(&json, diff->notes[i]);
    json_out_end(&json, ']');
    json_out_end(&json, '}');
    (void)fwrite(text.data, 1, text.length, out);
}
