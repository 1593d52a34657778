#include "trace/image.h"

#include <dirent.h>
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "model/syscall.h"
#include "trace/call.h"
#include "trace/resolve.h"
#include "trace/thread.h"

/* ---- ELF ------------------------------------------------------------------------------------------ */

/* What one program header says, whatever the word size. */
struct segment {
    uint32_t type;
    uint64_t offset;
    uint64_t size;
};

static bool read_segment(int fd, bool wide, uint64_t at, struct segment *ret)
{
    if (wide) {
        Elf64_Phdr header;
        if (pread(fd, &header, sizeof(header), (off_t)at) != (ssize_t)sizeof(header))
            return false;
        *ret = (struct segment){header.p_type, header.p_offset, header.p_filesz};
        return true;
    }
    Elf32_Phdr header;
    if (pread(fd, &header, sizeof(header), (off_t)at) != (ssize_t)sizeof(header))
        return false;
    *ret = (struct segment){header.p_type, header.p_offset, header.p_filesz};
    return true;
}

/* The PT_INTERP string of an ELF file; NULL when it has none. */
static char *read_interpreter(int fd)
{
    union {
        Elf64_Ehdr wide;
        Elf32_Ehdr narrow;
    } header;
    struct segment segment;
    char text[PATH_MAX];
    if (pread(fd, &header, sizeof(header), 0) != (ssize_t)sizeof(header) ||
        memcmp(header.wide.e_ident, ELFMAG, SELFMAG) != 0)
        return NULL;
    bool wide = header.wide.e_ident[EI_CLASS] == ELFCLASS64;
    unsigned count = wide ? header.wide.e_phnum : header.narrow.e_phnum;
    uint64_t table = wide ? header.wide.e_phoff : header.narrow.e_phoff;
    uint64_t step = wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
    for (unsigned i = 0; i < count && i < 256; i++) {
        if (!read_segment(fd, wide, table + i * step, &segment))
            return NULL;
        if (segment.type != PT_INTERP)
            continue;
        if (segment.size == 0 || segment.size >= sizeof(text))
            return NULL;
        ssize_t got = pread(fd, text, (size_t)segment.size, (off_t)segment.offset);
        return got > 0 ? mem_dup(text, strnlen(text, (size_t)got)) : NULL;
    }
    return NULL;
}

/* glibc keeps its version in a sentence in libc.so.6, which stands beside its interpreter. */
static char *libc_name(const char *interpreter)
{
    if (!interpreter)
        return mem_strdup("none (static)");
    if (strstr(interpreter, "ld-musl"))
        return mem_strdup("musl");
    const char *slash = strrchr(interpreter, '/');
    AUTO_FREE char *path = mem_printf("%.*s/libc.so.6", slash ? (int)(slash - interpreter) : 0, interpreter);
    AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size > 64 << 20)
        return NULL;
    char *bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED)
        return NULL;
    static const char mark[] = "GNU C Library";
    const char *at = memmem(bytes, (size_t)st.st_size, mark, sizeof(mark) - 1);
    char *name = NULL;
    unsigned major = 0;
    unsigned minor = 0;
    char sentence[256] = "";
    if (at && (size_t)(bytes + st.st_size - at) >= sizeof(sentence))
        memcpy(sentence, at, sizeof(sentence) - 1);
    const char *version = strstr(sentence, "release version ");
    if (version && sscanf(version, "release version %u.%u", &major, &minor) == 2)
        name = mem_printf("glibc %u.%u", major, minor);
    (void)munmap(bytes, (size_t)st.st_size);
    return name;
}

/* ---- descriptors that were open from the start -------------------------------------------------------- */

static access_mask access_of_descriptor(struct tracer *tracer, struct thread *thread, const char *fd)
{
    char name[32];
    char text[512];
    (void)snprintf(name, sizeof(name), "fdinfo/%.16s", fd);
    if (thread_proc_read(tracer, thread, name, text, sizeof(text)) < 0)
        return 0;
    const char *at = strstr(text, "flags:");
    unsigned long flags = at ? strtoul(at + strlen("flags:"), NULL, 8) : 0;
    if (flags & O_PATH)
        return 0;
    access_mask writes = flags & O_APPEND ? ACCESS_APPEND : ACCESS_WRITE;
    unsigned long mode = flags & O_ACCMODE;
    return mode == O_RDONLY ? ACCESS_READ : mode == O_WRONLY ? writes : ACCESS_READ | writes;
}

static void record_inherited(struct tracer *tracer, struct thread *thread)
{
    int fd = thread_proc_open(tracer, thread, "fd");
    DIR *directory = fd >= 0 ? fdopendir(fd) : NULL;
    if (!directory) {
        if (fd >= 0)
            (void)close(fd);
        return;
    }
    for (const struct dirent *entry = readdir(directory); entry; entry = readdir(directory)) {
        struct resolved resolved;
        uint64_t number;
        if (!num_parse_u64(entry->d_name, INT32_MAX, &number))
            continue;
        descriptor_note(tracer, (int64_t)number);
        access_mask did = access_of_descriptor(tracer, thread, entry->d_name);
        if (did != 0 && resolve_descriptor(tracer, thread, (int)number, &resolved))
            call_record_path(tracer, thread, &resolved, ACCESS_INHERIT | did);
    }
    (void)closedir(directory);
}

