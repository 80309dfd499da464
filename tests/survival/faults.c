/* Calls of the C library that change files, made to fail as a full or broken disk makes them fail.

   Loaded before the C library (LD_PRELOAD), so that Python and SQLite both meet the fault where the
   system would report it. Only what lies in one folder is counted and can fail; nothing does before
   `faults_arm`. See shim.py, which builds and drives it. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

/* What a call does; the numbers are those of shim.py. */
enum { NAMES = 1, WRITES = 2, FLUSHES = 4, READS = 8 };
enum { COUNT, ONCE, FROM_THEN_ON, HALF, HALF_THEN_FULL, END, HALF_THEN_END };

static char folder[PATH_MAX];
static size_t folder_length;
static int kinds, mode, code;
static long first;
static atomic_long count, failed;
static int journal = -1;
static char first_failed[PATH_MAX + 64];

static ssize_t (*plain_write)(int, const void *, size_t);

EXPORT void faults_arm(const char *where, int which, long nth, int error, int how, int log)
{
    snprintf(folder, sizeof folder, "%s", where);
    folder_length = strlen(folder);
    first = nth, code = error, mode = how, journal = log;
    count = failed = 0;
    first_failed[0] = 0;
    kinds = which;
}

EXPORT long faults_disarm(void)
{
    kinds = 0;
    return count;
}

EXPORT long faults_failed(void) { return failed; }

EXPORT const char *faults_first(void) { return first_failed; }

static int inside(const char *path)
{
    return folder_length && !strncmp(path, folder, folder_length)
        && (path[folder_length] == '/' || path[folder_length] == 0);
}

static int path_of(int descriptor, char *path)
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    path[length < 0 ? 0 : length] = 0;
    return length > 0;
}

static void path_at(int directory, const char *name, char *path)
{
    char base[PATH_MAX] = "";
    if (name[0] != '/') {
        if (directory == AT_FDCWD) {
            if (!getcwd(base, sizeof base)) base[0] = 0;
        } else {
            path_of(directory, base);
        }
        strncat(base, "/", sizeof base - strlen(base) - 1);
    }
    snprintf(path, PATH_MAX, "%s%s", base, name);
}

/* Whether this call is to fail (1), is to write half (2), or may pass (0). */
static int struck(int kind, const char *call, const char *path)
{
    if (!(kinds & kind) || !inside(path)) return 0;
    long now = ++count;
    int strike = 0;
    if (mode == ONCE || mode == HALF) strike = now == first;
    if (mode == FROM_THEN_ON || mode == HALF_THEN_FULL) strike = now >= first;
    if (strike && mode == HALF) strike = 2;
    if (strike && mode == HALF_THEN_FULL && now == first) strike = 2;
    if (mode == HALF_THEN_END && now == first) strike = 2;
    if ((mode == END && now == first) || (mode == HALF_THEN_END && now > first))
        kill(getpid(), SIGKILL);
    if (journal >= 0) {
        char line[PATH_MAX + 64];
        int length = snprintf(line, sizeof line, "%s\t%d\t%s\n", call, strike, path);
        if (plain_write(journal, line, (size_t)length) < 0) journal = -1;
    }
    if (strike && !failed++) snprintf(first_failed, sizeof first_failed, "%s %s", call, path);
    if (strike == 1) errno = code;
    return strike;
}

/* Tell the log of the other path of a call as well. */
static void told(const char *call, const char *path)
{
    char line[PATH_MAX + 64];
    if (!kinds || journal < 0 || !inside(path)) return;
    int length = snprintf(line, sizeof line, "%s\t0\t%s\n", call, path);
    if (plain_write(journal, line, (size_t)length) < 0) journal = -1;
}

static int struck_at(int kind, const char *call, int directory, const char *name)
{
    char path[PATH_MAX];
    if (!kinds) return 0;
    path_at(directory, name, path);
    return struck(kind, call, path);
}

