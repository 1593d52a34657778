#include <string.h>

#include "report/audit_markup.h"
#include "report/audit_sarif_parts.h"
#include "report/audit_words.h"

/* How GitHub sorts security alerts: above 9.0 critical, from 7.0 high, from 4.0 medium, above 0 low. */
static const char *const security_severities[SEVERITY_COUNT] = {
    [SEVERITY_INFO] = "0.0", [SEVERITY_LOW] = "2.5",      [SEVERITY_MEDIUM] = "5.5",
    [SEVERITY_HIGH] = "8.0", [SEVERITY_CRITICAL] = "9.5",
};

static const char *words_or(const char *text, const char *otherwise)
{
    return text && *text ? text : otherwise;
}

static void message_of(struct json_out *json, const char *key, const char *text)
{
    AUTO_BUF struct buf escaped = BUF_INIT;
    audit_escape_text(&escaped, text, KEEP_LINES);
    sarif_message(json, key, buf_text(&escaped));
}

static void add_help(struct buf *out, const struct rule_info *rule)
{
    audit_escape_text(out, words_or(rule->why, rule->title), KEEP_LINES);
    if (rule->fix && *rule->fix) {
        buf_add_text(out, "\n\nFix: ");
        audit_escape_text(out, rule->fix, KEEP_LINES);
    }
    for (size_t i = 0; i < rule->reference_count; i++) {
        buf_add_text(out, i ? ", " : "\n\nSee: ");
        audit_escape_text(out, rule->references[i], KEEP_WORDS);
    }
}

/* A link whose characters are those of a URI (RFC 3986). */
static bool is_link(const char *reference)
{
    if (strncmp(reference, "https://", 8) != 0)
        return false;
    for (const char *c = reference; *c; c++)
        if (*c <= ' ' || *c >= 0x7f || strchr("<>\"{}|\\^`", *c))
            return false;
    return true;
}

static void add_help_markdown(struct buf *out, const struct rule_info *rule)
{
    audit_add_markdown(out, words_or(rule->why, rule->title));
    if (rule->fix && *rule->fix) {
        buf_add_text(out, "\n\n**Fix**\n\n");
        if (strchr(rule->fix, '\n'))
            audit_add_code_block(out, rule->fix);
        else
            audit_add_markdown(out, rule->fix);
    }
    for (size_t i = 0; i < rule->reference_count; i++) {
        const char *reference = rule->references[i];
        buf_add_text(out, i ? "\n- " : "\n\n**See**\n\n- ");
        if (is_link(reference))
            buf_printf(out, "<%s>", reference);
        else
            audit_add_markdown(out, reference);
    }
}

static void write_help(struct json_out *json, const struct rule_info *rule)
{
    AUTO_BUF struct buf text = BUF_INIT;
    AUTO_BUF struct buf markdown = BUF_INIT;
    add_help(&text, rule);
    add_help_markdown(&markdown, rule);
    json_out_key(json, "help");
    json_out_object(json);
    json_out_key_text(json, "text", buf_text(&text));
    json_out_key_text(json, "markdown", buf_text(&markdown));
    json_out_end(json, '}');
    for (size_t i = 0; i < rule->reference_count; i++)
        if (is_link(rule->references[i])) {
            json_out_key_text(json, "helpUri", rule->references[i]);
            return;
        }
}

static void write_properties(struct json_out *json, const struct rule_info *rule)
{
    json_out_key(json, "properties");
    json_out_inline_object(json);
    json_out_key(json, "tags");
    json_out_array(json);
    json_out_text(json, "security");
    json_out_text(json, layer_name(rule->layer));
    if (rule->pss_level) {
        AUTO_BUF struct buf tag = BUF_INIT;
        buf_add_text(&tag, "pod-security/");
        audit_escape_text(&tag, rule->pss_level, KEEP_WORDS);
        json_out_text(json, buf_text(&tag));
    }
    json_out_end(json, ']');
    json_out_key_text(json, "security-severity", security_severities[rule->severity]);
    json_out_end(json, '}');
}

void sarif_rule(struct json_out *json, const struct rule_info *rule)
{
    AUTO_BUF struct buf id = BUF_INIT;
    AUTO_BUF struct buf name = BUF_INIT;
    audit_escape_text(&id, rule->id, KEEP_WORDS);
    audit_escape_text(&name, rule->name, KEEP_WORDS);
    json_out_object(json);
    json_out_key_text(json, "id", buf_text(&id));
    json_out_key_text(json, "name", buf_text(&name));
    message_of(json, "shortDescription", words_or(rule->title, rule->name));
    message_of(json, "fullDescription", words_or(rule->why, words_or(rule->title, rule->name)));
    write_help(json, rule);
    json_out_key(json, "defaultConfiguration");
    json_out_inline_object(json);
    json_out_key_text(json, "level", audit_level(rule->severity, "note"));
    json_out_end(json, '}');
    write_properties(json, rule);
    json_out_end(json, '}');
}