/* ---- the image ------------------------------------------------------------------------------------- */

struct program {
    struct resolved file;
    struct resolved interpreter;
    bool has_interpreter;
    char *interpreter_text;
};

static bool find_program(struct tracer *tracer, struct thread *thread, struct program *program)
{
    *program = (struct program){.interpreter_text = NULL};
    if (!resolve_proc_link(tracer, thread, "exe", &program->file)) {
        /* A memfd or an unlinked file without a name: the text of the link has to do. */
        char text[PATH_MAX];
        ssize_t length = thread_proc_readlink(tracer, thread, "exe", text, sizeof(text));
        if (length <= 0)
            return false;
        program->file.path = recording_bytes(tracer->recording, text, (size_t)length);
    }
    AUTO_CLOSE int fd = thread_proc_open(tracer, thread, "exe");
    if (fd >= 0)
        program->interpreter_text = read_interpreter(fd);
    if (program->interpreter_text)
        program->has_interpreter = resolve_path(tracer, thread, RESOLVE_CWD, program->interpreter_text, true,
                                                &program->interpreter);
    return true;
}

/* What was named in execve and is not the program that now runs is a script that names the program. */
static bool find_script(struct tracer *tracer, struct thread *thread, const struct program *program,
                        struct resolved *ret)
{
    const struct pending_call *call = &thread->call;
    bool at = call->entered && call->spec->paths[0].dirfd != NO_ARG;
    int dirfd = at ? (int)call->args[0] : RESOLVE_CWD;
    if (!call->entered || !call->paths[0] || call->spec->exit != exec_call_exit || call->paths[0][0] == '\0' ||
        (at && call->paths[0][0] != '/' && dirfd != RESOLVE_CWD))
        return false;
    return resolve_path(tracer, thread, dirfd, call->paths[0], true, ret) && ret->exists &&
           ret->path != program->file.path && ret->type == FILE_REGULAR;
}

/* Linux gives a set-user-ID program no privilege when its tracer could not have it too (execve(2)). */
static void check_privilege(struct tracer *tracer, const struct thread *thread, const struct resolved *file)
{
    bool lost = (file->mode & S_ISUID) && thread->credentials.known && thread->credentials.uid[1] != file->uid;
    if (lost && geteuid() != 0)
        trace_loss(tracer, LOSS_PRIVILEGE, "%s", recording_text(tracer->recording, file->path));
}

/* The call that led here is counted for the image that made it; the very first one has none but the new one. */
static void count_first_exec(struct tracer *tracer, struct thread *thread)
{
    struct pending_call *call = &thread->call;
    if (call->record || !call->entered)
        return;
    call->record = recording_call(tracer->recording, thread->process->image, call->abi, call->number);
    if (call->record)
        call->record->count[tracer->phase]++;
}

static void describe_run(struct tracer *tracer, const struct program *program)
{
    AUTO_FREE char *libc = libc_name(program->has_interpreter
                                         ? recording_text(tracer->recording, program->interpreter.path)
                                         : program->interpreter_text);
    if (tracer->run->libc == STRING_NONE && libc)
        tracer->run->libc = recording_string(tracer->recording, libc);
}

static void run_program(struct tracer *tracer, struct thread *thread, const struct program *program,
                        const struct resolved *script)
{
    uint32_t old = thread->process->image;
    uint32_t image = recording_image(tracer->recording, program->file.path,
                                     program->has_interpreter ? program->interpreter.path : STRING_NONE,
                                     script ? script->path : STRING_NONE);
    if (old == IMAGE_NONE)
        thread->process->image = image;
    /* The right to execute is asked of the image that executes. */
    call_record_path(tracer, thread, &program->file, ACCESS_EXEC);
    if (script)
        call_record_path(tracer, thread, script, ACCESS_EXEC);
    thread->process->image = image;
    tracer->recording->images[image].processes++;
    call_record_path(tracer, thread, &program->file, ACCESS_READ | ACCESS_MAP_EXEC);
    if (program->has_interpreter)
        call_record_path(tracer, thread, &program->interpreter, ACCESS_READ | ACCESS_MAP_EXEC);
    if (script)
        call_record_path(tracer, thread, script, ACCESS_READ);
    if (old != IMAGE_NONE)
        return;
    count_first_exec(tracer, thread);
    describe_run(tracer, program);
    record_inherited(tracer, thread);
}

void image_executed(struct tracer *tracer, struct thread *thread)
{
    struct program program;
    struct resolved script;
    thread_unshare_fs(thread);
    thread_read_credentials(tracer, thread);
    if (!find_program(tracer, thread, &program)) {
        trace_loss(tracer, LOSS_VANISHED, "process %d after exec", thread->tid);
        return;
    }
    check_privilege(tracer, thread, &program.file);
    bool has_script = find_script(tracer, thread, &program, &script);
    run_program(tracer, thread, &program, has_script ? &script : NULL);
    tracer->recording->images[thread->process->image].execs++;
    free(program.interpreter_text);
}

void image_attached(struct tracer *tracer, struct thread *thread)
{
    struct program program;
    thread_read_credentials(tracer, thread);
    if (!find_program(tracer, thread, &program)) {
        trace_loss(tracer, LOSS_VANISHED, "process %d", thread->tid);
        return;
    }
    run_program(tracer, thread, &program, NULL);
    free(program.interpreter_text);
}