static int struck_in(int kind, const char *call, int descriptor)
{
    char path[PATH_MAX];
    int kept = errno;
    if (!kinds || !path_of(descriptor, path)) { errno = kept; return 0; }
    errno = kept;
    return struck(kind, call, path);
}

#define REAL(result, name, ...) \
    static result (*real)(__VA_ARGS__); \
    if (!real) real = (result (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

__attribute__((constructor)) static void find_write(void)
{
    plain_write = (ssize_t (*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
}

/* Opening: for writing it may fail as making a name may, else as reading may. */

static int opening(int directory, const char *path, int flags)
{
    int writes = (flags & O_ACCMODE) != O_RDONLY || flags & (O_CREAT | O_TRUNC);
    return struck_at(writes ? NAMES : READS, writes ? "open" : "open-to-read", directory, path);
}

#define MODE(flags, last) \
    mode_t given = 0; \
    if (flags & (O_CREAT | O_TMPFILE)) { \
        va_list rest; va_start(rest, last); given = va_arg(rest, mode_t); va_end(rest); \
    }

#define OPEN(name) \
    EXPORT int name(const char *path, int flags, ...) { \
        MODE(flags, flags) REAL(int, #name, const char *, int, ...); \
        return opening(AT_FDCWD, path, flags) ? -1 : real(path, flags, given); }
#define OPEN_AT(name) \
    EXPORT int name(int directory, const char *path, int flags, ...) { \
        MODE(flags, flags) REAL(int, #name, int, const char *, int, ...); \
        return opening(directory, path, flags) ? -1 : real(directory, path, flags, given); }
OPEN(open) OPEN(open64) OPEN(__open_2) OPEN(__open64_2)
OPEN_AT(openat) OPEN_AT(openat64) OPEN_AT(__openat_2) OPEN_AT(__openat64_2)

/* Writing. */

#define FAILS(kind, name) if (struck_in(kind, #name, descriptor) == 1) return -1
#define HALVED(kind, name) \
    int strike = struck_in(kind, #name, descriptor); \
    if (strike == 1) return -1; \
    if (strike == 2 && size > 1) size /= 2

EXPORT ssize_t write(int descriptor, const void *data, size_t size)
{
    REAL(ssize_t, "write", int, const void *, size_t);
    HALVED(WRITES, write);
    return real(descriptor, data, size);
}

#define PWRITE(name) \
    EXPORT ssize_t name(int descriptor, const void *data, size_t size, off_t place) { \
        REAL(ssize_t, #name, int, const void *, size_t, off_t); \
        HALVED(WRITES, name); \
        return real(descriptor, data, size, place); }
PWRITE(pwrite) PWRITE(pwrite64)

#define WRITEV(name) \
    EXPORT ssize_t name(int descriptor, const struct iovec *pieces, int number) { \
        REAL(ssize_t, #name, int, const struct iovec *, int); \
        FAILS(WRITES, name); \
        return real(descriptor, pieces, number); }
WRITEV(writev)

#define PWRITEV(name) \
    EXPORT ssize_t name(int descriptor, const struct iovec *pieces, int number, off_t place) { \
        REAL(ssize_t, #name, int, const struct iovec *, int, off_t); \
        FAILS(WRITES, name); \
        return real(descriptor, pieces, number, place); }
PWRITEV(pwritev) PWRITEV(pwritev64)

#define SENDFILE(name) \
    EXPORT ssize_t name(int descriptor, int from, off_t *place, size_t size) { \
        REAL(ssize_t, #name, int, int, off_t *, size_t); \
        HALVED(WRITES, name); \
        return real(descriptor, from, place, size); }
SENDFILE(sendfile) SENDFILE(sendfile64)

EXPORT ssize_t copy_file_range(int from, off64_t *a, int descriptor, off64_t *b, size_t size,
                               unsigned flags)
{
    REAL(ssize_t, "copy_file_range", int, off64_t *, int, off64_t *, size_t, unsigned);
    HALVED(WRITES, copy_file_range);
    return real(from, a, descriptor, b, size, flags);
}

#define TRUNCATE(name) \
    EXPORT int name(int descriptor, off_t size) { \
        REAL(int, #name, int, off_t); \
        FAILS(WRITES, name); \
        return real(descriptor, size); }
TRUNCATE(ftruncate) TRUNCATE(ftruncate64)

/* posix_fallocate gives the error itself. */
#define ALLOCATE(name) \
    EXPORT int name(int descriptor, off_t place, off_t size) { \
        REAL(int, #name, int, off_t, off_t); \
        if (struck_in(WRITES, #name, descriptor) == 1) return code; \
        return real(descriptor, place, size); }
ALLOCATE(posix_fallocate) ALLOCATE(posix_fallocate64)

/* Flushing. */

#define FLUSH(name) \
    EXPORT int name(int descriptor) { \
        REAL(int, #name, int); \
        FAILS(FLUSHES, name); \
        return real(descriptor); }
FLUSH(fsync) FLUSH(fdatasync)

/* Names. */

#define ON_PATH(name) \
    EXPORT int name(const char *path) { \
        REAL(int, #name, const char *); \
        return struck_at(NAMES, #name, AT_FDCWD, path) ? -1 : real(path); }
ON_PATH(unlink) ON_PATH(rmdir)

EXPORT int unlinkat(int directory, const char *path, int flags)
{
    REAL(int, "unlinkat", int, const char *, int);
    return struck_at(NAMES, "unlinkat", directory, path) ? -1 : real(directory, path, flags);
}

#define WITH_MODE(name) \
    EXPORT int name(const char *path, mode_t given) { \
        REAL(int, #name, const char *, mode_t); \
        return struck_at(NAMES, #name, AT_FDCWD, path) ? -1 : real(path, given); }
WITH_MODE(mkdir) WITH_MODE(chmod)

EXPORT int mkdirat(int directory, const char *path, mode_t given)
{
    REAL(int, "mkdirat", int, const char *, mode_t);
    return struck_at(NAMES, "mkdirat", directory, path) ? -1 : real(directory, path, given);
}

EXPORT int fchmod(int descriptor, mode_t given)
{
    REAL(int, "fchmod", int, mode_t);
    FAILS(NAMES, fchmod);
    return real(descriptor, given);
}

EXPORT int fchmodat(int directory, const char *path, mode_t given, int flags)
{
    REAL(int, "fchmodat", int, const char *, mode_t, int);
    return struck_at(NAMES, "fchmodat", directory, path) ? -1 : real(directory, path, given, flags);
}

#define TWO_PATHS(name) \
    EXPORT int name(const char *from, const char *to) { \
        REAL(int, #name, const char *, const char *); \
        if (struck_at(NAMES, #name, AT_FDCWD, to)) return -1; \
        told(#name "-from", from); \
        return real(from, to); }
TWO_PATHS(rename) TWO_PATHS(link) TWO_PATHS(symlink)

EXPORT int renameat(int old, const char *from, int new, const char *to)
{
    REAL(int, "renameat", int, const char *, int, const char *);
    return struck_at(NAMES, "renameat", new, to) ? -1 : real(old, from, new, to);
}

EXPORT int renameat2(int old, const char *from, int new, const char *to, unsigned flags)
{
    REAL(int, "renameat2", int, const char *, int, const char *, unsigned);
    return struck_at(NAMES, "renameat2", new, to) ? -1 : real(old, from, new, to, flags);
}

/* Reading. */

EXPORT ssize_t read(int descriptor, void *data, size_t size)
{
    REAL(ssize_t, "read", int, void *, size_t);
    FAILS(READS, read);
    return real(descriptor, data, size);
}
#define PREAD(name) \
    EXPORT ssize_t name(int descriptor, void *data, size_t size, off_t place) { \
        REAL(ssize_t, #name, int, void *, size_t, off_t); \
        FAILS(READS, name); \
        return real(descriptor, data, size, place); }
PREAD(pread) PREAD(pread64)
