/* Counts the operations that write to the files in a folder, and lets one of them fail or end the process. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static char folder[4096];
static long count, at;
static int fault;

/* From here on count; at the operation of that number fail with `error`, or die if it is 0. A full disk stays
   full; any other error comes once. */
void arm(const char *where, long number, int error)
{
    count = 0;
    at = number;
    fault = error;
    snprintf(folder, sizeof folder, "%s", where);
}

long counted(void)
{
    return count;
}

static int fails(const char *path)
{
    if (!folder[0] || !path || strncmp(path, folder, strlen(folder)))
        return 0;
    long number = __sync_add_and_fetch(&count, 1);
    if (number == at && !fault)
        kill(getpid(), SIGKILL);
    if (!fault || number < at || (number > at && fault != ENOSPC))
        return 0;
    errno = fault;
    return 1;
}

static int file_fails(int file)
{
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = folder[0] ? readlink(link, path, sizeof path - 1) : -1;
    if (length < 0)
        return 0;
    path[length] = 0;
    return fails(path);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define OPEN(name)                                                        \
    int name(const char *path, int flags, ...)                            \
    {                                                                     \
        va_list more;                                                     \
        va_start(more, flags);                                            \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0; \
        va_end(more);                                                     \
        if (flags & (O_CREAT | O_TRUNC) && fails(path))                   \
            return -1;                                                    \
        return REAL(name)(path, flags, mode);                             \
    }
OPEN(open)
OPEN(open64)

#define ON_FILE(type, name, file, parameters, ...)                        \
    type name parameters                                                  \
    {                                                                     \
        return file_fails(file) ? -1 : REAL(name)(__VA_ARGS__);           \
    }
ON_FILE(ssize_t, write, file, (int file, const void *data, size_t length), file, data, length)
ON_FILE(ssize_t, pwrite64, file, (int file, const void *data, size_t length, off64_t to), file, data, length, to)
ON_FILE(ssize_t, writev, file, (int file, const struct iovec *data, int length), file, data, length)
ON_FILE(int, fsync, file, (int file), file)
ON_FILE(int, fdatasync, file, (int file), file)
ON_FILE(int, ftruncate64, file, (int file, off64_t length), file, length)

#define ON_PATH(name, path, parameters, ...)                              \
    int name parameters                                                   \
    {                                                                     \
        return fails(path) ? -1 : REAL(name)(__VA_ARGS__);                \
    }
ON_PATH(mkdir, path, (const char *path, mode_t mode), path, mode)
ON_PATH(rmdir, path, (const char *path), path)
ON_PATH(unlink, path, (const char *path), path)
ON_PATH(unlinkat, path, (int in, const char *path, int flags), in, path, flags)
ON_PATH(rename, path, (const char *path, const char *new), path, new)
ON_PATH(linkat, path, (int in, const char *path, int to, const char *new, int flags), in, path, to, new, flags)
