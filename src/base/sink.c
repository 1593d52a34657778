#include "base/sink.h"

#include "base/file.h"

enum { MUCH = 64 << 10 };

void sink_done(struct sink *sink)
{
    buf_done(&sink->buf);
}

static void pass_on(struct sink *sink)
{
    if (sink->failed == 0)
        sink->failed = file_write_fd(sink->fd, sink->buf.data, sink->buf.length);
    sink->passed += sink->buf.length;
    buf_clear(&sink->buf);
}

void sink_ease(struct sink *sink)
{
    if (sink->fd >= 0 && sink->buf.length >= MUCH)
        pass_on(sink);
}

int sink_finish(struct sink *sink)
{
    if (sink->fd >= 0)
        pass_on(sink);
    return sink->failed;
}
